/** Options of a command, with errors that say what to type. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors.mjs";

/**
 * Reads options; every command has `--help`.
 * @template {import("node:util").ParseArgsConfig["options"]} T
 * @param {string} command "npm start"
 * @param {string[]} args
 * @param {T} options for node:util's parseArgs
 * @param {{ positionals?: boolean }} [more]
 */
export function readOptions(command, args, options, { positionals = false } = {}) {
  try {
    const found = parseArgs({ args, options: { help: { type: "boolean", short: "h" }, ...options }, allowPositionals: positionals });
    return { ...found.values, positionals: found.positionals };
  } catch (error) {
    throw new UsageError(error.message, { advice: `${command} -- --help lists the options.` });
  }
}
