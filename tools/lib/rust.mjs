/**
 * The Rust compiler: found on PATH or where rustup puts it, else as Debian's package, else explained.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import * as apt from "./apt.mjs";
import { ToolError } from "./errors.mjs";
import { rustCheckPackages, rustPackages } from "../packages.mjs";
import { root } from "./paths.mjs";
import { outputOf } from "./process.mjs";
import { atLeast, parseVersion } from "./version.mjs";

/**
 * The least version that compiles this project, from `rust-version` of Cargo.toml.
 * @param {string} manifest text of the root Cargo.toml
 * @returns {[number, number, number]}
 */
export function leastRust(manifest) {
  const version = parseVersion(/^rust-version\s*=\s*"([^"]+)"/m.exec(manifest)?.[1]);
  if (!version) throw new ToolError("Cargo.toml names no rust-version.");
  return version;
}

/**
 * PATH with the folder where rustup installs.
 * @param {NodeJS.ProcessEnv} env
 */
export function rustPath(env) {
  const folder = join(env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  const path = env.PATH ?? "";
  return path.split(delimiter).includes(folder) ? path : `${folder}${delimiter}${path}`;
}

/**
 * Sees to it that cargo and rustc are there and new enough, with rustfmt and clippy when checks are to run.
 * Puts rustup's folder on PATH of this process.
 * @param {import("./steps.mjs").Steps} steps
 * @param {{ checks: boolean }} options
 */
export async function ensureRust(steps, { checks }) {
  process.env.PATH = rustPath(process.env);
  const least = leastRust(readFileSync(join(root, "Cargo.toml"), "utf8"));
  const compiler = isThere("cargo", least) && isThere("rustc", least);
  const checkers = !checks || (runs("cargo", ["fmt", "--version"]) && runs("cargo", ["clippy", "--version"]));
  if (compiler && checkers) return;

  const fromRustup = runs("rustup", ["--version"]);
  if (fromRustup || !apt.hasApt()) throw byHand(least, compiler, fromRustup);
  const before = apt.elevation();
  const wanted = [...rustPackages, ...(checks ? rustCheckPackages : [])];
  if (before === null) throw apt.cannotInstall(wanted);
  await apt.refresh(steps, before);
  if (!atLeast(parseVersion(apt.candidate(rustPackages[0])), least)) throw byHand(least, compiler, fromRustup);
  await apt.install(steps, before, wanted);
  if (!isThere("cargo", least) || !isThere("rustc", least)) throw byHand(least, false, fromRustup);
}

/**
 * Whether `cargo nextest` is installed: the faster runner of tests.
 */
export function hasNextest() {
  return runs("cargo", ["nextest", "--version"]);
}

/** The version of cargo-fuzz, whose options are used by `npm run fuzz`. */
const fuzzVersion = "0.13.2";

/**
 * Sees to it that cargo-fuzz is there: in `.tools/`, or wherever cargo finds it.
 * @param {import("./steps.mjs").Steps} steps
 * @returns {Promise<string>} the program
 */
export async function ensureCargoFuzz(steps) {
  if (runs("cargo-fuzz", ["--version"])) return "cargo-fuzz";
  const place = join(root, ".tools", "cargo");
  const program = join(place, "bin", "cargo-fuzz");
  if (!runs(program, ["--version"])) {
    const install = ["cargo", "install", "cargo-fuzz", "--version", fuzzVersion, "--locked", "--root", place];
    await steps.command("Install cargo-fuzz", install, { cwd: root, env: { ...process.env, CARGO_TERM_COLOR: "never" }, shown: /^ +[A-Z]/ });
  }
  return program;
}

function isThere(program, least) {
  return atLeast(parseVersion(outputOf(program, ["--version"], { cwd: root })), least);
}

function runs(program, args) {
  return outputOf(program, args, { cwd: root }) !== null;
}

function byHand([major, minor], compiler, fromRustup) {
  if (compiler) {
    return new ToolError("rustfmt or clippy is missing.", { advice: "Install them:\n  rustup component add rustfmt clippy" });
  }
  return new ToolError(`Rust ${major}.${minor} or newer is needed.`, {
    advice: fromRustup
      ? "Bring it up to date and start again:\n  rustup update stable && rustup default stable"
      : "Install it from https://rustup.rs and start again.",
  });
}
