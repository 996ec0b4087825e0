/**
 * Where things are, and the ignored cache folder `.tools/` (logs, screenshots, locks, stamps, a fetched Node.js).
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * A folder inside `.tools/`, created when missing. The cache ignores itself in git.
 * @param {string} name "logs", "screenshots", …
 * @returns {string} its absolute path
 */
export function cacheFolder(name) {
  const cache = join(root, ".tools");
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  const ignore = join(cache, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  return folder;
}
