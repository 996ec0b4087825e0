/** What a person sets, and that it stays. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const PASSWORD = "coconut milk and honey";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;
let account: unknown;

const start = async (...args: string[]) => {
  shell = await desktop.shell({ data: join(desktop.path, "data"), args });
  launcher = new Launcher(shell);
};
const inApp = async (cmd: string) => {
  await shell.app(app.host);
  return shell.call(cmd);
};

beforeAll(async () => {
  desktop = await Desktop.open();
  app = makeApp(desktop.path, { title: "An app" });
  await start("--install", app.folder);
  await launcher.open(app);
  account = (await shell.call("getAccount")).result;
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("speaks the chosen language at once, and so do apps", async () => {
  await launcher.chooseLanguage("ar");
  expect(await launcher.script("return [document.documentElement.lang, document.documentElement.dir]")).toEqual(["ar", "rtl"]);
  expect((await inApp("getLanguage")).result).toBe("ar");
  await launcher.chooseLanguage("zh-cn");
  expect((await launcher.tile(app.address)).line).toBe("已打开");
  expect((await inApp("getLanguage")).result).toBe("zh-cn");
  await launcher.chooseLanguage("en");
});

it("turns dark, and apps with it", async () => {
  await launcher.settings();
  await launcher.click("[data-theme-choice=dark]");
  const dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
  await until("the launcher is dark", () => launcher.script<boolean>("return document.documentElement.dataset.theme === 'dark'"));
  await shell.app(app.host);
  await until("the app is dark", async () => (await shell.driver.executeScript(dark)) === true);
  await launcher.leaveSettings();
});

it("shows the recovery words after a warning", async () => {
  await launcher.settings("apps");
  await launcher.click("[data-test=words]");
  await launcher.click("[role=dialog] [type=submit]");
  const words = await until("the words", async () => {
    const shown = await launcher.script<string[]>("return [...document.querySelectorAll('[role=dialog] ol li')].map((word) => word.textContent.trim())");
    return shown.length > 0 && shown;
  });
  expect([12, 15, 18, 21, 24]).toContain(words.length);
  await desktop.focus(await desktop.window("CocoCat"));
  await desktop.press("Escape");
  await launcher.gone("[role=dialog] ol");
  await launcher.leaveSettings();
});

it("sets a password", async () => {
  await launcher.settings("apps");
  await launcher.click("[data-test=password]");
  await launcher.enter("[data-test=new] input", "short");
  await launcher.click("[data-test=confirm]");
  expect(await launcher.text("[data-test=new] [data-test=field-error]")).toBe("Use at least 8 characters.");
  await launcher.enter("[data-test=new] input", PASSWORD);
  await launcher.enter("[data-test=repeat] input", PASSWORD);
  await launcher.click("[data-test=confirm]");
  await launcher.takeNotice("passwordSet");
  expect(await launcher.text("[data-test=identity]")).toContain("unlocked");
  await launcher.leaveSettings();
  expect((await inApp("getAccount")).result).toBe(account);
});

it("keeps apps and settings, and asks for the password after a restart", async () => {
  await shell.quit();
  await start();
  await until("the dark theme", () => launcher.script<boolean>("return document.documentElement.dataset.theme === 'dark'"));
  await launcher.find("[data-test=locked]");
  await launcher.open(app);
  expect(await shell.call("getAccount")).toMatchObject({ code: 30100 });

  await launcher.click("[data-test=unlock]");
  await launcher.enter("[role=dialog] input", "not the password");
  await launcher.click("[role=dialog] [data-test=confirm]");
  await until("the words about a wrong password", async () => (await launcher.text("[data-test=field-error]")).startsWith("This password is wrong."));
  await launcher.enter("[role=dialog] input", PASSWORD);
  await launcher.click("[role=dialog] [data-test=confirm]");
  await launcher.takeNotice("unlocked");
  await launcher.gone("[data-test=locked]");
  expect(await inApp("getAccount")).toMatchObject({ code: 200, result: account });
});
