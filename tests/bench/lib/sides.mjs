/**
 * The two programs that are measured, driven alike: started, asked for a window, ended. No automation takes part, since
 * it would be measured too; a page tells what it found by the program's own reports.
 */
import { connect } from "node:net";
import { join } from "node:path";
import { start, stop } from "../../../tools/lib/process.mjs";
import { Lines } from "./lines.mjs";
import { makeApp, writePages } from "./pages.mjs";

/** Now, in milliseconds since the epoch, finer than `Date.now()`; pages count alike. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * What a page found.
 * @typedef {object} Finding
 * @property {number} asked when the window was asked for, in ms since the epoch
 * @property {number} begin when WebKit began to load the page, in ms since the epoch
 * @property {number} paint when its first text was painted, in ms since the epoch
 * @property {number[]} blocks milliseconds of each block of calls
 * @property {Record<string, unknown>} facts
 */

/** A program that can be started. */
class Side {
  /**
   * @param {import("./session.mjs").Session} session
   * @param {string} program
   * @param {string[]} args
   */
  constructor(session, program, args) {
    session.atEnd(() => this.end());
    /** @private */ this.command = [program, args];
    /** @private */ this.env = { ...process.env, ...session.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", WAYLAND_DISPLAY: "" };
  }

  /**
   * Starts it and waits until its first window has loaded.
   * @param {string[]} [more] further arguments
   * @returns {Promise<number>} how many milliseconds that took
   */
  async start(more = []) {
    const [program, args] = this.command;
    const since = now();
    this.child = start(program, [...args, ...more], { stdio: ["pipe", "pipe", "pipe"], env: this.env });
    // A program that ends early is noticed by what it no longer says.
    this.child.stdin.on("error", () => undefined);
    /** @protected */ this.lines = new Lines(this.child);
    await this.lines.next("the first window", ({ event }) => event === "ready");
    return now() - since;
  }

  /** Its process. */
  get pid() {
    return this.child.pid;
  }

  /** Ends it and waits until it is gone. */
  async end() {
    if (this.child?.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    stop(this.child);
    await gone;
  }

  /**
   * Waits until a window is gone.
   * @protected
   * @param {string} window
   */
  closed(window) {
    return this.lines.next("a window closed", (line) => line.event === "closed" && line.window === window);
  }
}

/** CocoCat, with apps whose page is the measured one. */
export class CocoCat extends Side {
  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./pages.mjs").Plan} plan
   * @param {number} windows how many windows may be open at once: each takes an app of its own
   */
  constructor(session, plan, windows) {
    const folder = session.folder();
    const data = join(folder, "data");
    super(session, session.programs.cococat, ["--data", data, "--report"]);
    /** @private */ this.socket = join(data, "instance.sock");
    /** @private */ this.apps = Array.from({ length: windows }, (_, i) => makeApp(session.programs.coco, join(folder, `app-${i}`), plan));
  }

  /** Installs the apps, once, and stays running. */
  async prepare() {
    await this.start(this.apps.flatMap(({ folder }) => ["--install", folder]));
    for (const _ of this.apps) await this.lines.next("an app installed", ({ event }) => event === "installed");
  }

  /**
   * Opens a window and waits for what its page found.
   * @param {number} index of the window
   * @returns {Promise<Finding>}
   */
  async open(index) {
    const { address, window } = this.apps[index];
    const said = this.lines.next("the page of an app", (line) => line.event === "onload" && line.window === window);
    const asked = now();
    // What a second start of the program would ask of the first, without the time that start takes.
    const [{ name }] = await Promise.all([said, handOver(this.socket, { install: [], open: [address] })]);
    return finding(name, asked);
  }

  /** Waits until a window is gone, which its page sees to. */
  close(index) {
    return this.closed(this.apps[index].window);
  }
}

/** The plain Tauri program of `src-tauri/examples/peer.rs`. */
export class Peer extends Side {
  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./pages.mjs").Plan} plan
   */
  constructor(session, plan) {
    const folder = session.folder();
    const pages = join(folder, "pages");
    writePages(pages, plan);
    super(session, session.programs.peer, [join(folder, "data"), pages]);
  }

  /** Starts it for the first time. */
  async prepare() {
    await this.start();
  }

  /**
   * Opens a window and waits for what its page found.
   * @param {number} index of the window
   * @returns {Promise<Finding>}
   */
  async open(index) {
    const window = `window-${index}`;
    const said = this.lines.next("the page of a window", (line) => line.event === "said" && line.window === window);
    const asked = now();
    this.child.stdin.write(`open ${window}\n`);
    const found = finding((await said).text, asked);
    if (found.facts.protocol === false) throw new Error("the plain program's calls did not go by Tauri's own protocol");
    return found;
  }

  /** Closes a window. */
  async close(index) {
    const window = `window-${index}`;
    this.child.stdin.write(`close ${window}\n`);
    await this.closed(window);
  }
}

/** @returns {Finding} */
function finding(text, asked) {
  const found = JSON.parse(text);
  if (found.error) throw new Error(`the page: ${found.error}`);
  return { asked, ...found };
}

function handOver(socket, request) {
  return new Promise((resolve, reject) => {
    const stream = connect(socket);
    stream.once("error", reject);
    stream.once("data", () => {
      stream.end();
      resolve();
    });
    stream.write(`${JSON.stringify(request)}\n`);
  });
}
