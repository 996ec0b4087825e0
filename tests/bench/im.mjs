/** The messaging engine's store and dispatcher, beside the bare database or parser. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { printTable } from "./lib/table.mjs";

const texts = Number(process.env.IM_TEXTS ?? 100_000);
const messages = Number(process.env.IM_MESSAGES ?? 1_000_000);

const program = process.env.IM_BENCH ?? programPath("examples/im_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const output = execFileSync(program, [String(texts), String(messages)], { encoding: "utf8" });
const found = output.trim().split("\n").map((line) => JSON.parse(line));
const memory = found.find(({ name }) => name === "memory");
const figures = found.filter(({ name }) => name !== "memory");

/** What each figure is beside, and how much more it may take. */
const BESIDE = {
  send: { beside: "an INSERT of its own into the same table, with the same durability", atMost: 3 },
  conversations: { beside: "the bare join of conversations and last messages" },
  dispatch: { beside: "parsing the request, parsing and writing the answer" },
  start: { beside: "opening the file and reading a row" },
};

const ms = (time) => (time < 0.1 ? `${(time * 1000).toFixed(1)} µs` : `${time.toFixed(2)} ms`);
const shown = ({ median, p99 }) => `${ms(median)} (p99 ${ms(p99)})`;

printTable("The messaging engine", [
  `${texts.toLocaleString("en")} texts sent one by one, each on the disk before its answer; ${messages.toLocaleString("en")} messages in the large conversation, 10,000 in the small one;`,
  "5,000 conversations in the list. Both sides take turns, in one encrypted database with the same settings. Pages have 20 messages.",
  `Memory of the process with all of it open: ${(memory.ours.kib / 1024).toFixed(0)} MiB.`,
  note,
], figures.map(({ name, ours, peer }) => ({
  figure: `${name}${BESIDE[name] ? `, beside ${BESIDE[name].beside}` : ""}: median`,
  ours: shown(ours),
  peer: shown(peer),
  ratio: ours.median / peer.median,
  atMost: BESIDE[name]?.atMost,
})), ["engine", "bare"]);

const growth = (kind) => {
  const time = (name) => figures.find((figure) => figure.name === name).ours.median;
  return time(`page, ${kind}`) / time(`page of the small conversation, ${kind}`);
};
console.log(`Growth of a page from 10,000 to ${messages.toLocaleString("en")} messages: first ${growth("first").toFixed(2)}, deep ${growth("deep").toFixed(2)}.`);
