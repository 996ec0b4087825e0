/** A call through the HTTP door of the messaging engine, beside a bare handler of the same HTTP library. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { median, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 21;
const count = 500;

const us = (microseconds) => `${microseconds.toFixed(1)} µs`;

const program = process.env.DOORS_BENCH ?? programPath("examples/doors_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const output = execFileSync(program, [String(rounds), String(count)], { encoding: "utf8" });
const found = output.trim().split("\n").map((line) => JSON.parse(line));
printTable("Calls by HTTP", [
  `${rounds} rounds of ${count} calls in turn, each side on a connection that is kept; medians of the rounds' medians.`,
  "The door checks where a request comes from and its token, has a thread that may block do the work, and reads the store; the handler answers the same bytes at once.",
  note,
], [
  {
    figure: "one call: median (least – greatest)",
    ours: spread(found.map((round) => round.door), us),
    peer: spread(found.map((round) => round.handler), us),
    ratio: median(found.map((round) => round.door / round.handler)),
  },
], ["door", "handler"]);
