/** One program a data folder, whatever ends it. */
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { kill, programOf } from "../lib/desktop-process.js";
import { makeApp, sign, type TestApp } from "../lib/packages.js";
import { program } from "../lib/paths.js";
import { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

let desktop: Desktop;
let data: string;
let app: TestApp;
const open: Shell[] = [];

const start = async (options: Parameters<Desktop["shell"]>[0] = {}) => {
  const shell = await desktop.shell(options);
  open.push(shell);
  return shell;
};
const once = (...args: string[]) => spawnSync(program("cococat"), args, { env: { ...process.env, ...desktop.env }, encoding: "utf8", timeout: 30_000 });

beforeAll(async () => {
  desktop = await Desktop.open();
  data = join(desktop.path, "data");
  app = makeApp(desktop.path, { title: "Handed over", version: "1.0.0" });
});

afterAll(async () => {
  for (const shell of open) await shell.quit();
  await desktop?.end();
});

it("hands what a second one was asked for to the first", async () => {
  const shell = await start();
  const second = once("--data", data, "--install", app.folder, "--open", app.address);
  expect(second.stderr).toContain("already running");
  expect(second.status).toBe(0);
  await shell.report("installed", { address: app.address });
  await shell.report("loaded", { window: `coco-${app.host}` });
  await new Launcher(shell).tile(app.address, "open");
});

it("runs beside one with another data folder", async () => {
  const shell = await start({ data: join(desktop.path, "elsewhere") });
  const launcher = new Launcher(shell);
  expect(await launcher.text("[data-test=empty]")).toContain("No apps yet");
  expect(await new Launcher(open[0] as Shell).tiles()).toHaveLength(1);
});

it("starts again after it was killed", async () => {
  await kill(await until("the program's process", () => programOf(data)));
  await open[0]?.quit();
  const shell = await start();
  const launcher = new Launcher(shell);
  await launcher.tile(app.address, "closed");
  await launcher.open(app);
  expect((await shell.call("getAccount")).code).toBe(200);
  await shell.quit();
});

it("has the old or the new version whole when it is killed while it installs", async () => {
  for (const version of ["2.0.0", "3.0.0", "4.0.0"]) {
    for (let part = 0; part < 12; part += 1) writeFileSync(join(app.folder, `part${part}.txt`), `${version} `.repeat(150_000));
    sign(app, "Handed over", version);
    const delay = Math.random() * 400;
    const process_ = spawn(program("cococat"), ["--data", data, "--report", "--install", app.folder], {
      env: { ...process.env, ...desktop.env },
      stdio: "ignore",
    });
    await until("the program's process", () => programOf(data));
    const end = performance.now() + delay;
    await until(`${Math.round(delay)} ms`, () => performance.now() >= end);
    const ended = new Promise((resolve) => process_.once("exit", resolve));
    process_.kill("SIGKILL");
    await ended;
  }
  const shell = await start();
  const launcher = new Launcher(shell);
  const { line, status } = await launcher.tile(app.address);
  expect(line, `status ${status}`).toMatch(/^Version [1234]\.0\.0$/);
  await launcher.open(app);
  const part = await shell.call("readFile", { path: `${app.address}/part11.txt` });
  const version = line.slice("Version ".length);
  if (version !== "1.0.0") expect(String(part.result).startsWith(`${version} `)).toBe(true);
  await shell.quit();
});

it("says what is wrong with a data folder, and ends", () => {
  const file = join(desktop.path, "file");
  writeFileSync(file, "");
  for (const folder of [file, "/proc/cococat", "/sys"]) {
    const { status, stderr } = once("--data", folder);
    expect({ folder, status }).toEqual({ folder, status: 1 });
    expect(stderr).toContain(folder);
    expect(stderr).not.toContain("panicked");
  }
});
