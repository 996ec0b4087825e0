/** The messenger in the program's own window: an account, a bot, the lock, and all of it after a restart. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Key } from "selenium-webdriver";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { ROOT } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const PASSWORD = "coconut milk 7";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;

const start = async (args: string[] = []) => {
  shell = await desktop.shell({ data: join(desktop.path, "data"), section: null, args });
  launcher = new Launcher(shell);
};

/** Waits until something that has this `data-test` has a text. */
const see = (test: string, text: string) => until(`${text} in ${test}`, async () => (await launcher.texts(`[data-test=${test}]`)).some((one) => one.includes(text)));

const say = async (text: string) => {
  await launcher.enter("[data-test=entry]", text);
  await (await launcher.find("[data-test=entry]")).sendKeys(Key.ENTER);
};

beforeAll(async () => {
  desktop = await Desktop.open();
  app = makeApp(desktop.path, { title: "Fruit basket", version: "1.0.0" });
  await start(["--install", app.folder]);
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("begins with the messenger, and makes an account whose words are checked", async () => {
  await launcher.click("[data-test=create]");
  await launcher.enter("[data-test=name]", "Anna");
  for (const field of await shell.driver.findElements({ css: "input[type=password]" })) await field.sendKeys(PASSWORD);
  await launcher.click("[data-test=make]");
  await until("twelve words", async () => (await launcher.texts("[data-test=words] li")).length === 12);
  const words = (await launcher.texts("[data-test=words] li")).map((word) => word.replace(/^\d+/u, ""));
  await launcher.click("[data-test=words-written]");
  for (const field of await shell.driver.findElements({ css: "[data-word]" })) await field.sendKeys(words[Number(await field.getAttribute("data-word"))] ?? "");
  await launcher.click("[data-test=words-right]");
  await launcher.gone("[data-test=words-right]");
  await launcher.find("[data-test=chat-list]");
});

it("talks with a bot of this computer", async () => {
  await launcher.click("[data-test=rail-contacts]");
  await launcher.click("[data-test=add-contact]");
  await launcher.enter("[data-test=contact-address]", pathToFileURL(join(ROOT, "examples", "bots", "shop")).href);
  await launcher.click("[data-test=add-go]");
  await see("message", "Welcome to the Corner Shop");
  await say("when are you open?");
  await see("message", "8 to 20");
  await launcher.click("[data-test=bot-menu]");
  await launcher.click("section[data-test=bot-menu] button");
  await see("bot-carousel", "Melon");
});

it("shows a link to an app as a card, which opens it with what the link says", async () => {
  await say(`cococat://app/${app.address}?start=melon`);
  await see("lead", "Fruit basket");
  await launcher.click("[data-test=lead-follow]");
  await shell.report("loaded", { window: `coco-${app.host}` });
  await launcher.click("[data-test=rail-apps]");
  await launcher.choose(app.address, "share");
  await launcher.find("[role=dialog]");
  await shell.driver.actions().sendKeys(Key.ESCAPE).perform();
  await launcher.gone("[role=dialog]");
  await launcher.click("[data-test=rail-chats]");
});

it("locks, and is locked after a restart, and still has everything", async () => {
  await launcher.click("[data-test=lock]");
  await launcher.find("[data-test=unlock-form]");
  await shell.quit();
  await start();
  await launcher.enter("[data-test=unlock-form] input", PASSWORD);
  await launcher.click("[data-test=unlock-account]");
  await launcher.click("[data-test=chat]");
  await see("message", "8 to 20");
  expect(await launcher.has("[data-test=bot-carousel]")).toBe(true);
});
