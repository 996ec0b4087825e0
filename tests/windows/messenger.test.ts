/** The messenger in the program's own window: an account, a bot, somebody else, the lock, and all of it after a restart. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Key } from "selenium-webdriver";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { type Engine, Engines } from "../lib/engines.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { ROOT } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const PASSWORD = "coconut milk 7";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;
let engines: Engines;
let bert: Engine;

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
  await engines?.close();
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

it("meets somebody at a node, writes and gets a file, and forms a group", async () => {
  engines = new Engines();
  const node = await engines.node();
  bert = await engines.engine({ origin: "http://127.0.0.1:1", nodes: [node] });
  const address = await bert.register("Bert");
  await launcher.click("[data-test=settings]");
  await launcher.click("[data-test=part-node]");
  await launcher.enter("[data-test=node-ticket]", node);
  await launcher.click("[data-test=node-add]");
  await launcher.find("[data-test=node-remove]");
  await shell.driver.actions().sendKeys(Key.ESCAPE).perform();
  await launcher.gone("[role=dialog]");
  await launcher.click("[data-test=rail-contacts]");
  await launcher.click("[data-test=add-contact]");
  await launcher.enter("[data-test=contact-address]", address);
  await launcher.click("[data-test=add-go]");
  const asked = () => bert.get<{ nodeId: string }[]>("contact", "getApplyList");
  const [request] = await until("Bert is asked", async () => (await asked()).length > 0 && asked());
  await bert.get("contact", "agreeApplySync", { nodeId: request?.nodeId });
  const toAnna = { cnd: request?.nodeId, cid: request?.nodeId, conversationType: 0, pub: "" };
  await launcher.click("[data-test=rail-chats]");
  await bert.get("chat", "sendTextMessage", { ...toAnna, text: "Good morning" });
  await launcher.click(`[data-test=chat][data-chat="${address}"]`);
  await see("message", "Good morning");
  await say("And to you");
  const heard = () => bert.get("chat", "getMessagesByConversationId", { conversationId: request?.nodeId, startTime: -1, pageSize: 9, orderBy: "DESC" });
  await until("Bert hears it", async () => JSON.stringify(await heard()).includes("And to you"));
  const file = join(desktop.path, "recipe.txt");
  writeFileSync(file, "bread, butter");
  await bert.get("chat", "sendFileMessage", { ...toAnna, filePath: file });
  await see("file", "recipe.txt");
  await launcher.click("[data-test=rail-contacts]");
  await launcher.click("[data-test=new-group]");
  await launcher.enter("[data-test=group-name]", "Picnic");
  await launcher.click("[data-test=pick]");
  await launcher.click("[data-test=group-create]");
  await say("Who brings bread?");
  await until("Bert is in the group", async () => JSON.stringify(await bert.get("chat", "getConversations")).includes("Who brings bread?"));
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
  await see("chat", "Picnic");
  await launcher.enter("[data-test=chat-search]", "Corner Shop");
  await until("that chat alone", async () => (await launcher.texts("[data-test=chat]")).length === 1);
  await launcher.click("[data-test=chat]");
  await see("message", "8 to 20");
  expect(await launcher.has("[data-test=bot-carousel]")).toBe(true);
});
