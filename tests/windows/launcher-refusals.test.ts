/** Packages that are refused, and apps that were damaged: plain words, and nothing else changes. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { coco, makeApp, sign, type TestApp } from "../lib/packages.js";
import { program } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;
let older: string;

const offer = (path: string) =>
  execFileSync(program("cococat"), ["--data", join(desktop.path, "data"), "--install", path], { env: { ...process.env, ...desktop.env }, stdio: "ignore" });

beforeAll(async () => {
  desktop = await Desktop.open();
  app = makeApp(desktop.path, { title: "Good", version: "1.0.0" });
  older = join(desktop.path, "older.zip");
  coco("app", "pack", app.folder, "--out", older);
  const { modified } = JSON.parse(readFileSync(join(app.folder, "content.json"), "utf8")) as { modified: number };
  sign(app, "Good", "2.0.0", modified + 60);
  shell = await desktop.shell({ args: ["--install", app.folder] });
  launcher = new Launcher(shell);
  await launcher.tile(app.address);
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("says why a package is refused, and installs nothing", async () => {
  const whole = readFileSync(older);
  const half = join(desktop.path, "half.zip");
  writeFileSync(half, whole.subarray(0, whole.length / 2));
  const text = join(desktop.path, "notes.txt");
  writeFileSync(text, "not a package");
  const changed = makeApp(desktop.path, { title: "Changed" });
  writeFileSync(join(changed.folder, "index.html"), "changed after it was signed");
  const forged = makeApp(desktop.path, { title: "Forged" });
  const list = join(forged.folder, "content.json");
  writeFileSync(list, readFileSync(list, "utf8").replace("Forged", "Faked!"));

  for (const [path, words] of [
    [half, /not a CocoAPP/],
    [text, /not a CocoAPP/],
    [join(desktop.path, "nowhere"), /not a CocoAPP|could not be read/],
    [changed.folder, /Files in the package were changed/],
    [forged.folder, /signature does not match/],
  ] as const) {
    offer(path);
    const notice = await launcher.takeNotice("installFailed");
    expect(notice.level, path).toBe("error");
    expect(notice.text, path).toMatch(words);
  }
  expect(await launcher.tiles()).toMatchObject([{ address: app.address, line: "Version 2.0.0" }]);
  await launcher.open(app);
});

it("asks before it installs an older version", async () => {
  offer(older);
  expect(await launcher.text("[role=alertdialog]")).toContain("Install the older version anyway?");
  await launcher.click("[data-test=cancel]");
  await launcher.gone("[role=alertdialog]");
  expect(await launcher.tile(app.address, "open")).toMatchObject({ status: "open" });

  offer(older);
  await launcher.click("[data-test=confirm]");
  await launcher.takeNotice("updated");
  // The window that is open goes on with the version that is installed now.
  await shell.report("loaded", { window: `coco-${app.host}` }, 2);
  await launcher.choose(app.address, "details");
  expect(await launcher.text("[role=dialog]")).toContain("1.0.0");
  await desktop.focus(await desktop.window("CocoCat"));
  await desktop.press("Escape");
  await launcher.gone("[role=dialog]");
});

it("shows an app that was damaged on the disk, and repairs it by installing it again", async () => {
  const other = makeApp(desktop.path, { title: "Whole" });
  await shell.quit();
  const apps = join(desktop.path, "data", "apps");
  const files = readdirSync(apps, { recursive: true, encoding: "utf8" }).filter((path) => path.includes(app.host) && path.endsWith("content.json"));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) writeFileSync(join(apps, file), "{}");

  shell = await desktop.shell({ args: ["--install", other.folder] });
  launcher = new Launcher(shell);
  expect((await launcher.tile(app.address, "damaged")).line).toBe("Damaged");
  await launcher.open(other);
  await launcher.click(`[data-address="${app.address}"] [data-tile]`);
  expect(await launcher.text("[role=dialog]")).toContain("Install it again to repair it");
  await desktop.focus(await desktop.window("CocoCat"));
  await desktop.press("Escape");
  await launcher.gone("[role=dialog]");

  offer(app.folder);
  await launcher.tile(app.address, "closed");
  await launcher.open(app);
});
