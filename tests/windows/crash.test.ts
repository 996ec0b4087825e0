/** Apps that die, hang or close themselves, and what the others notice of it: nothing. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { busiest, gone, kill, pageProcess, programOf, runs } from "../lib/desktop-process.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

/** A page that computes without end once a key is pressed. */
const HANGS = "<!doctype html><meta charset=utf-8><title>One</title><body><script src=hang.js></script>";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let one: TestApp;
let other: TestApp;
let program: number;

const page = (app: TestApp) => `coco-${app.host}`;
const answers = async (app: TestApp) => {
  await shell.app(app.host);
  expect(await shell.call("getLanguage")).toMatchObject({ code: 200 });
};

const start = async () => {
  shell = await desktop.shell({ args: ["--install", one.folder, "--install", other.folder, "--open", one.address, "--open", other.address] });
  launcher = new Launcher(shell);
  for (const app of [one, other]) await shell.report("loaded", { window: page(app) });
  program = await until("the program's process", () => programOf(`${desktop.path}/data`));
};

beforeAll(async () => {
  desktop = await Desktop.open();
  one = makeApp(desktop.path, { title: "One", files: { "index.html": HANGS, "hang.js": "addEventListener('keydown', ({ key }) => { while (key === 'x'); });" } });
  other = makeApp(desktop.path, { title: "Other" });
  await start();
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("goes on while a page computes without end", async () => {
  const { driver } = shell;
  await shell.launcher();
  const launcherHandle = await driver.getWindowHandle();
  await shell.app(other.host);
  const otherHandle = await driver.getWindowHandle();
  // A key starts it, since the driver hangs with any page that it looks at; the others are gone to directly.
  await desktop.focus(await desktop.window("One"));
  await desktop.press("x");
  await until("a page that computes", () => busiest(program));

  await driver.switchTo().window(otherHandle);
  expect(await shell.call("getLanguage")).toMatchObject({ code: 200 });
  await driver.switchTo().window(launcherHandle);
  await driver.findElement({ css: "[data-test=settings]" }).click();
  await until("the settings", async () => (await driver.findElements({ css: "[data-test=settings-sheet]" })).length > 0);
  await desktop.close(await desktop.window("One"));
  await shell.report("closed", { window: page(one) });
  await launcher.leaveSettings();
  await launcher.tile(one.address, "closed");
  await answers(other);
});

it("closes the window of a page that closes itself, and opens it again", async () => {
  await shell.app(other.host);
  await shell.driver.executeScript("setTimeout(() => window.close())");
  await shell.report("closed", { window: page(other) });
  await desktop.windowGone("Other");
  await launcher.tile(other.address, "closed");
  await launcher.open(other);
  await answers(other);
});

it("closes a window by the window manager, and opens it again", async () => {
  await desktop.close(await desktop.window("Other"));
  await shell.report("closed", { window: page(other) }, 2);
  await launcher.tile(other.address, "closed");
  await launcher.open(other);
  await answers(other);
});

it("ends when the last window is closed", async () => {
  await desktop.close(await desktop.window("CocoCat"));
  await desktop.windowGone("CocoCat");
  await answers(other);
  await desktop.close(await desktop.window("Other"));
  await gone(program);
});

it("says in the window that an app has died, and opens it again", async () => {
  await shell.quit();
  await start();
  await shell.app(other.host);
  const untouched = await pageProcess(shell, program);
  await shell.app(one.host);
  // The driver gives up its session when a page dies: from here on, eyes and hands are the screen's and the reports'.
  await kill(await pageProcess(shell, program));
  await shell.report("crashed", { window: page(one) });
  const window = await desktop.window("One");
  await until("the page's own link opens the app again", async () => {
    await desktop.focus(window);
    await desktop.press("Tab", "Return");
    return shell.reports.filter(({ event, window: label }) => event === "loaded" && label === page(one)).length > 1;
  });
  expect(runs(untouched)).toBe(true);
  expect(programOf(`${desktop.path}/data`)).toBe(program);
});
