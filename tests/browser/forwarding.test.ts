/** Sending messages on. */
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import { befriend, type Engine, PASSWORD } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

const world = useWorld();
let anna: Hands;
let bert: Hands;
let annas: Engine;
let berts: Engine;

/** What can be done with a message of Anna's window. */
async function menu(text: string, item: string): Promise<void> {
  await anna.find("message", text).click({ button: "right" });
  await anna.click(item);
}

beforeAll(async () => {
  [annas, berts] = await Promise.all([world().person("Anna"), world().person("Bert")]);
  await befriend(annas, berts);
  [anna, bert] = [new Hands(await world().open(annas)), new Hands(await world().open(berts))];
});

it("sends a message on, and a text after it", async () => {
  await anna.openChat("Bert");
  await anna.say("the train leaves at nine");
  await anna.see("message", "the train leaves at nine");
  await anna.find("message", "the train leaves at nine").click({ button: "right" });
  await anna.click("forward");
  await anna.see("forward-to");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.find("forward-to").check();
  await anna.fill("forward-comment", "do not miss it");
  await anna.click("forward-send");
  await anna.find("forward-send").waitFor({ state: "detached" });
  await bert.openChat("Anna");
  await bert.see("message", "do not miss it");
  expect(await bert.page.locator("[data-test=message]").filter({ hasText: "the train leaves at nine" }).count()).toBe(2);
});

it("chooses messages, sends them on as one, and opens that", async () => {
  await anna.say("bring the map");
  await anna.see("message", "bring the map");
  await menu("do not miss it", "select");
  await anna.see("selection", "1 selected");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.find("message", "bring the map").click();
  await anna.see("selection", "2 selected");
  await anna.click("selection-forward");
  await anna.find("forward-to").check();
  await anna.click("forward-send");
  await anna.see("entry");
  await bert.see("forward-open", "do not miss it");
  await bert.click("forward-open");
  await bert.see("forwarded", "bring the map");
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.page.keyboard.press("Escape");
});

it("opens what was sent on within what was sent on", async () => {
  await anna.find("forward-open", "do not miss it").click({ button: "right" });
  await anna.click("select");
  await anna.find("message", "bring the map").first().click();
  await anna.click("selection-forward");
  await anna.find("forward-to").check();
  await anna.click("forward-send");
  await bert.page.locator("[data-test=forward-open]").nth(1).click();
  await bert.click("forwarded-inner");
  await bert.see("forwarded", "do not miss it");
  await bert.click("forwarded-back");
  await bert.see("forwarded-inner");
  await bert.page.keyboard.press("Escape");
});

it("deletes those that are chosen, and ends by Escape", async () => {
  await anna.say("nobody needs this");
  await menu("nobody needs this", "select");
  await anna.click("selection-forget");
  await anna.find("message", "nobody needs this").waitFor({ state: "detached" });
  await menu("bring the map", "select");
  await anna.page.keyboard.press("Escape");
  await anna.see("entry");
});

it("keeps favourites, goes back to where they were said, and brings back what was removed", async () => {
  await menu("bring the map", "keep");
  await menu("bring the map", "keep");
  await anna.click("rail-favourites");
  await anna.see("favourite", "bring the map");
  expect.soft(await violations(anna.page)).toEqual([]);
  expect(await anna.page.locator("[data-test=favourite]").count()).toBe(1);
  await anna.click("favourite-remove");
  await anna.find("favourite", "bring the map").waitFor({ state: "detached" });
  await anna.click("notice-undo");
  await anna.see("favourite", "bring the map");
  await anna.fill("favourite-search", "train");
  await anna.find("favourite", "bring the map").waitFor({ state: "detached" });
  await anna.fill("favourite-search", "");
  await anna.click("favourite-open");
  await anna.see("message", "bring the map");
});

it("shares a contact, whom the other can add", async () => {
  const carls = await world().person("Carl");
  await befriend(annas, carls);
  await anna.click("rail-contacts");
  await anna.find("contact", "Carl").click();
  await anna.click("share");
  await anna.page.locator("label", { hasText: "Bert" }).locator("[data-test=forward-to]").check();
  await anna.click("forward-send");
  await bert.see("card", "Carl");
  await bert.click("card");
  await bert.see("contact-address");
  expect(await bert.page.locator("[data-test=contact-address]").inputValue()).toMatch(/^[1-9A-HJ-NP-Za-km-z]{40,46}$/u);
});

it("shows links of the program as cards", async () => {
  await anna.openChat("Bert");
  await anna.say("cococat://app/1BoatSLRHtKNngkdXEeobR76b53LETtpyT?name=Boats&start=harbour");
  await bert.page.keyboard.press("Escape");
  await bert.openChat("Anna");
  await bert.see("lead", "Boats");
  expect.soft(await violations(bert.page)).toEqual([]);
  expect(await bert.page.locator("[data-test=lead-follow]").count()).toBe(0);
  await bert.see("last", "Link to Boats");
});

it("brings back what was deleted, and a chat into which somebody writes meanwhile", async () => {
  await anna.openChat("Bert");
  await anna.say("keep me after all");
  await bert.see("message", "keep me after all");
  await menu("keep me after all", "forget");
  await anna.find("message", "keep me after all").waitFor({ state: "detached" });
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.find("notice-undo").last().click();
  await anna.see("message", "keep me after all");
  await anna.chat("Bert").click({ button: "right" });
  await anna.click("drop");
  await anna.chat("Bert").waitFor({ state: "detached" });
  await bert.say("one thing more");
  await anna.see("chat", "one thing more");
  await anna.openChat("Bert");
  await anna.see("message", "keep me after all");
});

it("deletes all messages for both, after a question", async () => {
  await bert.see("message", "one thing more");
  await anna.click("chat-menu");
  await anna.click("wipe-both");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.page.getByRole("alertdialog").or(anna.page.getByRole("dialog")).locator("button.danger").click();
  await anna.find("message").waitFor({ state: "detached" });
  await bert.find("message").waitFor({ state: "detached" });
  await anna.say("keep me after all");
  await bert.see("message", "keep me after all");
});

it("deletes for good what is not brought back", async () => {
  await menu("keep me after all", "forget");
  await anna.page.locator("[data-notice=messageDeleted] .close").last().click();
  await until("it is gone", async () => !(await said("keep me after all")));
  await anna.say("later words");
  await anna.chat("Bert").click({ button: "right" });
  await anna.click("drop");
  await anna.click("lock");
  await anna.see("unlock-form");
  await anna.page.fill("[data-test=unlock-form] input", PASSWORD);
  await anna.click("unlock-account");
  await anna.see("chat-list");
  expect(await said("later words")).toBe(false);
});

/** Whether Anna's engine has a message. */
async function said(text: string): Promise<boolean> {
  return (await annas.get<unknown[]>("chat", "searchMessages", { text, size: 5 })).length > 0;
}
