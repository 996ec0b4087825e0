/** `npm run fuzz`: hand random input to everything that reads what strangers send. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../lib/errors.mjs";
import { childEnv } from "../lib/npm.mjs";
import { readOptions } from "../lib/options.mjs";
import { root } from "../lib/paths.mjs";
import { prepare } from "../lib/prepare.mjs";
import { ensureCargoFuzz } from "../lib/rust.mjs";
import { run as runProgram } from "../lib/process.mjs";

const folder = join(root, "fuzz");

/** Longest input in bytes, and the most memory in MiB that one may take. */
const inputBytes = 65_536;
const memory = 2_048;

export const help = `Usage: npm run fuzz [-- [--seconds <n>] [<target>…]]

Builds the targets in fuzz/ and runs each for a minute, beginning with the inputs in fuzz/seeds. An input that makes a
target fail is kept in fuzz/artifacts, and what was learnt in fuzz/corpus; both may be deleted.

  <target>         only these: ${targets().join(", ")}
  --seconds <n>    how long each runs; 60 unless told
  -h, --help       this text`;

function targets() {
  return [...readFileSync(join(folder, "Cargo.toml"), "utf8").matchAll(/\[\[bin\]\]\nname = "([^"]+)"/g)].map(([, name]) => name);
}

/** @param {string[]} args */
export function parse(args) {
  const { positionals, seconds = "60", help: asked } = readOptions("npm run fuzz", args, { seconds: { type: "string" } }, { positionals: true });
  const unknown = positionals.filter((name) => !targets().includes(name));
  if (unknown.length > 0) throw new UsageError(`There is no target ${unknown.join(", ")}.`, { advice: `There are: ${targets().join(", ")}.` });
  if (!/^[1-9]\d*$/.test(seconds)) throw new UsageError("--seconds takes a number.", { advice: "For example --seconds 600." });
  return { help: asked, seconds: Number(seconds), chosen: positionals.length > 0 ? positionals : targets() };
}

/**
 * @param {import("../lib/steps.mjs").Steps} steps
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<number>} exit status
 */
export async function run(steps, { seconds, chosen }) {
  await prepare(steps, { packages: ["build"], rust: true });
  const cargoFuzz = await ensureCargoFuzz(steps);
  const env = { ...childEnv(), CARGO_TERM_COLOR: "never" };
  // Without a sanitizer the compiler need be no nightly one; safe code has little for it to find.
  const build = [cargoFuzz, "build", "--sanitizer", "none"];
  await steps.command("Build the targets", build, { cwd: root, env, shown: /^ +[A-Z]/ });
  const failed = [];
  for (const name of chosen) {
    steps.say(`\n${name}, ${seconds} s`);
    if (await fuzz(steps, cargoFuzz, name, seconds, env) !== 0) failed.push(name);
  }
  steps.say(`\n${chosen.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) steps.say(`Failed: ${failed.join(", ")}. The inputs are in fuzz/artifacts; \`${build[0]} run -s none <target> <input>\` tries one again.`);
  return failed.length === 0 ? 0 : 1;
}

async function fuzz(steps, cargoFuzz, name, seconds, env) {
  const corpus = join(folder, "corpus", name);
  mkdirSync(corpus, { recursive: true });
  const seeds = join(folder, "seeds", name);
  if (existsSync(seeds)) for (const seed of readdirSync(seeds)) cpSync(join(seeds, seed), join(corpus, seed));
  const limits = [`-max_total_time=${seconds}`, `-max_len=${inputBytes}`, `-rss_limit_mb=${memory}`, "-timeout=60", "-print_final_stats=1", "-verbosity=0"];
  const { code } = await runProgram(cargoFuzz, ["run", "--sanitizer", "none", name, corpus, "--", ...limits], {
    cwd: root,
    env,
    // Not the words that it would recommend for a dictionary.
    onLine: (line) => /^("|######)/.test(line) || steps.say(line),
  });
  return code;
}
