/**
 * Runs stages one after the other, and sums up.
 */
import { ToolError } from "./errors.mjs";
import { countTests } from "./counts.mjs";
import { withLock } from "./lock.mjs";
import { childEnv } from "./npm.mjs";
import { root } from "./paths.mjs";
import { prepare, programPath } from "./prepare.mjs";
import { logged, seconds } from "./steps.mjs";
import { needsOf } from "../stages.mjs";

/** How many of its last lines a failed stage shows; all are in the log. */
const failedLines = 400;

/**
 * How a stage ended.
 * @typedef {{ title: string, ms: number, passed: number, failed: number }} Result
 */

/**
 * Prepares and runs stages; prints a table and, as the last line, "N passed, M failed".
 * @param {import("./steps.mjs").Steps} steps
 * @param {import("../stages.mjs").Stage[]} chosen
 * @param {{ keepGoing: boolean }} options `keepGoing`: run the stages after a failed one too
 * @returns {Promise<number>} exit status
 */
export function runChecks(steps, chosen, { keepGoing }) {
  return withLock("checks", (text) => steps.say(text), async () => {
    await prepare(steps, needsOf(chosen));
    const results = [];
    for (const stage of chosen) {
      const result = await runStage(steps, stage);
      results.push(result);
      if (result.failed > 0 && !keepGoing) break;
    }
    steps.say(`\n${table(results)}\n\n${total(results)}`);
    return results.some((result) => result.failed > 0) ? 1 : 0;
  });
}

/** Runs one stage. A stage that counts no tests counts as one check. */
async function runStage(steps, stage) {
  const since = Date.now();
  const env = { ...childEnv(), CARGO_TERM_COLOR: "never", NO_COLOR: "1", COCO: programPath("coco"), COCOCAT: programPath("cococat") };
  try {
    const count = await steps.step(stage.title, async ({ line, done }) => {
      const output = await logged(stage.title, stage.command(), { cwd: root, env, advice: stage.advice, tail: failedLines, onLine: line });
      const tests = countTests(output);
      if (tests) done(`${seconds(Date.now() - since)}  ${tests.passed} passed`);
      return tests ?? { passed: 1, failed: 0 };
    });
    return { title: stage.title, ms: Date.now() - since, ...count };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    steps.say(error.report());
    const count = countTests(error.output);
    return { title: stage.title, ms: Date.now() - since, passed: count?.passed ?? 0, failed: Math.max(count?.failed ?? 0, 1) };
  }
}

/**
 * The stages with time and result.
 * @param {Result[]} results
 */
export function table(results) {
  const width = Math.max(...results.map(({ title }) => title.length));
  return results.map(({ title, ms, passed, failed }) => {
    const outcome = failed > 0 ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
    return `  ${title.padEnd(width)}  ${seconds(ms).padStart(12)}  ${outcome}`;
  }).join("\n");
}

/**
 * The sum, as the last line of a run.
 * @param {Result[]} results
 */
export function total(results) {
  const sum = (name) => results.reduce((so, result) => so + result[name], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed`;
}
