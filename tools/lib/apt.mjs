/**
 * System packages on Debian and its relatives: which are missing, and their installation.
 */
import { spawnSync } from "node:child_process";
import { ToolError } from "./errors.mjs";
import { outputOf, which } from "./process.mjs";

/**
 * The names among `wanted` that are not in the answer of
 * `dpkg-query -W -f '${Package} ${db:Status-Status}\n'`.
 * @param {string[]} wanted
 * @param {string} listing
 */
export function missingFrom(wanted, listing) {
  const installed = new Set();
  for (const line of listing.split("\n")) {
    const [name, status] = line.split(" ");
    if (status === "installed") installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name));
}

/** Whether this system has Debian's package tools. */
export function hasApt() {
  return which("dpkg-query") !== null && which("apt-get") !== null;
}

/**
 * The packages that are not installed. Takes some 30 ms.
 * @param {string[]} wanted
 */
export function missingPackages(wanted) {
  const done = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...wanted], { encoding: "utf8" });
  return missingFrom(wanted, done.stdout ?? "");
}

/**
 * The version apt would install, or null when it knows none.
 * @param {string} name
 */
export function candidate(name) {
  const found = /Candidate: (\S+)/.exec(outputOf("apt-cache", ["policy", name]) ?? "");
  return found && found[1] !== "(none)" ? found[1] : null;
}

/**
 * How commands get the rights of root: nothing before them for root, sudo for a user who may.
 * Asks for the password when there is a terminal.
 * @returns {string[] | null} the words before the command, null when there is no way
 */
export function elevation() {
  if (process.getuid?.() === 0) return [];
  if (!which("sudo")) return null;
  const may = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    || (process.stdin.isTTY && spawnSync("sudo", ["-v"], { stdio: "inherit" }).status === 0);
  return may ? ["sudo", "-n"] : null;
}

let refreshed = false;

/**
 * Refreshes apt's lists, once in a run. Needed before {@link candidate} on a system that has none.
 * @param {import("./steps.mjs").Steps} steps
 * @param {string[]} before from {@link elevation}
 */
export async function refresh(steps, before) {
  if (refreshed) return;
  await steps.command("Refresh the package lists", command(before, ["update"]), {
    advice: "Look at the network and at /etc/apt/sources.list, then start again.",
  });
  refreshed = true;
}

/**
 * Installs packages, without recommended ones, and never removes any.
 * @param {import("./steps.mjs").Steps} steps
 * @param {string[]} before from {@link elevation}
 * @param {string[]} names
 */
export function install(steps, before, names) {
  const title = `Install ${names.length} system package${names.length === 1 ? "" : "s"}`;
  return steps.command(title, command(before, ["install", "-y", "--no-install-recommends", "--no-remove", ...names]), {
    advice: `To install them yourself:\n  ${byHand(names)}`,
  });
}

/**
 * The error for a system where packages are missing and may not be installed from here.
 * @param {string[]} names
 */
export function cannotInstall(names) {
  return new ToolError("System packages are missing, and only root or a user of sudo may install them.", {
    advice: `Install these and start again:\n  ${byHand(names)}`,
  });
}

/** The command a user types to install packages. */
export function byHand(names) {
  return `sudo apt-get install --no-install-recommends ${names.join(" ")}`;
}

function command(before, args) {
  return [...before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", ...args];
}
