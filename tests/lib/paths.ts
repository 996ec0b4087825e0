/** Where things are, and folders that go away. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

/** A program built by Cargo: `cococat`, `coco` or `examples/weakened`. */
export const program = (name: string, profile = "debug") => join(TARGET, profile, name);

/** A new empty folder and the function that removes it. */
export function folder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "cococat-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
