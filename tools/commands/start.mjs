/** `npm start`: set up, build, and start the program with the example app installed. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { hasDisplay, VirtualDisplay } from "../lib/display.mjs";
import { ToolError } from "../lib/errors.mjs";
import { readOptions } from "../lib/options.mjs";
import { cacheFolder } from "../lib/paths.mjs";
import { explorerPackage, prepare, programPath } from "../lib/prepare.mjs";
import { start, stop } from "../lib/process.mjs";
import { countColours, writePng } from "../lib/xwd.mjs";

export const help = `Usage: npm start [-- [--headless] [--once] [-- <options of cococat>]]

Installs what is missing, builds what changed, and starts CocoCat Desktop with the example app installed.
With a display the program runs in the foreground until its last window is closed. Without one it runs on a virtual
screen with the example app open; the path of a screenshot is printed, and Ctrl+C ends it.

  --headless   use a virtual screen even when there is a display
  --once       the same, and end after the screenshot
  -h, --help   this text`;

/** Longest time from the program's start to its drawn window, ms. */
const patience = 60_000;
/** A drawn page has more colours than a blank window with a frame. */
const coloursOfAPage = 24;
const pollEvery = 100;

/** @param {string[]} args */
export function parse(args) {
  return readOptions("npm start", args, { headless: { type: "boolean" }, once: { type: "boolean" } }, { positionals: true });
}

/**
 * @param {import("../lib/steps.mjs").Steps} steps
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<number>} exit status
 */
export async function run(steps, options) {
  const headless = options.headless || options.once || !hasDisplay();
  await prepare(steps, {
    packages: headless ? ["build", "display"] : ["build"],
    pages: true,
    programs: "dev",
    explorer: true,
  });
  const app = explorerPackage();
  const args = ["--install", app.folder];
  if (!headless) return inForeground([...args, ...options.positionals]);
  return onVirtualScreen(steps, [...args, "--open", app.address, "--report", ...options.positionals], options.once ?? false);
}

function inForeground(args) {
  const child = start(programPath("cococat"), args, { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function onVirtualScreen(steps, args, once) {
  const display = await VirtualDisplay.open();
  const program = new Program(args, display.env);
  try {
    const picture = await steps.step("Start the program", ({ line }) => drawnWindow(program, display, line));
    const file = join(cacheFolder("screenshots"), "explorer.png");
    writeFileSync(`${file}.new`, writePng(picture));
    renameSync(`${file}.new`, file);
    steps.say(`Screenshot: ${file}`);
    if (once) return 0;
    steps.say("The program runs on a virtual screen. Ctrl+C ends it.");
    return await program.ended;
  } finally {
    program.stop();
    display.close();
  }
}

/** The started program: what it reported and said. */
class Program {
  #child;
  #words = [];
  #status = null;
  #refusal = null;

  constructor(args, env) {
    this.#child = start(programPath("cococat"), args, { env: { ...process.env, ...env } });
    /** Whether an app's page has said that it is ready. */
    this.loaded = false;
    /** Resolves with the exit status. */
    this.ended = new Promise((resolve) => {
      const end = (status) => { this.#status = status; resolve(status); };
      this.#child.once("error", (error) => { this.#words.push(error.message); end(127); });
      this.#child.once("close", (code) => end(code ?? 1));
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#hear(line));
    createInterface({ input: this.#child.stderr }).on("line", (line) => this.#keep(line));
  }

  /** @throws {ToolError} when the app will not be shown */
  check() {
    if (this.#refusal) throw this.failure(`The program refused the example app: ${this.#refusal}`);
    if (this.#status === 0) {
      throw new ToolError("Another CocoCat Desktop runs with the same data, and has opened the app.", {
        advice: "End it, or give this one a data folder of its own:\n  npm start -- --headless -- --data DIR",
      });
    }
    if (this.#status !== null) throw this.failure(`The program ended with status ${this.#status} before its window was drawn.`);
  }

  /** An error with the program's last words. */
  failure(message) {
    return new ToolError(message, { output: this.#words.join("\n") });
  }

  stop() {
    stop(this.#child);
  }

  #hear(line) {
    this.#keep(line);
    const event = reportOf(line);
    if (event?.kind === "loaded") this.loaded = true;
    if (event?.kind === "refused") this.#refusal = event.message;
  }

  #keep(line) {
    this.#words.push(line);
    if (this.#words.length > 60) this.#words.shift();
  }
}

/**
 * What a line of the program's `--report` means for the start.
 * @param {string} line one JSON object, such as `{"event":"onload","window":"coco-…"}`
 * @returns {{ kind: "loaded" } | { kind: "refused", message: string } | null} null for everything else
 */
export function reportOf(line) {
  let report;
  try {
    report = JSON.parse(line);
  } catch {
    return null; // a library's own words
  }
  switch (report?.event) {
    // The example app calls it once its page is built.
    case "onload":
      return String(report.window).startsWith("coco-") ? { kind: "loaded" } : null;
    case "refused":
    case "notOpened":
      return { kind: "refused", message: String(report.message) };
    default:
      return null;
  }
}

/** Waits until the app's page is loaded and the screen shows a page that no longer changes. */
async function drawnWindow(program, display, line) {
  const until = Date.now() + patience;
  let before = null;
  while (Date.now() < until) {
    program.check();
    if (!program.loaded) {
      line("waiting for the app's page");
    } else {
      line("waiting for the picture");
      const picture = display.picture();
      if (before?.rgb.equals(picture.rgb) && countColours(picture, coloursOfAPage) >= coloursOfAPage) return picture;
      before = picture;
    }
    await pause(pollEvery);
  }
  throw program.failure(`No window of the app was drawn within ${patience / 1000} seconds.`);
}
