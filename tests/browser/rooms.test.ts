/** Rooms and the passwords that guard them, locking, storage and contrast: real engines, a node, real Chromium. */
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import type { Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

const PASSWORD = "coconut milk 7";
const ROOM = "open sesame 1";
const RENEWED = "open sesame 2";
const BLANK = "nothing here 3";
const WIPE = "burn it down 4";

const world = useWorld();
let berts: Engine;
let anna: Hands;
let bert: Hands;

/** Locks, and opens with a password. */
async function reopen(password: string): Promise<void> {
  await bert.click("lock");
  await bert.page.fill("[data-test=unlock-form] input", password);
  await bert.click("unlock-account");
  await bert.see("chat-list");
}

async function part(name: string): Promise<void> {
  await bert.click("settings");
  await bert.click(`part-${name}`);
}

async function leave(): Promise<void> {
  await bert.page.locator("[data-test=settings-sheet] .head button").last().click();
  await bert.page.locator("[data-test=settings-sheet]").waitFor({ state: "detached" });
}

/** Fills the dialog that asks for a password, and sends it. */
async function secret(password: string): Promise<void> {
  for (const field of await bert.page.locator("[data-test=secret-form] input").all()) await field.fill(password);
  await bert.click("secret-go");
}

/** Names of the conversations in the list. */
function listed(): Promise<string[]> {
  return bert.page.locator("[data-test=chat]").allInnerTexts();
}

/** What somebody sees of the lock: the words, the window's title, what can be pressed. */
async function lockLooks(): Promise<unknown> {
  await bert.click("lock");
  await bert.see("unlock-form");
  return [await bert.page.locator("#app").innerHTML(), await bert.page.title(), bert.page.url()].map((text) => text.replace(/v-\d+(?:-\d+)*|reka-[\w-]+/gu, ""));
}

/** The parts of the settings, and what the one about rooms says. */
async function settingsLook(): Promise<unknown> {
  await part("rooms");
  const parts = await bert.page.locator("[role=tab]").allInnerTexts();
  const said = await bert.page.locator("[data-test=rooms]").innerText();
  await leave();
  return { parts, said };
}

beforeAll(async () => {
  anna = new Hands(await world().open(await world().engine()));
  berts = await world().engine();
  bert = new Hands(await world().open(berts));
  await anna.create("Anna", "the other one 9");
  await bert.create("Bert", PASSWORD);
  const address = await bert.address();
  await anna.click("rail-contacts");
  await anna.click("add-contact");
  await anna.fill("contact-address", address);
  await anna.click("add-go");
  await bert.see("badge-contacts", "1");
  await bert.click("requests");
  await bert.click("accept");
  await bert.see("note", "You are contacts now.");
  await bert.click("rail-contacts");
  await bert.click("new-group");
  await bert.fill("group-name", "Picnic");
  await bert.page.locator("[data-test=pick]").check();
  await bert.click("group-create");
  await bert.say("Who brings bread?");
});

it("shows every part of the settings without a fault", async () => {
  await bert.click("settings");
  for (const tab of await bert.page.locator("[role=tab]").all()) {
    await tab.click();
    expect.soft(await violations(bert.page), await tab.innerText()).toEqual([]);
  }
  await leave();
});

it("makes a room, names it anew, and says something else in its notifications", async () => {
  await part("rooms");
  await bert.click("room-new");
  await bert.fill("room-name", "Quiet");
  await bert.page.selectOption("[data-test=room-lifetime]", "2");
  await bert.page.getByRole("dialog").locator("input[type=password]").fill(ROOM);
  await bert.click("room-make");
  await bert.see("room", "Quiet");
  await bert.click("room-open");
  await bert.see("room-kept", "7 days");
  await bert.fill("room-rename", "Silent");
  await bert.click("room-rename-go");
  await bert.fill("room-decoys", "Your parcel is on its way\n\n  The library is closed  ");
  await bert.click("room-decoys-go");
  await until("the texts are kept", async () => (await bert.page.inputValue("[data-test=room-decoys]")) === "Your parcel is on its way\nThe library is closed");
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.click("room-password");
  await secret(RENEWED);
  await bert.page.locator("[data-test=secret-form]").waitFor({ state: "detached" });
  const [room] = await berts.get<{ b_id: string; b_name: string }[]>("block", "getBlockNotDefaultAndBlankBlockAndHide");
  expect(room?.b_name).toBe("Silent");
  const notices = await berts.get<{ bmn_cry: string }[]>("block", "getNoticeListByBid", { bId: room?.b_id });
  expect(notices.map(({ bmn_cry }) => bmn_cry)).toEqual(["Your parcel is on its way", "The library is closed"]);
});

it("puts a contact and a group into it at once, and the default room forgets them", async () => {
  for (const box of await bert.page.locator("[data-test=assign]").all()) await box.check();
  await bert.click("assign-go");
  await bert.see("assign-none");
  await leave();
  await bert.click("rail-chats");
  await until("the list is empty", async () => (await listed()).length === 0);
  await anna.openChat("Bert");
  await anna.say("Psst!");
  await anna.page.locator("[data-test=message]").filter({ hasText: "Psst!" }).locator("[data-state=delivered]").waitFor();
  expect(await bert.page.title()).toBe("CocoCat");
  expect(await bert.page.locator("[data-test=badge-chats]").count()).toBe(0);
  await bert.fill("chat-search", "Psst");
  await until("the search is through", async () => (await bert.page.locator("[data-test=found]").count()) === 0);
  await bert.fill("chat-search", "");
});

it("sets a blank and a wipe password, each unlike all others", async () => {
  await part("rooms");
  await bert.click("blank-set");
  await secret(PASSWORD);
  await bert.page.locator("[data-test=secret-form] [data-test=field-error]").first().filter({ hasText: /\S/ }).waitFor();
  await secret(BLANK);
  await bert.page.locator("[data-test=guard-blank][data-set=true]").waitFor();
  await bert.click("wipe-set");
  expect.soft(await violations(bert.page)).toEqual([]);
  await secret(WIPE);
  await bert.page.locator("[data-test=guard-wipe][data-set=true]").waitFor();
  await leave();
});

it("looks alike at the lock and in the settings, whichever password opened it", async () => {
  const locks = [await lockLooks()];
  await bert.page.fill("[data-test=unlock-form] input", BLANK);
  await bert.click("unlock-account");
  await bert.see("chat-list");
  expect(await listed()).toEqual([]);
  expect(await bert.page.title()).toBe("CocoCat");
  const blank = await settingsLook();
  locks.push(await lockLooks());
  await bert.page.fill("[data-test=unlock-form] input", RENEWED);
  await bert.click("unlock-account");
  await bert.chat("Anna").waitFor();
  expect(await listed()).toHaveLength(2);
  await bert.openChat("Anna");
  await bert.see("message", "Psst!");
  await bert.fill("entry", "a secret draft");
  const room = await settingsLook();
  locks.push(await lockLooks());
  expect(JSON.stringify(locks)).not.toContain("secret draft");
  expect(new Set(locks.map((look) => JSON.stringify(look))).size).toBe(1);
  expect(blank).toEqual(room);
  await bert.page.fill("[data-test=unlock-form] input", PASSWORD);
  await bert.click("unlock-account");
  await bert.see("chat-list");
  expect(await listed()).toEqual([]);
  expect(((await settingsLook()) as { parts: string[] }).parts).toEqual((blank as { parts: string[] }).parts);
  expect(await bert.page.content()).not.toContain("secret draft");
});

it("hides a room, which shows itself again from inside alone", async () => {
  await part("rooms");
  await bert.click("room-open");
  await bert.click("room-hide");
  await bert.click("room-sure");
  await bert.see("rooms");
  await bert.page.locator("[data-test=room]").waitFor({ state: "detached" });
  await leave();
  await reopen(RENEWED);
  await part("rooms");
  await bert.click("room-unhide");
  await bert.page.locator("[data-test=room-unhide]").waitFor({ state: "detached" });
  await leave();
  await reopen(PASSWORD);
  await part("rooms");
  await bert.see("room", "Silent");
  await leave();
});

it("tells how full the node is, and deletes chats after the right password alone", async () => {
  await part("storage");
  await bert.page.locator("[data-test=space], [data-test=space-unknown][data-reached=true]").waitFor();
  await bert.click("clear-chats");
  await secret("not the password");
  await bert.page.locator("[data-test=field-error]").filter({ hasText: "Wrong password." }).waitFor();
  await secret(PASSWORD);
  await bert.page.locator("[data-test=secret-form]").waitFor({ state: "detached" });
  await leave();
});

it("locks by Ctrl+L", async () => {
  await bert.page.keyboard.press("Control+l");
  await bert.see("unlock-form");
  await bert.page.fill("[data-test=unlock-form] input", PASSWORD);
  await bert.click("unlock-account");
  await bert.see("chat-list");
});

it("has strong contrasts as the system wants them, or when they are chosen", async () => {
  const strong = () => bert.page.locator("html[data-contrast=more]");
  await bert.page.emulateMedia({ contrast: "more" });
  await strong().waitFor({ state: "attached" });
  await bert.page.emulateMedia({ contrast: "no-preference" });
  await strong().waitFor({ state: "detached" });
  await bert.click("settings");
  await bert.click("part-general");
  await bert.page.click("[data-contrast-choice=more]");
  await strong().waitFor({ state: "attached" });
  for (const tab of await bert.page.locator("[role=tab]").all()) {
    await tab.click();
    expect.soft(await violations(bert.page), await tab.innerText()).toEqual([]);
  }
  await leave();
});

it("keeps what notifications say", async () => {
  await part("notifications");
  await bert.page.click("[data-notify-choice=names]");
  await leave();
  await bert.page.reload();
  await bert.see("chat-list");
  await part("notifications");
  await bert.page.locator("[data-notify-choice=names][data-state=checked]").waitFor();
  await leave();
});

it("leaves nothing once the wipe password was typed", async () => {
  await reopen(WIPE);
  expect(await listed()).toEqual([]);
  await reopen(PASSWORD);
  expect(await listed()).toEqual([]);
  await reopen(RENEWED);
  expect(await listed()).toEqual([]);
  expect(await berts.get("chat", "getConversations")).toEqual([]);
  await reopen(PASSWORD);
});

it("destroys the account on this device, which is as new then", async () => {
  await part("storage");
  await bert.click("clear-account");
  await secret(PASSWORD);
  await bert.see("create");
});
