/** Texts and files between two engines over loopback, beside the same bytes over the bare transport. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { printTable } from "./lib/table.mjs";

const us = (microseconds) => `${microseconds.toFixed(0)} µs`;
const speed = (mebibytes) => `${mebibytes.toFixed(0)} MiB/s`;

const program = process.env.NETWORK_BENCH ?? programPath("examples/network_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const found = JSON.parse(execFileSync(program, { encoding: "utf8" }).trim());
printTable("Two engines", [
  "A text counts from the call of the route to the event at the other engine; it is on both disks then. Medians of 2,000; files of 256 MiB, median of 3.",
  "Beside it: 1 KiB there and a byte back, and 256 MiB of nothing, over the same QUIC library, without disk or encryption of our own.",
  note,
], [
  { figure: "text: answer of the route", ours: us(found.answer_us) },
  { figure: "text: event at the other side", ours: us(found.text_us), peer: us(found.bare_us), ratio: found.text_ratio, atMost: 10 },
  { figure: "text: 99th percentile", ours: us(found.text_p99_us), peer: us(found.bare_p99_us), ratio: found.text_p99_us / found.bare_p99_us },
  { figure: "file", ours: speed(found.file_mib_s), peer: speed(found.bare_file_mib_s), ratio: found.bare_file_mib_s / found.file_mib_s, atMost: 1 / 0.7 },
], ["engines", "bare"]);
