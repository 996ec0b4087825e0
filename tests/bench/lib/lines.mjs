/** JSON lines of a program, and waiting for one of them. */
import { createInterface } from "node:readline";

/** Longest wait for a line in milliseconds: what takes longer has failed. */
const patience = 60_000;

/** The JSON lines that a program writes to standard output; what it writes otherwise is kept for errors. */
export class Lines {
  #seen = [];
  #waiting = new Set();
  #words = [];
  #ended = "";

  /** @param {import("node:child_process").ChildProcess} child with pipes for its output */
  constructor(child) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#take(JSON.parse(line));
      else this.#words.push(line);
    });
    createInterface({ input: child.stderr }).on("line", (line) => this.#words.push(line));
    child.once("error", (error) => this.#end(`the program could not be started: ${error.message}`));
    child.once("exit", (code, signal) => this.#end(`the program has ended with ${signal ?? `status ${code}`}`));
  }

  /**
   * Takes the first line that fits and has not been taken yet, now or when it comes.
   * @param {string} what for the error
   * @param {(line: any) => boolean} fits
   * @returns {Promise<any>}
   */
  next(what, fits) {
    const place = this.#seen.findIndex(fits);
    if (place >= 0) return Promise.resolve(this.#seen.splice(place, 1)[0]);
    return new Promise((resolve, reject) => {
      const refuse = (why) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        reject(new Error([`${what}: ${why}.`, ...this.#words.slice(-20)].join("\n")));
      };
      const timer = setTimeout(() => refuse(`nothing came in ${patience / 1000} s`), patience);
      const accept = (line) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(line);
      };
      const waiting = { fits, accept, refuse };
      this.#waiting.add(waiting);
      if (this.#ended) refuse(this.#ended);
    });
  }

  #end(how) {
    this.#ended = how;
    for (const { refuse } of this.#waiting) refuse(how);
  }

  #take(line) {
    const waiting = [...this.#waiting].find(({ fits }) => fits(line));
    if (waiting) waiting.accept(line);
    else this.#seen.push(line);
  }
}
