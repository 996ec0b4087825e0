/** From the start of the program to its first window loaded, and the sizes of the programs. */
import { statSync } from "node:fs";
import { interleave } from "./lib/rounds.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { CocoCat, Peer } from "./lib/sides.mjs";
import { median, mib, ms, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 10;
const plan = { calls: 0, block: 1, before: 0, stay: true };

async function round(side) {
  const took = await side.start();
  await side.end();
  return took;
}

await measurement(async (session) => {
  const note = conditions();
  const [cococat, peer] = [new CocoCat(session, plan, 1), new Peer(session, plan)];
  for (const side of [cococat, peer]) {
    await side.prepare();
    await side.end();
  }
  const { ours, peer: theirs } = await interleave(rounds, () => round(cococat), () => round(peer));
  const size = (program) => statSync(program).size;
  const { programs } = session;
  printTable("Start", [
    `From the start of the process to the first window loaded, ${rounds} times in turn with a data folder that exists; CocoCat with one app installed.`,
    note,
  ], [
    {
      figure: "start to first window: median (least – greatest)",
      ours: spread(ours, ms(0)),
      peer: spread(theirs, ms(0)),
      ratio: median(ours) / median(theirs),
    },
    { figure: "size of the program", ours: mib(size(programs.cococat)), peer: mib(size(programs.peer)), ratio: size(programs.cococat) / size(programs.peer) },
    { figure: "size of coco", ours: mib(size(programs.coco)) },
  ]);
});
