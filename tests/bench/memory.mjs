/** What each further window takes, beside a further window of a plain Tauri program. */
import { memoryOf, settledMemoryOf } from "./lib/memory.mjs";
import { interleave } from "./lib/rounds.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { CocoCat, Peer } from "./lib/sides.mjs";
import { median, mib, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 3;
const windows = 5;
const plan = { calls: 0, block: 1, before: 0, stay: true };

/** One round: a start, then window after window. Gives the memory before the first and after each. */
async function round(side) {
  await side.start();
  const levels = [await settledMemoryOf(side.pid)];
  for (let index = 0; index < windows; index += 1) {
    await side.open(index);
    levels.push(await settledMemoryOf(side.pid));
  }
  await side.end();
  return levels;
}

/** What a window after the first added, on average: WebKit starts the process of the next one ahead of time, now and then. */
const further = (levels) => (levels[windows] - levels[1]) / (windows - 1);

await measurement(async (session) => {
  const note = conditions();
  const [cococat, peer] = [new CocoCat(session, plan, windows), new Peer(session, plan)];
  for (const side of [cococat, peer]) {
    await side.prepare();
    if (memoryOf(side.pid) === 0) throw new Error("the system does not tell a process's memory");
    await side.end();
  }
  const found = await interleave(rounds, () => round(cococat), () => round(peer));
  const row = (figure, take) => {
    const [ours, theirs] = [found.ours.map(take), found.peer.map(take)];
    return { figure, ours: spread(ours, mib), peer: spread(theirs, mib), ratio: median(ours) / median(theirs) };
  };
  printTable("Memory", [
    `Proportional set size of the program with WebKit's processes, ${rounds} starts each in turn, when it no longer moves; median (least – greatest).`,
    note,
  ], [
    row("first window alone", (levels) => levels[0]),
    row("first app's window", (levels) => levels[1] - levels[0]),
    row(`each further window, 2 to ${windows}`, further),
    row(`all ${windows + 1} windows`, (levels) => levels[windows]),
  ]);
});
