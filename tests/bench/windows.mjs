/** From the request to open an app to its first painted text, beside a further window of a plain Tauri program. */
import { interleave } from "./lib/rounds.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { CocoCat, Peer } from "./lib/sides.mjs";
import { median, ms, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 15;
const plan = { calls: 0, block: 1, before: 0, stay: false };

async function round(side) {
  const { asked, begin, paint } = await side.open(0);
  await side.close(0);
  return { window: begin - asked, page: paint - begin, all: paint - asked };
}

await measurement(async (session) => {
  const note = conditions();
  const [cococat, peer] = [new CocoCat(session, plan, 1), new Peer(session, plan)];
  await cococat.prepare();
  await peer.prepare();
  // What only a first window pays is no part of it.
  await round(cococat);
  await round(peer);
  const found = await interleave(rounds, () => round(cococat), () => round(peer));
  const row = (figure, part) => {
    const [ours, theirs] = [found.ours, found.peer].map((side) => side.map((times) => times[part]));
    return { figure, ours: spread(ours, ms(0)), peer: spread(theirs, ms(0)), ratio: median(ours) / median(theirs) };
  };
  printTable("Window opened", [
    `From the request to the first text on the screen, ${rounds} times in turn, the same page in both; the first window is open throughout.`,
    note,
  ], [
    row("request to first paint: median (least – greatest)", "all"),
    row("  of it: until WebKit begins to load the page", "window"),
    row("  of it: from there to the first paint", "page"),
  ]);
});
