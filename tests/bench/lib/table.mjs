/** Tables on the terminal. */

/**
 * One figure beside what it is held against.
 * @typedef {object} Row
 * @property {string} figure what was measured
 * @property {string} ours as text
 * @property {string} [peer] as text
 * @property {number} [ratio] ours divided by the peer's
 * @property {number} [atMost] what is required of the ratio
 */

/**
 * Prints rows under a heading. A requirement that is missed is said, and changes nothing else: a slow machine is no failure.
 * @param {string} title
 * @param {string[]} notes how it was measured, a line each
 * @param {Row[]} rows
 * @param {[string, string]} sides what stands in the two columns
 */
export function printTable(title, notes, rows, sides = ["CocoCat", "plain Tauri"]) {
  const cells = rows.map(({ figure, ours, peer = "–", ratio, atMost }) => [
    figure, ours, peer, ratio === undefined ? "–" : ratio.toFixed(2), verdict(ratio, atMost),
  ]);
  const all = [["", ...sides, "ratio", "required"], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const lines = all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("   ").trimEnd()}`);
  console.log([title, ...notes.map((note) => `  ${note}`), "", ...lines, ""].join("\n"));
}

function verdict(ratio, atMost) {
  if (ratio === undefined || atMost === undefined) return "–";
  return `at most ${atMost.toFixed(1)}: ${ratio <= atMost ? "met" : "NOT MET"}`;
}
