/**
 * Child processes: run to the end, look up, and stop them all when this program is interrupted.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

const running = new Set();

/**
 * Starts a program in a process group of its own, which {@link stopAll} ends with everything it started.
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {import("node:child_process").ChildProcess}
 */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  running.add(child);
  const gone = () => running.delete(child);
  child.once("exit", gone);
  child.once("error", gone);
  return child;
}

/**
 * Runs a program to its end and hands every line of its output on.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, signal: string | null, failure: Error | null }>} `failure` when it could not be started
 */
export function run(program, args, { cwd, env, onLine = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = start(program, args, { cwd, env });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => onLine(plain(line)));
    }
    child.once("error", (failure) => resolve({ code: 127, signal: null, failure }));
    child.once("close", (code, signal) => resolve({ code: code ?? 128, signal, failure: null }));
  });
}

/**
 * The output of a short program, or null when it is missing or fails.
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 * @returns {string | null} standard output, trimmed
 */
export function outputOf(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], ...options });
  return done.status === 0 ? done.stdout.trim() : null;
}

/**
 * The full path of a program on PATH, or null.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
export function which(name, env = process.env) {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (!folder) continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // not here: look in the next folder
    }
  }
  return null;
}

/**
 * Ends one process group.
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} [signal]
 */
export function stop(child, signal = "SIGTERM") {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it ended in the meantime
  }
}

/** Ends everything started here that still runs. */
export function stopAll() {
  for (const child of running) stop(child);
}

/**
 * Removes what a terminal would interpret (colours, cursor movement, progress bars drawn over themselves).
 * @param {string} line
 */
export function plain(line) {
  const text = line.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007/g, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}
