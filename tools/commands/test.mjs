/** `npm test`: set up, and run every check. */
import { runChecks } from "../lib/checks.mjs";
import { UsageError } from "../lib/errors.mjs";
import { readOptions } from "../lib/options.mjs";
import { choose, stages } from "../stages.mjs";

export const help = `Usage: npm test [-- [--only <stage>,…] [--keep-going]]

Installs what is missing, builds what changed, and runs the checks, quick ones first. Stops at the first that fails.

  --only <stages>   only these, by name or group, with commas between
  --keep-going      run the rest after a failure too
  -h, --help        this text

Stages:
${stages.map(({ id, group, title }) => `  ${id.padEnd(10)} ${title}${group === id ? "" : ` (group ${group})`}`).join("\n")}`;

/** @param {string[]} args */
export function parse(args) {
  const options = readOptions("npm test", args, { only: { type: "string", multiple: true }, "keep-going": { type: "boolean" } });
  const words = (options.only ?? []).flatMap((text) => text.split(",")).map((word) => word.trim()).filter(Boolean);
  const { chosen, unknown } = choose(words);
  if (unknown.length > 0) throw new UsageError(`There is no stage ${unknown.join(", ")}.`, { advice: "npm test -- --help lists them." });
  return { help: options.help, chosen, keepGoing: options["keep-going"] ?? false };
}

/**
 * @param {import("../lib/steps.mjs").Steps} steps
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<number>} exit status
 */
export function run(steps, { chosen, keepGoing }) {
  return runChecks(steps, chosen, { keepGoing });
}
