/**
 * The checks of `npm test` and `npm run lint`, in the order in which they run: quick ones first.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./lib/npm.mjs";
import { root } from "./lib/paths.mjs";
import { hasNextest } from "./lib/rust.mjs";

/**
 * @typedef {object} Stage
 * @property {string} id for `--only`
 * @property {string} group another word for `--only`, shared with related stages
 * @property {string} title
 * @property {import("./lib/prepare.mjs").Needs} needs
 * @property {() => [string, ...string[]]} command
 * @property {string} [advice] what to do when it fails
 */

const rustNeeds = { packages: ["build"], rust: true, pages: true };

/** @type {Stage[]} */
export const stages = [
  {
    id: "tools",
    group: "tools",
    title: "Tests of the tools",
    needs: {},
    command: () => [process.execPath, "--test", "--test-reporter=spec", ...testFiles("tools", "test")],
  },
  {
    id: "format",
    group: "lint",
    title: "Format of Rust code",
    needs: { rust: true, rustChecks: true },
    command: () => ["cargo", "fmt", "--all", "--", "--check", "--files-with-diff"],
    advice: "These files are not formatted: npm run lint -- --fix",
  },
  {
    id: "types",
    group: "lint",
    title: "Types of TypeScript code",
    needs: { modules: true, pages: true },
    command: () => npm(["run", "typecheck", "--workspaces", "--if-present"]),
  },
  {
    id: "sdk",
    group: "sdk",
    title: "Tests of the SDK",
    needs: { modules: true },
    command: () => npm(["test", "-w", "messagehandler-js"]),
  },
  {
    id: "web",
    group: "web",
    title: "Tests of the page",
    needs: { modules: true },
    command: () => npm(["test", "-w", "web"]),
  },
  {
    id: "clippy",
    group: "lint",
    title: "Lints of Rust code",
    needs: { ...rustNeeds, rustChecks: true },
    command: () => ["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
  },
  {
    id: "interop",
    group: "rust",
    title: "Other implementations",
    needs: { packages: ["build", "test"], modules: true },
    command: () => ["bash", join(root, "tests", "interop", "setup.sh")],
  },
  {
    id: "rust",
    group: "rust",
    title: "Tests of Rust code",
    needs: rustNeeds,
    command: () => (hasNextest()
      ? ["cargo", "nextest", "run", "--workspace", "--locked", "--no-fail-fast"]
      : ["cargo", "test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]),
  },
  {
    id: "doctests",
    group: "rust",
    title: "Examples in Rust documentation",
    needs: rustNeeds,
    command: () => ["cargo", "test", "--workspace", "--doc", "--locked"],
  },
  {
    id: "explorer",
    group: "explorer",
    title: "Tests of the example app",
    needs: { packages: ["build"], pages: true, programs: "dev", examples: true, explorer: true },
    command: () => [process.execPath, "--test", "--test-reporter=spec", ...testFiles("examples", "explorer", "test")],
  },
  {
    id: "browser",
    group: "browser",
    title: "Tests in a browser",
    needs: { packages: ["build", "browser"], pages: true, programs: "dev", examples: true },
    command: () => npm(["run", "test:browser", "-w", "tests"]),
  },
  {
    id: "windows",
    group: "windows",
    title: "Tests with real windows",
    needs: { packages: ["build", "display", "test"], pages: true, programs: "dev", examples: true, explorer: true },
    command: () => npm(["test", "-w", "tests"]),
  },
];

/**
 * The stages with one of the given ids or groups, or all.
 * @param {string[]} words
 * @returns {{ chosen: Stage[], unknown: string[] }}
 */
export function choose(words) {
  if (words.length === 0) return { chosen: stages, unknown: [] };
  const fits = (stage, word) => stage.id === word || stage.group === word;
  return {
    chosen: stages.filter((stage) => words.some((word) => fits(stage, word))),
    unknown: words.filter((word) => !stages.some((stage) => fits(stage, word))),
  };
}

/**
 * What several stages need together.
 * @param {Stage[]} chosen
 * @returns {import("./lib/prepare.mjs").Needs}
 */
export function needsOf(chosen) {
  const all = { packages: [], locked: true };
  for (const { needs } of chosen) {
    for (const [name, value] of Object.entries(needs)) {
      if (name === "packages") all.packages.push(...value.filter((group) => !all.packages.includes(group)));
      else all[name] = value;
    }
  }
  return all;
}

function testFiles(...path) {
  const folder = join(root, ...path);
  const names = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
  return names.sort().map((name) => join(folder, name));
}
