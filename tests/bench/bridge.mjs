/** A round trip: a CocoAPP's page asks for the language, beside a plain command called by a plain Tauri page. */
import { interleave } from "./lib/rounds.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { CocoCat, Peer } from "./lib/sides.mjs";
import { median, ms, quantile, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 15;
const plan = { calls: 500, block: 10, before: 200, stay: false };

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** One round: a new window, whose page makes the calls one after the other. */
async function round(side) {
  const { blocks } = await side.open(0);
  await side.close(0);
  return { call: sum(blocks) / plan.calls, blocks: blocks.map((block) => block / plan.block) };
}

await measurement(async (session) => {
  const note = conditions();
  const [cococat, peer] = [new CocoCat(session, plan, 1), new Peer(session, plan)];
  await cococat.prepare();
  await peer.prepare();
  const found = await interleave(rounds, () => round(cococat), () => round(peer));
  const calls = { ours: found.ours.map(({ call }) => call), peer: found.peer.map(({ call }) => call) };
  const p95 = {
    ours: quantile(found.ours.flatMap(({ blocks }) => blocks), 0.95),
    peer: quantile(found.peer.flatMap(({ blocks }) => blocks), 0.95),
  };
  printTable("Round trip page → Rust → callback", [
    `Language asked for in sequence, ${rounds} rounds of ${plan.calls} calls in turn, each in a new window after ${plan.before} calls that do not count.`,
    "CocoCat: postMessage and message event in an app's window. Plain Tauri: invoke of a command, by the ipc protocol.",
    note,
  ], [
    {
      figure: "one call: median of rounds (least – greatest)",
      ours: spread(calls.ours, ms(3)),
      peer: spread(calls.peer, ms(3)),
      ratio: median(calls.ours) / median(calls.peer),
      atMost: 1,
    },
    {
      figure: `one call: 95th percentile, by ${plan.block} calls together`,
      ours: ms(3)(p95.ours),
      peer: ms(3)(p95.peer),
      ratio: p95.ours / p95.peer,
    },
  ]);
});
