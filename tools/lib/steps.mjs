/**
 * Named steps on the terminal: what is being done, since when, and the last line it said.
 * In a terminal one line is redrawn; elsewhere (CI, a pipe) plain lines are written.
 */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { ToolError } from "./errors.mjs";
import { cacheFolder } from "./paths.mjs";
import { run } from "./process.mjs";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const redrawEvery = 120;
const speakAfter = 1000;
const heartbeatEvery = 20_000;
const tailLines = 40;

/** Writes the progress of steps to one stream. */
export class Steps {
  #out;
  #tty;
  #timer = null;
  #current = null;

  /**
   * @param {{ out?: NodeJS.WriteStream }} [options] `out`: standard output unless given
   */
  constructor({ out = process.stdout } = {}) {
    this.#out = out;
    this.#tty = Boolean(out.isTTY) && process.env.TERM !== "dumb";
  }

  /** Writes a line of its own, above the step that runs. */
  say(text) {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /**
   * Does one step and says how it ended.
   * @template T
   * @param {string} name shown to the user
   * @param {(progress: { line(text: string): void, done(text: string): void }) => Promise<T> | T} work
   *   `line` shows what is being done now; `done` sets the word shown when it has ended well
   * @returns {Promise<T>} what the work returned
   */
  async step(name, work) {
    const since = Date.now();
    const step = { name, since, last: "", word: "", frame: 0, speakAt: since + speakAfter };
    this.#current = step;
    if (this.#tty) this.#timer = setInterval(() => this.#redraw(), redrawEvery);
    else this.#timer = setInterval(() => this.#heartbeat(), 1000);
    try {
      const result = await work({
        line: (text) => { step.last = text.trim() || step.last; },
        done: (text) => { step.word = text; },
      });
      this.#finish();
      this.#out.write(`✓ ${name.padEnd(34)} ${step.word || seconds(Date.now() - step.since)}\n`);
      return result;
    } catch (error) {
      this.#finish();
      this.#out.write(`✗ ${name.padEnd(34)} ${seconds(Date.now() - step.since)}\n`);
      throw error;
    }
  }

  /**
   * Runs a program as a step. Its output goes to `.tools/logs/`; when it fails, the end of it is part of the error.
   * @param {string} name
   * @param {[string, ...string[]]} command program and arguments
   * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice?: string, shown?: RegExp }} [options]
   *   `shown`: which lines of the output to show as progress
   * @returns {Promise<string>} the output, both streams as they came
   */
  command(name, command, { shown = /./, ...options } = {}) {
    return this.step(name, ({ line }) => logged(name, command, { ...options, onLine: (text) => shown.test(text) && line(text) }));
  }

  #finish() {
    clearInterval(this.#timer);
    this.#clear();
    this.#current = null;
  }

  #clear() {
    if (this.#tty) this.#out.write("\r\u001b[K");
  }

  #redraw() {
    const step = this.#current;
    if (!step) return;
    step.frame = (step.frame + 1) % frames.length;
    this.#out.write(`\r\u001b[K${progressLine(step, Date.now(), frames[step.frame], this.#out.columns ?? 80)}`);
  }

  #heartbeat() {
    const step = this.#current;
    const now = Date.now();
    if (!step || now < step.speakAt) return;
    step.speakAt = now + heartbeatEvery;
    this.#out.write(`${progressLine(step, now, "…", 160)}\n`);
  }
}

/**
 * Runs a program and keeps its output in a log.
 * @param {string} name what it is for, also the log's name
 * @param {[string, ...string[]]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice?: string, tail?: number, onLine?: (line: string) => void }} [options]
 *   `tail`: how many of the last lines an error carries
 * @returns {Promise<string>} the output
 * @throws {ToolError} when it cannot be started or ends with another status than 0
 */
export async function logged(name, [program, ...args], { cwd, env, advice, tail = tailLines, onLine = () => {} } = {}) {
  const log = join(cacheFolder("logs"), `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.log`);
  const file = createWriteStream(log);
  file.write(`$ ${[program, ...args].join(" ")}\n`);
  const lines = [];
  const result = await run(program, args, {
    cwd,
    env,
    onLine: (line) => {
      lines.push(line);
      file.write(`${line}\n`);
      onLine(line);
    },
  });
  await new Promise((resolve) => file.end(resolve));
  if (result.failure) {
    throw new ToolError(`${name}: ${program} could not be started: ${result.failure.message}`, { advice });
  }
  if (result.code !== 0) {
    const how = result.signal ? `was ended by ${result.signal}` : `failed with status ${result.code}`;
    const output = lines.slice(-tail).join("\n");
    throw new ToolError(`${name}: ${program} ${how}.`, { output, log, advice });
  }
  return lines.join("\n");
}

/**
 * One line that says what runs: mark, name, time, last output, cut to the terminal's width.
 * @param {{ name: string, since: number, last: string }} step times in ms
 * @param {number} now ms
 * @param {string} mark
 * @param {number} width columns
 */
export function progressLine(step, now, mark, width) {
  const line = `${mark} ${step.name}  ${seconds(now - step.since)}${step.last ? `  ${step.last}` : ""}`;
  const characters = Array.from(line);
  return characters.length < width ? line : `${characters.slice(0, Math.max(width - 2, 1)).join("")}…`;
}

/**
 * A duration for people: "0.4 s", "12 s", "3 min 05 s".
 * @param {number} ms
 */
export function seconds(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
