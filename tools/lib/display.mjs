/**
 * A virtual screen for a machine without one: Xvfb with a frame buffer that can be looked at, closed to other users.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ToolError } from "./errors.mjs";
import { outputOf, start, stop } from "./process.mjs";
import { readXwd } from "./xwd.mjs";

/** Whether programs started from here can show windows. */
export function hasDisplay(env = process.env) {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** A running virtual screen. */
export class VirtualDisplay {
  #server;
  #folder;

  /** Use {@link VirtualDisplay.open}. The screen ends with this process, or by `close`. */
  constructor(server, number, folder) {
    this.#server = server;
    this.#folder = folder;
    /** What a program needs in its environment to show windows here. */
    this.env = { DISPLAY: `:${number}`, XAUTHORITY: join(folder, "authority"), GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" };
  }

  /**
   * Starts a screen on a free display number.
   * @param {{ width?: number, height?: number }} [size] pixels
   * @returns {Promise<VirtualDisplay>}
   */
  static async open({ width = 1280, height = 800 } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "cococat-screen-"));
    let server = null;
    process.once("exit", () => {
      if (server) stop(server);
      rmSync(folder, { recursive: true, force: true });
    });
    const authority = join(folder, "authority");
    const cookie = randomBytes(16).toString("hex");
    // The server takes the cookie whatever the number in the file is; programs look for their own number.
    addCookie(authority, 0, cookie);
    server = start("Xvfb", [
      "-displayfd", "3", "-screen", "0", `${width}x${height}x24`, "-fbdir", folder, "-auth", authority, "-nolisten", "tcp", "-noreset",
    ], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
    const words = [];
    createInterface({ input: server.stderr }).on("line", (line) => words.push(line));
    const number = await new Promise((resolve, reject) => {
      createInterface({ input: server.stdio[3] }).once("line", (line) => resolve(Number(line)));
      server.once("error", (error) => reject(new ToolError(`Xvfb could not be started: ${error.message}`)));
      server.once("exit", () => reject(new ToolError("Xvfb ended at once.", { output: words.join("\n") })));
    });
    if (number !== 0) addCookie(authority, number, cookie);
    return new VirtualDisplay(server, number, folder);
  }

  /** What the screen shows now. */
  picture() {
    return readXwd(readFileSync(join(this.#folder, "Xvfb_screen0")));
  }

  /** Ends the screen. Its files go with this process. */
  close() {
    stop(this.#server);
  }
}

function addCookie(file, number, cookie) {
  if (outputOf("xauth", ["-q", "-f", file, "add", `:${number}`, ".", cookie]) === null) {
    throw new ToolError("xauth could not write the screen's key.", { advice: "Install the package xauth and start again." });
  }
}
