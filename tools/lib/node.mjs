/**
 * A Node.js that the build tools accept. Debian 12's own is version 18, enough to run these tools,
 * which then fetch a current one, pinned with its checksum in `tools/runtime/package-lock.json`.
 */
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ToolError } from "./errors.mjs";
import { withLock } from "./lock.mjs";
import { childEnv, needsInstall, npm } from "./npm.mjs";
import { cacheFolder, root } from "./paths.mjs";
import { parseVersion } from "./version.mjs";

/**
 * Whether Vite and Vitest run on a version of Node.js: ^20.19, or 22.12 and later.
 * @param {string} version "20.19.1"
 */
export function nodeFits(version) {
  const [major, minor] = parseVersion(version) ?? [0, 0];
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

/**
 * Fetches the pinned Node.js and npm into `.tools/runtime`, unless they are there.
 * @param {import("./steps.mjs").Steps} steps
 * @returns {Promise<{ node: string, npmScript: string, bin: string }>} absolute paths; `bin` holds npm for PATH
 */
export async function fetchNode(steps) {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new ToolError(`Node.js ${process.versions.node} is too old.`, {
      advice: "Install Node.js 20.19, 22.12 or newer from https://nodejs.org and start again.",
    });
  }
  const folder = cacheFolder("runtime");
  await withLock("runtime", (text) => steps.say(text), async () => {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(root, "tools", "runtime", name), join(folder, name));
    if (!needsInstall(folder)) return;
    await steps.command("Fetch a current Node.js", npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]), {
      cwd: folder,
      env: childEnv(),
      advice: "Is the npm registry within reach? Or install Node.js 20.19, 22.12 or newer from https://nodejs.org.",
    });
  });
  const modules = join(folder, "node_modules");
  return {
    node: join(modules, `node-linux-${process.arch}`, "bin", "node"),
    npmScript: join(modules, "npm", "bin", "npm-cli.js"),
    bin: join(modules, ".bin"),
  };
}

/**
 * Runs this program again with another Node.js, and ends as it ends.
 * @param {{ node: string, npmScript: string, bin: string }} runtime from {@link fetchNode}
 * @param {string[]} args script and its arguments
 * @returns {Promise<number>} exit status
 */
export function runAgain(runtime, args) {
  const env = { ...childEnv(), npm_execpath: runtime.npmScript };
  env.PATH = [dirname(runtime.node), runtime.bin, process.env.PATH ?? ""].join(delimiter);
  const child = spawn(runtime.node, args, { stdio: "inherit", env });
  const forward = (signal) => child.kill(signal);
  // The terminal sends Ctrl+C to both: this one only waits for the other.
  process.removeAllListeners("SIGINT").on("SIGINT", () => {});
  process.removeAllListeners("SIGTERM");
  process.on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}
