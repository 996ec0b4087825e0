/**
 * Reads how many tests passed and failed from the output of the test runners used here.
 */

/**
 * A number of tests.
 * @typedef {{ passed: number, failed: number }} Count
 */

/** One pattern per runner; the groups are named `passed` and `failed`. */
const summaries = [
  // cargo nextest: "Summary [ 1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped"
  /^\s*Summary \[.*?\] .*? run: (?<passed>\d+) passed(?:[^,]*)(?:, (?<failed>\d+) failed)?/gm,
  // cargo test: "test result: ok. 12 passed; 0 failed; …"
  /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed/gm,
  // vitest: "      Tests  1 failed | 12 passed (13)"
  /^\s*Tests\s+(?:(?<failed>\d+) failed(?: \| )?)?(?:(?<passed>\d+) passed)?.*\(\d+\)/gm,
  // node:test: "ℹ pass 12", "ℹ fail 0"
  /^(?:ℹ|#) pass (?<passed>\d+)\n(?:ℹ|#) fail (?<failed>\d+)/gm,
];

/**
 * Counts over everything in an output, which may hold several summaries.
 * @param {string} output
 * @returns {Count | null} null when no summary is in it
 */
export function countTests(output) {
  let count = null;
  for (const pattern of summaries) {
    for (const { groups } of output.matchAll(pattern)) {
      count ??= { passed: 0, failed: 0 };
      count.passed += Number(groups.passed ?? 0);
      count.failed += Number(groups.failed ?? 0);
    }
  }
  return count;
}
