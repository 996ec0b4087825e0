/**
 * A lock between runs in the same folder. The kernel holds it for a child process that ends
 * when this one does, so nothing stays locked after a crash or `kill -9`.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ToolError } from "./errors.mjs";
import { cacheFolder } from "./paths.mjs";
import { which } from "./process.mjs";

/** How long to wait before saying that another run holds the lock, ms. */
const patience = 300;

/**
 * Does the work while holding the lock; waits for it as long as needed.
 * On systems without `flock` (part of util-linux) the work is done without a lock.
 * @template T
 * @param {string} name "setup", "checks"
 * @param {(text: string) => void} say told once when another run holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, say, work) {
  if (!which("flock")) return work();
  const file = join(cacheFolder("locks"), name);
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  holder.stdin.on("error", () => {});
  const timer = setTimeout(() => say(`Another run is at work in this folder (${name}); waiting for it.`), patience);
  try {
    await new Promise((resolve, reject) => {
      holder.stdout.once("data", resolve);
      holder.once("error", reject);
      holder.once("exit", (code) => reject(new ToolError(`The lock ${file} could not be taken (flock ended with ${code}).`)));
    });
  } finally {
    clearTimeout(timer);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await new Promise((resolve) => (holder.exitCode !== null ? resolve() : holder.once("exit", resolve)));
  }
}
