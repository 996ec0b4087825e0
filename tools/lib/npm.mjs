/**
 * npm: the program to call, the environment to call it in, and whether `npm ci` is needed.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { root } from "./paths.mjs";
import { which } from "./process.mjs";

/**
 * The command for npm with the Node.js that runs now.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {[string, ...string[]]}
 */
export function npm(args, env = process.env) {
  const script = env.npm_execpath;
  return script && basename(script) === "npm-cli.js" ? [process.execPath, script, ...args] : ["npm", ...args];
}

/** What an outer npm tells its scripts about itself, and an inner npm, perhaps another version, must not take for its settings. */
const ofOuterNpm = new RegExp(`^npm_(package|lifecycle|command$|node_execpath$|config_(${[
  "global_prefix", "globalconfig", "globalignorefile", "init_module", "local_prefix", "metrics_registry", "node_gyp", "npm_version", "prefix",
  "user_agent",
].join("|")})$)`);

/**
 * The environment for programs started from here: without the outer npm's words about itself, and
 * with the running Node.js as the `node` on PATH.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv(env = process.env) {
  const kept = Object.entries(env).filter(([name]) => !ofOuterNpm.test(name));
  const result = Object.fromEntries(kept);
  const node = which("node", env);
  if (!node || realpathSync(node) !== realpathSync(process.execPath)) {
    result.PATH = `${dirname(process.execPath)}${delimiter}${env.PATH ?? ""}`;
  }
  return result;
}

/**
 * Whether what is installed differs from what a lock file asks for.
 * @param {{ packages?: Record<string, { version?: string, integrity?: string, optional?: boolean, peer?: boolean, link?: boolean }> }} lock package-lock.json
 * @param {typeof lock} installed node_modules/.package-lock.json, which npm writes with the installed tree
 */
export function differs(lock, installed) {
  const wanted = lock.packages ?? {};
  const present = installed.packages ?? {};
  for (const [path, entry] of Object.entries(wanted)) {
    if (!isDependency(path, entry)) continue;
    const there = present[path];
    if (!there) {
      if (!entry.optional) return true;
    } else if (there.version !== entry.version || there.integrity !== entry.integrity) {
      return true;
    }
  }
  return Object.entries(present).some(([path, entry]) => isDependency(path, entry) && !wanted[path]);
}

/**
 * Whether `npm ci` must run in a folder.
 * @param {string} [folder] with package-lock.json
 */
export function needsInstall(folder = root) {
  const hidden = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return true;
  try {
    return differs(readJson(join(folder, "package-lock.json")), readJson(hidden));
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

function isDependency(path, entry) {
  return path.includes("node_modules/") && !entry.link;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
