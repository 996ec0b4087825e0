/**
 * Skips a build whose inputs and outputs are as the last successful build left them.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheFolder, root } from "./paths.mjs";

const skipped = new Set(["node_modules", "dist", ".vite", "coverage", ".run"]);

/**
 * A hash over names and contents of files.
 * @param {string[]} inputs files and folders, absolute; folders are read whole but for build output and dependencies
 * @param {{ everything?: boolean }} [options] `everything`: also what is skipped by name, for output folders
 * @returns {string} hex
 */
export function hashOf(inputs, { everything = false } = {}) {
  const hash = createHash("sha256");
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) {
      hash.update(`missing ${relative(root, path)}\0`);
    } else if (stat.isDirectory()) {
      const names = readdirSync(path).filter((name) => everything || !skipped.has(name)).sort();
      for (const name of names) add(join(path, name));
    } else if (stat.isFile()) {
      hash.update(`${relative(root, path)}\0${stat.size}\0`);
      hash.update(readFileSync(path));
    }
  };
  for (const input of inputs) add(input);
  return hash.digest("hex");
}

/**
 * Builds when needed.
 * @param {string} name of the stamp
 * @param {{ inputs: string[], outputs: string[], build: () => Promise<unknown> }} what absolute paths
 * @returns {Promise<"built" | "unchanged">}
 */
export async function whenChanged(name, { inputs, outputs, build }) {
  const file = join(cacheFolder("stamps"), name);
  const state = () => `${hashOf(inputs)} ${hashOf(outputs, { everything: true })}`;
  if (outputs.every((path) => existsSync(path)) && existsSync(file) && readFileSync(file, "utf8") === state()) return "unchanged";
  await build();
  writeFileSync(`${file}.new`, state());
  renameSync(`${file}.new`, file);
  return "built";
}
