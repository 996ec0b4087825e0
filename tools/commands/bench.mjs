/** `npm run bench`: measure, with programs built for release. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../lib/errors.mjs";
import { childEnv } from "../lib/npm.mjs";
import { readOptions } from "../lib/options.mjs";
import { root } from "../lib/paths.mjs";
import { prepare, programPath } from "../lib/prepare.mjs";
import { start } from "../lib/process.mjs";

export const help = `Usage: npm run bench [-- <name>…]

Builds the programs for release and runs the measurements in tests/bench one after the other; each prints a table.
They find the programs by the environment variables COCO, COCOCAT and PEER.

  <name>       only these, by file name without .mjs
  -h, --help   this text`;

/** @param {string[]} args */
export function parse(args) {
  return readOptions("npm run bench", args, {}, { positionals: true });
}

/**
 * @param {import("../lib/steps.mjs").Steps} steps
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<number>} exit status
 */
export async function run(steps, { positionals }) {
  const folder = join(root, "tests", "bench");
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".mjs")).map((name) => name.slice(0, -4)).sort() : [];
  const unknown = positionals.filter((name) => !present.includes(name));
  if (unknown.length > 0 || present.length === 0) {
    throw new UsageError(unknown.length > 0 ? `There is no measurement ${unknown.join(", ")}.` : `There are no measurements in ${folder}.`, {
      advice: present.length > 0 ? `There are: ${present.join(", ")}.` : "",
    });
  }
  await prepare(steps, { packages: ["build", "display"], rust: true, pages: true });
  // One build for all: apart, each would compile shared libraries anew, with what it needs of them.
  const examples = ["peer", "certificate_bench", "qrread", "qrset", "im_bench", "im_fill", "doors_bench", "network_bench", "bot_bench"];
  const build = ["cargo", "build", "--release", "-p", "cococat", "-p", "coco-cli", "-p", "coco-bridge", "-p", "coco-qr", "-p", "coco-im", "-p", "coco-chatbot", "--features", "coco-im/doors,coco-im/lab,coco-chatbot/server", "--bins", ...examples.flatMap((name) => ["--example", name])];
  await steps.command("Build the programs for release", build, { cwd: root, env: { ...childEnv(), CARGO_TERM_COLOR: "never" } });
  const programs = { COCO: programPath("coco", "release"), COCOCAT: programPath("cococat", "release"), PEER: programPath("examples/peer", "release") };
  const env = { ...childEnv(), ...programs };
  let failed = 0;
  for (const name of positionals.length > 0 ? positionals : present) {
    steps.say(`\n${name}`);
    if (await measure(join(folder, `${name}.mjs`), env) !== 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

function measure(script, env) {
  const child = start(process.execPath, [script], { cwd: root, env, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
