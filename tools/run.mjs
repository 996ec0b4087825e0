#!/usr/bin/env node
/**
 * The commands behind `npm start`, `npm test`, `npm run lint`, `npm run bench` and `npm run fuzz`.
 * Plain JavaScript that needs no package and runs on Node.js 18, so that it can fetch everything else.
 */
import { fileURLToPath } from "node:url";
import { ToolError, UsageError } from "./lib/errors.mjs";
import { fetchNode, nodeFits, runAgain } from "./lib/node.mjs";
import { stopAll } from "./lib/process.mjs";
import { Steps } from "./lib/steps.mjs";

const names = ["start", "test", "lint", "bench", "fuzz"];
const usage = `Usage: node tools/run.mjs <${names.join("|")}> [options]\nEach command explains itself with --help.`;

async function main(args) {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  if (!names.includes(name)) throw new UsageError(`There is no command ${name}.`, { advice: usage });
  const command = await import(`./commands/${name}.mjs`);
  const options = command.parse(rest);
  if (options.help) {
    console.log(command.help);
    return 0;
  }
  const steps = new Steps();
  if (!nodeFits(process.versions.node)) {
    return runAgain(await fetchNode(steps), [fileURLToPath(import.meta.url), ...args]);
  }
  return command.run(steps, options);
}

for (const [signal, status] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]]) {
  process.once(signal, () => {
    stopAll();
    process.exitCode = status;
    setImmediate(() => process.exit(status));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  stopAll();
  if (!(error instanceof ToolError)) throw error;
  console.error(error.report());
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
