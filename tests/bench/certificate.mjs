/** The check of a level certificate, beside the bare secp256k1 operation that finds out who signed it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { median, spread } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const rounds = 101;
const count = 50;

const us = (digits) => (nanoseconds) => `${(nanoseconds / 1000).toFixed(digits)} µs`;

const program = process.env.CERTIFICATE_BENCH ?? programPath("examples/certificate_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const output = execFileSync(program, [String(rounds), String(count)], { encoding: "utf8" });
const found = output.trim().split("\n").map((line) => JSON.parse(line));
const column = (name) => found.map((round) => round[name]);
/** Side by side within each round, so that whatever else the computer does meets both. */
const ratio = (ours, peer) => median(found.map((round) => round[ours] / round[peer]));
const [check, recover, verify, cached] = ["check", "recover", "verify", "cached"].map(column);
printTable("Checking a level certificate", [
  `${rounds} rounds of ${count} certificates, one by one in turn with bare operations of the same library and context; medians of the rounds' medians.`,
  "A certificate names its signer by address, so the public key is recovered; verifying by a known key is given beside it.",
  note,
], [
  {
    figure: "seen for the first time, beside recovering a key: median (least – greatest)",
    ours: spread(check, us(1)),
    peer: spread(recover, us(1)),
    ratio: ratio("check", "recover"),
    atMost: 1.2,
  },
  {
    figure: "the same beside verifying by a known key",
    ours: spread(check, us(1)),
    peer: spread(verify, us(1)),
    ratio: ratio("check", "verify"),
  },
  {
    figure: "seen before, beside recovering a key",
    ours: spread(cached, us(3)),
    peer: spread(recover, us(1)),
    ratio: ratio("cached", "recover"),
  },
], ["CocoCat", "secp256k1"]);
