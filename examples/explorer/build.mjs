// Builds the app's package: `node examples/explorer/build.mjs`.
//
// Copies package/ and the message handler into dist/<address>/ and, where the program `coco` is at hand (in the
// environment variable COCO, or built in target/), signs it. The same commit gives the same files.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is signed. */
const APP = {
  title: "CocoAPP Explorer",
  version: "1.0.0",
  description: "A form for every command of the CocoAPP bridge, and the raw answer beside it.",
  type: "0003",
};

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const sdk = join(root, "messagehandler-js/dist/esm");
const account = join(here, "account.json");
const { address } = JSON.parse(readFileSync(account, "utf8"));
const target = join(here, "dist", address);

/** Runs a program to its end; ends this one when it fails. */
function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"], cwd: root, ...options });
  if (status === 0) return;
  console.error(`${program} ${args.join(" ")}: ${error?.message ?? `ended with ${status}`}`);
  process.exit(1);
}

/** The program `coco`, if there is one. */
function findCoco() {
  if (process.env.COCO) return process.env.COCO;
  const name = process.platform === "win32" ? "coco.exe" : "coco";
  return ["debug", "release"].map((profile) => join(root, "target", profile, name)).find(existsSync);
}

/** When the sources were last changed, in seconds: their last commit, or now if something is not committed. */
function modified() {
  const sources = ["examples/explorer", "messagehandler-js/src"];
  const git = (...args) => spawnSync("git", [...args, "--", ...sources], { cwd: root, encoding: "utf8" }).stdout?.trim();
  const committed = git("status", "--porcelain") === "" ? Number(git("log", "-1", "--format=%ct")) : 0;
  return committed || Math.floor(Date.now() / 1000);
}

function copyFiles() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, "js/sdk/generated"), { recursive: true });
  cpSync(join(here, "package"), target, { recursive: true });
  const files = ["index", "client", "validate", "shapes", "host", "handler", "envelope", "levels", "generated/shapes", "generated/levels"];
  for (const file of files) cpSync(join(sdk, `${file}.js`), join(target, "js/sdk", `${file}.js`));
  const facts = Object.entries({ address, title: APP.title, version: APP.version });
  const lines = facts.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
  writeFileSync(join(target, "js/app.js"), ["// What this app is. Written by build.mjs.", ...lines, ""].join("\n"));
}

function sign(coco) {
  const facts = Object.entries({ ...APP, modified: modified() }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  run(coco, ["app", "sign", target, "--key", account, ...facts]);
}

if (!existsSync(join(sdk, "index.js"))) run("npm", ["run", "build", "-w", "messagehandler-js"], { shell: process.platform === "win32" });
copyFiles();
const coco = findCoco();
if (coco) sign(coco);
else console.error("Not signed: build `coco` (cargo build -p coco-cli) or name it in COCO, and build again.");
console.log(target);
