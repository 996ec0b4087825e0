/** The pages that are measured: the same in both programs, but for the file that makes the calls. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../pages", import.meta.url));

/**
 * What a page does once it has painted.
 * @typedef {object} Plan
 * @property {number} calls how many calls are counted; none when 0
 * @property {number} block how many of them are timed together, since a page's clock is coarse
 * @property {number} before how many go before those that are counted
 * @property {boolean} stay whether the window stays open afterwards
 * @property {number} [bytes] how long the file is that the page reads both ways, instead of making calls
 */

/**
 * Writes the page for the plain program.
 * @param {string} folder new
 * @param {Plan} plan
 */
export function writePages(folder, plan) {
  write(folder, plan, "host-peer.js");
  cpSync(join(source, "empty.html"), join(folder, "empty.html"));
}

/**
 * Makes the page a signed CocoAPP with a key of its own.
 * @param {string} coco the program
 * @param {string} folder new; `package` in it is what can be installed
 * @param {Plan} plan
 * @returns {{ address: string, folder: string, window: string }} `window`: the name of its window in reports
 */
export function makeApp(coco, folder, plan) {
  mkdirSync(folder, { recursive: true });
  const made = run(coco, "app", "create", join(folder, "package"), "--title", "Measurement");
  write(made.folder, { ...plan, address: made.address }, "host-cococat.js");
  if (plan.bytes !== undefined) {
    cpSync(join(source, "reading.js"), join(made.folder, "page.js"));
    writeFileSync(join(made.folder, "read.bin"), randomBytes(plan.bytes));
  }
  run(coco, "app", "sign", made.folder, "--key", made.account, "--title", "Measurement", "--version", "1.0.0");
  return { address: made.address, folder: made.folder, window: `coco-${made.host}` };
}

function write(folder, plan, host) {
  mkdirSync(folder, { recursive: true });
  for (const name of ["index.html", "page.js"]) cpSync(join(source, name), join(folder, name));
  cpSync(join(source, host), join(folder, "host.js"));
  writeFileSync(join(folder, "plan.js"), `export const plan = ${JSON.stringify(plan)};\n`);
}

function run(coco, ...args) {
  const { status, stdout, stderr, error } = spawnSync(coco, [...args, "--json"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`coco ${args.slice(0, 2).join(" ")}: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}
