/**
 * Brings the folder into the state a command needs: system packages, Rust, node_modules, and the things that are built.
 * Each part is skipped quickly when nothing changed. One run at a time does this in a folder.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packages } from "../packages.mjs";
import * as apt from "./apt.mjs";
import { ToolError } from "./errors.mjs";
import { withLock } from "./lock.mjs";
import { childEnv, needsInstall, npm } from "./npm.mjs";
import { root } from "./paths.mjs";
import { outputOf } from "./process.mjs";
import { ensureRust } from "./rust.mjs";
import { whenChanged } from "./stamp.mjs";
import { logged } from "./steps.mjs";

/**
 * What a command needs.
 * @typedef {object} Needs
 * @property {("build" | "display" | "browser" | "test")[]} [packages] groups of Debian packages
 * @property {boolean} [rust] cargo and rustc
 * @property {boolean} [rustChecks] rustfmt and clippy too
 * @property {boolean} [modules] node_modules
 * @property {boolean} [pages] messagehandler-js/dist and web/dist
 * @property {"dev" | "release"} [programs] `cococat` and `coco`
 * @property {boolean} [examples] the examples of all crates, which measure and test, built with the programs
 * @property {boolean} [explorer] the example CocoAPP, signed
 * @property {boolean} [locked] refuse a Cargo.lock that does not fit the manifests
 */

/**
 * Does what is needed, in the order in which one part builds on another.
 * @param {import("./steps.mjs").Steps} steps
 * @param {Needs} needs
 */
export function prepare(steps, needs) {
  return withLock("setup", (text) => steps.say(text), async () => {
    if (needs.packages) await ensurePackages(steps, needs.packages);
    if (needs.rust || needs.programs) await ensureRust(steps, { checks: needs.rustChecks ?? false });
    if (needs.modules || needs.pages) await ensureModules(steps);
    if (needs.pages) {
      await buildWorkspace(steps, "Build the SDK", "messagehandler-js", []);
      await buildWorkspace(steps, "Build the page", "web", [join(root, "messagehandler-js", "dist")]);
    }
    if (needs.programs) await buildPrograms(steps, needs);
    if (needs.explorer) await buildExplorer(steps);
  });
}

/** The path of a program cargo builds. */
export function programPath(name, profile = "dev") {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  return join(target, profile === "dev" ? "debug" : "release", name);
}

/**
 * The signed example: its folder and address.
 * @returns {{ folder: string, address: string }}
 * @throws {ToolError} when it has not been built
 */
export function explorerPackage() {
  const dist = join(root, "examples", "explorer", "dist");
  const names = existsSync(dist) ? readdirSync(dist).filter((name) => existsSync(join(dist, name, "content.json"))) : [];
  if (names.length !== 1) throw new ToolError(`One signed package was expected in ${dist}, and there are ${names.length}.`);
  return { folder: join(dist, names[0]), address: names[0] };
}

async function ensurePackages(steps, groups) {
  if (process.platform !== "linux") return;
  const wanted = [...new Set(groups.flatMap((group) => packages[group]))];
  if (!apt.hasApt()) {
    if (outputOf("pkg-config", ["--exists", "webkit2gtk-4.1"]) !== null) return;
    throw new ToolError("WebKitGTK 4.1 was not found, and this system has no apt to install it.", {
      advice: `Install what your system calls these Debian packages, and start again:\n  ${wanted.join(" ")}`,
    });
  }
  const missing = apt.missingPackages(wanted);
  if (missing.length === 0) return;
  const before = apt.elevation();
  if (before === null) throw apt.cannotInstall(missing);
  await apt.refresh(steps, before);
  await apt.install(steps, before, missing);
}

async function ensureModules(steps) {
  if (!needsInstall()) return;
  await steps.command("Install npm packages", npm(["ci", "--no-audit", "--no-fund"]), {
    cwd: root,
    env: childEnv(),
    advice: "If package.json and package-lock.json disagree, `npm install` brings them together.",
  });
}

function buildWorkspace(steps, title, name, alsoInputs) {
  const folder = join(root, name);
  return steps.step(title, async ({ line, done }) => {
    const outcome = await whenChanged(name, {
      inputs: [folder, join(root, "package-lock.json"), ...alsoInputs],
      outputs: [join(folder, "dist")],
      build: () => logged(title, npm(["run", "build", "-w", name]), { cwd: root, env: childEnv(), onLine: line }),
    });
    if (outcome === "unchanged") done("unchanged");
  });
}

function buildPrograms(steps, { programs, examples, locked }) {
  // With examples everything is asked for, so that what the tests compile next has the same features and is compiled once.
  const args = examples ? ["build", "--workspace", "--bins", "--examples"] : ["build", "-p", "cococat", "-p", "coco-cli", "--bins"];
  if (programs === "release") args.push("--release");
  if (locked) args.push("--locked");
  return steps.command(programs === "release" ? "Build the programs for release" : "Build the programs", ["cargo", ...args], {
    cwd: root,
    env: { ...childEnv(), CARGO_TERM_COLOR: "never" },
    shown: /^ +[A-Z]/, // "   Compiling …", not the lines of a warning
  });
}

function buildExplorer(steps) {
  const coco = programPath("coco");
  const folder = join(root, "examples", "explorer");
  return steps.step("Sign the example app", async ({ line, done }) => {
    const outcome = await whenChanged("explorer", {
      inputs: [folder, join(root, "messagehandler-js", "dist"), coco],
      outputs: [join(folder, "dist")],
      build: () => logged("Sign the example app", [process.execPath, join(folder, "build.mjs")], {
        cwd: root,
        env: { ...childEnv(), COCO: coco },
        onLine: line,
      }),
    });
    if (outcome === "unchanged") done("unchanged");
  });
}
