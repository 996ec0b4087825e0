/** A page reads a file of its own: by the command readFile in Base64, beside fetch of the same file. */
import { conditions, measurement } from "./lib/session.mjs";
import { CocoCat } from "./lib/sides.mjs";
import { median, ms, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const plan = { calls: 60, block: 1, before: 10, stay: false, bytes: 2 ** 20 };

await measurement(async (session) => {
  const note = conditions();
  const cococat = new CocoCat(session, plan, 1);
  await cococat.prepare();
  const found = await cococat.open(0);
  printTable("Reading a file of 1 MiB", [
    `${plan.calls} times in turn in one window, after ${plan.before} that do not count. The command gives Base64, fetch gives bytes.`,
    note,
  ], [{
    figure: "one reading: median (least – greatest)",
    ours: spread(found.command, ms(1)),
    peer: spread(found.fetch, ms(1)),
    ratio: median(found.command) / median(found.fetch),
    atMost: 1.5,
  }], ["readFile", "fetch"]);
});
