/** A bot of 500 intents: requests beside a bare handler, loading beside parsing, memory of conversations that rest, signatures refused. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { programPath } from "../../tools/lib/prepare.mjs";
import { conditions } from "./lib/session.mjs";
import { printTable } from "./lib/table.mjs";

const program = process.env.BOT_BENCH ?? programPath("examples/bot_bench", "release");
if (!existsSync(program)) {
  console.error(`${program}: not built; \`npm run bench\` builds what is measured`);
  process.exit(1);
}
const note = conditions();
const found = JSON.parse(execFileSync(program, { encoding: "utf8" }).trim());
const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 0 });
printTable("A bot of 500 intents", [
  "Signed requests over loopback at 32 connections, medians of 5 rounds of 12,800; beside a bare axum handler that checks the same signature and answers as much.",
  `Its ${number(found.yaml_kib)} KiB of YAML read, checked and learnt; beside parsing alone. 10,000 conversations that rest; beside their bytes on the disk.`,
  `A signature refused that differs in its last byte alone; beside one that differs in its first. The latter, measured twice, differs from itself by ${(100 * Math.abs(found.again_ns / found.first_ns - 1)).toFixed(2)} %.`,
  note,
], [
  { figure: "requests", ours: `${number(found.requests)}/s`, peer: `${number(found.bare)}/s`, ratio: found.ratio, atMost: 1.5 },
  { figure: "cold load", ours: `${found.load_ms.toFixed(1)} ms`, peer: `${found.parse_ms.toFixed(1)} ms`, ratio: found.load_ms / found.parse_ms },
  { figure: "memory of a conversation", ours: `${number(found.resting_bytes)} B`, peer: `${number(found.resting_floor)} B`, ratio: found.resting_bytes / found.resting_floor },
  { figure: "signature refused", ours: `${number(found.last_ns)} ns`, peer: `${number(found.first_ns)} ns`, ratio: found.last_ns / found.first_ns },
], ["bot", "floor"]);
