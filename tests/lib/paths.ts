/** Where things are, and folders that go away. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

/** A program built by Cargo: `cococat`, `coco` or `examples/weakened`. */
export const program = (name: string, profile = "debug") => join(TARGET, profile, name);

/** The path of a program that the system has. */
export function installed(name: string): string {
  const found = (process.env.PATH ?? "").split(delimiter).map((place) => join(place, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no ${name}; is its package installed?`);
  return found;
}

/** A new empty folder and the function that removes it. */
export function folder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "cococat-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
