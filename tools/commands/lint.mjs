/** `npm run lint`: format, lints and types, without running tests. */
import { runChecks } from "../lib/checks.mjs";
import { childEnv } from "../lib/npm.mjs";
import { readOptions } from "../lib/options.mjs";
import { root } from "../lib/paths.mjs";
import { ensureRust } from "../lib/rust.mjs";
import { choose } from "../stages.mjs";

export const help = `Usage: npm run lint [-- --fix]

Checks the format of Rust code, its lints (clippy, every warning counts), and the types of TypeScript code.

  --fix        format Rust code first
  -h, --help   this text`;

/** @param {string[]} args */
export function parse(args) {
  return readOptions("npm run lint", args, { fix: { type: "boolean" } });
}

/**
 * @param {import("../lib/steps.mjs").Steps} steps
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<number>} exit status
 */
export async function run(steps, { fix }) {
  if (fix) {
    await ensureRust(steps, { checks: true });
    await steps.command("Format Rust code", ["cargo", "fmt", "--all"], { cwd: root, env: childEnv() });
  }
  return runChecks(steps, choose(["lint"]).chosen, { keepGoing: true });
}
