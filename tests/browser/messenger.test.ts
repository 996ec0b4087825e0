/** A day of two people and a bot, by the page alone: real engines, a node, a real bot, real Chromium. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import type { Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { folder, program, ROOT } from "../lib/paths.js";
import { type Running, startReady } from "../lib/ready.js";
import { useWorld } from "../lib/world.js";

const PASSWORD = "coconut milk 7";

interface Bots {
  url: string;
  secret: string;
}

const world = useWorld();
const place = folder();
let bots: Running<Bots>;
let annas: Engine;
let words: string[];
let anna: Hands;
let bert: Hands;

beforeAll(async () => {
  const shop = join(ROOT, "examples", "bots", "shop");
  bots = await startReady<Bots>(program("coco"), ["bot", "serve", shop, "--data", place.path], {});
  annas = await world().engine();
  anna = new Hands(await world().open(annas));
  bert = new Hands(await world().open(await world().engine(), { dark: true }));
});

afterAll(async () => {
  await bots?.kill();
  place.remove();
});

it("makes accounts, whose recovery words are twelve", async () => {
  expect.soft(await violations(anna.page)).toEqual([]);
  expect.soft(await violations(bert.page)).toEqual([]);
  words = await anna.create("Anna", PASSWORD);
  expect(words).toHaveLength(12);
  expect(await bert.create("Bert", PASSWORD)).toHaveLength(12);
});

it("gives short names to who comes first", async () => {
  for (const person of [bert, anna]) {
    await person.click("rail-contacts");
    await person.click("own-card");
    await person.fill("handle", "bert-of-the-hill");
    await person.click("handle-claim");
    await person.see(person === bert ? "own-handle" : "handle-error");
  }
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.fill("handle", "anna");
  await anna.click("handle-claim");
  await anna.see("own-handle", "anna");
  expect.soft(await violations(anna.page)).toEqual([]);
});

it("makes two people contacts by one's short name", async () => {
  await anna.click("add-contact");
  await anna.fill("contact-address", "nobody-at-all");
  await anna.click("add-go");
  await anna.see("add-error", "Nobody has this short name.");
  await anna.fill("contact-address", "@Bert-of-the-Hill");
  await anna.find("add-error").waitFor({ state: "detached" });
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("add-go");
  await bert.see("badge-contacts", "1");
  await bert.click("requests");
  await bert.see("request", "Hello, I am Anna.");
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.click("accept");
  await bert.see("note", "You are contacts now.");
});

it("lets them chat, and each see how far a message has come", async () => {
  await bert.say("Good morning, see https://example.org/page");
  await anna.click("rail-chats");
  await anna.see("unread", "1");
  await anna.openChat("Bert");
  await anna.see("message", "Good morning");
  await bert.page.locator("[data-test=state][data-state=read]").waitFor();
  await anna.fill("entry", "Und nun ein");
  await bert.see("chat-view", "typing…");
  await anna.say("Und nun ein sehr langes Wort: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft");
  await bert.see("message", "Donaudampf");
  expect.soft(await violations(anna.page)).toEqual([]);
  expect.soft(await violations(bert.page)).toEqual([]);
});

it("quotes, takes back and asks before a link opens", async () => {
  await bert.page.locator("[data-test=message]").filter({ hasText: "Donaudampf" }).click({ button: "right" });
  await bert.click("reply");
  await bert.see("quoted", "Donaudampf");
  await bert.say("A long one!");
  await anna.see("message", "A long one!");
  await bert.page.locator("[data-test=message]").filter({ hasText: "A long one!" }).click({ button: "right" });
  await bert.click("recall");
  await anna.see("note", "A message was taken back");
  await anna.page.locator("[data-test=text] a").click();
  expect(await anna.page.locator("[data-test=link-url]").innerText()).toBe("https://example.org/page");
  await anna.click("cancel");
});

it("shows pictures and files as they come", async () => {
  const picture = join(place.path, "drawing.png");
  writeFileSync(picture, await anna.page.screenshot());
  const file = join(place.path, "Ein sehr langer Name für einen Bericht, der in keine Zeile passt, aber lesbar bleiben soll.txt");
  writeFileSync(file, "all is well");
  const [bertsAddress] = (await annas.get<{ c_nd_add: string }[]>("contact", "getContacts")).map(({ c_nd_add }) => c_nd_add);
  const to = { cnd: bertsAddress, cid: bertsAddress, conversationType: 0, pub: "" };
  await annas.get("chat", "sendImageMessage", { ...to, filePath: picture });
  await annas.get("chat", "sendFileMessage", { ...to, filePath: file });
  await bert.see("file", "Ein sehr langer Name");
  await bert.find("picture").click();
  await bert.page.getByRole("dialog").locator("img").waitFor();
  expect(await bert.page.getByRole("dialog").locator("img").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1280);
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.page.keyboard.press("Escape");
});

it("forms a group that only who leads it may write to", async () => {
  await anna.click("rail-contacts");
  await anna.click("new-group");
  await anna.fill("group-name", "Picnic");
  await anna.page.locator("[data-test=pick]").check();
  await anna.click("group-create");
  await anna.say("Who brings bread?");
  await bert.openChat("Picnic");
  await bert.see("message", "Who brings bread?");
  await bert.say("I do!");
  await anna.see("message", "I do!");
  await anna.click("chat-head");
  await anna.see("member", "Bert");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("switch-g_is_all_chat");
  await bert.see("note", "Anna changed who may write");
  await bert.say("Am I heard?");
  await bert.page.getByRole("alert").filter({ hasText: "Only administrators" }).waitFor();
  expect(await bert.page.locator("[data-test=entry]").inputValue()).toBe("Am I heard?");
  await anna.page.keyboard.press("Escape");
});

it("finds what was said", async () => {
  await anna.click("rail-chats");
  await anna.fill("chat-search", "brings bread");
  await anna.see("found", "Picnic");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("found");
  await anna.page.locator("[data-test=message]:focus").filter({ hasText: "Who brings bread?" }).waitFor();
  await anna.fill("chat-search", "");
});

it("talks with a bot, whose buttons and menu work", async () => {
  await anna.click("rail-contacts");
  await anna.click("add-contact");
  await anna.fill("contact-address", bots.ready.url);
  await anna.fill("contact-secret", bots.ready.secret);
  await anna.click("add-go");
  await anna.see("message", "Welcome to the Corner Shop");
  await anna.page.locator("[data-test=bot-quick] button").filter({ hasText: "Fruit" }).click();
  await anna.see("bot-carousel", "Apple");
  await anna.page.locator("[data-test=bot-button]").filter({ hasText: "Put into the cart" }).first().click();
  await anna.see("message", "1");
  await anna.click("bot-menu");
  await anna.page.locator("section[data-test=bot-menu] button").filter({ hasText: "Cart" }).click();
  await anna.see("message", "Your cart");
  expect.soft(await violations(anna.page)).toEqual([]);
});

it("has a node, the devices and the words in its settings", async () => {
  await bert.click("settings");
  await bert.click("part-devices");
  await bert.see("device", "this one");
  await bert.click("part-node");
  await bert.fill("node-ticket", "no ticket");
  await bert.click("node-add");
  await bert.see("node", "This is no ticket");
  await bert.fill("node-ticket", await world().engines.node());
  await bert.click("node-add");
  await bert.page.locator("[data-test=node-state][data-state='1']").waitFor();
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.click("part-account");
  await bert.click("show-words");
  await bert.page.locator("#messenger-password input").fill(PASSWORD);
  await bert.click("password-go");
  await bert.page.locator("[data-test=words] li").nth(11).waitFor();
  await bert.click("words-later");
  await bert.click("change-password");
  for (const field of await bert.page.locator("#messenger-password input").all()) await field.fill("another password");
  await bert.click("password-go");
  await bert.page.locator("[data-notice=passwordChanged]").waitFor();
  await bert.page.keyboard.press("Escape");
});

it("hides a contact in a room, of which nothing shows until its password opens it", async () => {
  await bert.click("settings");
  await bert.click("part-rooms");
  await bert.click("room-new");
  await bert.fill("room-name", "Quiet");
  await bert.page.getByRole("dialog").locator("input[type=password]").fill("open sesame");
  await bert.click("room-make");
  await bert.see("room", "Quiet");
  expect.soft(await violations(bert.page)).toEqual([]);
  await bert.page.keyboard.press("Escape");
  await bert.click("rail-contacts");
  await bert.find("contact", "Anna").click();
  await bert.click("room-move");
  await bert.find("contact", "Anna").waitFor({ state: "detached" });
  await bert.click("rail-chats");
  await bert.chat("Anna").waitFor({ state: "detached" });
  await anna.openChat("Bert");
  await anna.say("Psst!");
  await anna.page.locator("[data-test=message]").filter({ hasText: "Psst!" }).locator("[data-state=delivered]").waitFor();
  expect(await bert.page.title()).toBe("CocoCat");
  expect(await bert.page.locator("[data-test=badge-chats]").count()).toBe(0);
  await bert.click("lock");
  await bert.page.fill("[data-test=unlock-form] input", "open sesame");
  await bert.click("unlock-account");
  await bert.see("unread", "1");
  expect(await bert.page.title()).toBe("(1) CocoCat");
  await bert.openChat("Anna");
  await bert.see("message", "Psst!");
  await bert.click("settings");
  await bert.click("part-rooms");
  await bert.see("rooms");
  expect(await bert.page.locator("[data-test=room]").count()).toBe(0);
  await bert.page.keyboard.press("Escape");
  await bert.click("lock");
  await bert.page.fill("[data-test=unlock-form] input", "another password");
  await bert.click("unlock-account");
  await bert.chat("Picnic").waitFor();
});

it("locks, and opens for whoever has the password", async () => {
  await anna.click("lock");
  await anna.see("unlock-form");
  expect(await anna.page.locator("[data-test=chat]").count()).toBe(0);
  await anna.page.fill("[data-test=unlock-form] input", "not the password");
  await anna.click("unlock-account");
  await anna.see("field-error", "Wrong password.");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.page.fill("[data-test=unlock-form] input", PASSWORD);
  await anna.click("unlock-account");
  await anna.openChat("Bert");
  await anna.see("message", "Good morning");
});

/** Opens the page of another computer and gives it the words. */
async function restore(): Promise<Hands> {
  const other = new Hands(await world().open(await world().engine()));
  await other.click("restore");
  await other.fill("restore-words", words.join(" "));
  await other.page.locator("input[type=password]").fill(PASSWORD);
  await other.click("restore-go");
  return other;
}

it("brings the account to another computer when this one agrees", async () => {
  const tablet = await restore();
  await tablet.see("restore-left", "Your other device");
  await anna.see("admit-device");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("admit-device");
  await tablet.click("rail-contacts");
  await tablet.see("contact", "Bert");
});

it("brings it to another computer when all others are lost", async () => {
  anna.messenger.forgive(/WebSocket/);
  await annas.kill();
  const phone = await restore();
  await phone.see("restore-left", "Your main device is not within reach");
  expect.soft(await violations(phone.page)).toEqual([]);
  await phone.click("restore-lost");
  await phone.click("rail-contacts");
  await phone.see("contact", "Bert");
  await phone.click("own-card");
  expect(await phone.page.locator("[data-test=own-name]").inputValue()).toBe("Anna");
});
