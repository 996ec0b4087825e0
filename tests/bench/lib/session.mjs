/** One measurement from its start to its end: programs, a screen, folders that go away, and an exit status. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualDisplay } from "../../../tools/lib/display.mjs";
import { programPath } from "../../../tools/lib/prepare.mjs";
import { stopAll } from "../../../tools/lib/process.mjs";

/**
 * What a measurement has at hand.
 * @typedef {object} Session
 * @property {{ coco: string, cococat: string, peer: string }} programs paths
 * @property {NodeJS.ProcessEnv} env what a program needs to show windows
 * @property {() => string} folder makes a new empty folder
 * @property {(end: () => Promise<void>) => void} atEnd has something done before the folders go away
 */

/**
 * Runs a measurement and ends the process's work: status 0 when there are figures, 1 when there are none.
 * @param {(session: Session) => Promise<void>} measure
 */
export async function measurement(measure) {
  const root = mkdtempSync(join(tmpdir(), "cococat-bench-"));
  const ends = [];
  // At the very end, when no program is left that would write there.
  process.once("exit", () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  for (const [signal, status] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]]) {
    process.once(signal, () => {
      stopAll();
      process.exit(status);
    });
  }
  try {
    const programs = {
      coco: process.env.COCO ?? programPath("coco", "release"),
      cococat: process.env.COCOCAT ?? programPath("cococat", "release"),
      peer: process.env.PEER ?? programPath("examples/peer", "release"),
    };
    const missing = Object.values(programs).filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`${missing.join(", ")}: not built; \`npm run bench\` builds what is measured`);
    const screen = await VirtualDisplay.open({ width: 1280, height: 900 });
    let folders = 0;
    await measure({ programs, env: screen.env, folder: () => join(root, String((folders += 1))), atEnd: (end) => ends.push(end) });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await Promise.all(ends.map((end) => end()));
    stopAll();
  }
}

/** How busy the computer is, as a note for a table: figures of a busy one say little. */
export function conditions() {
  const load = loadavg()[0].toFixed(2);
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}; load of the last minute before it began: ${load}`;
}
