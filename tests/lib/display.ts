/** A screen of its own for each test file. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Display {
  /** Value for DISPLAY. */
  name: string;
  close: () => Promise<void>;
}

/** Starts Xvfb on the next free display. It does not start over when its last client leaves: another may be just coming. */
export async function openDisplay(size = "1280x900"): Promise<Display> {
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp", "-dpi", "96", "-noreset"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdio[3] as Readable).once("line", resolve);
    server.once("error", reject);
    server.once("exit", () => reject(new Error("Xvfb ended; is the package xvfb installed?")));
  });
  return { name: `:${number}`, close: () => ended(server, "SIGTERM") };
}

/** Ends a process and waits until it is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}
