/** A group from its making to its end, by the page alone: codes, approvals, notices, names, ranks; and chats that are to be quiet. */
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import { befriend, type Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

const world = useWorld();
let annas: Engine;
let berts: Engine;
let anna: Hands;
let bert: Hands;
let carl: Hands;
let dora: Hands;

const enter = async (name: string) => {
  const engine = await world().person(name);
  return { engine, hands: new Hands(await world().open(engine)) };
};

/** Opens what there is to know of the group that is open. */
async function sheet(who: Hands): Promise<void> {
  await who.click("chat-head");
  await who.see("member");
}

const leave = async (who: Hands) => {
  await who.page.locator("[data-test=group-sheet] .head button").click();
  await who.find("group-sheet").waitFor({ state: "detached" });
};

/** The link that the group's code holds. */
async function link(): Promise<string> {
  await sheet(anna);
  await anna.click("group-code");
  await anna.see("qr");
  expect.soft(await violations(anna.page)).toEqual([]);
  const text = (await anna.page.locator("[data-test=group-link] code").innerText()).trim();
  await leave(anna);
  return text;
}

async function follow(who: Hands, text: string): Promise<void> {
  await who.click("rail-contacts");
  await who.click("add-contact");
  await who.fill("contact-address", text);
  await who.see("group-lead", "Hikers");
  expect.soft(await violations(who.page)).toEqual([]);
  await who.click("add-go");
  await who.page.locator("[data-notice=askedToJoin]").waitFor();
}

beforeAll(async () => {
  const [first, second, third, fourth] = [await enter("Anna"), await enter("Bert"), await enter("Carl"), await enter("Dora")];
  [annas, berts] = [first.engine, second.engine];
  [anna, bert, carl, dora] = [first.hands, second.hands, third.hands, fourth.hands];
  await befriend(annas, berts);
  await anna.click("rail-contacts");
  await anna.click("new-group");
  await anna.fill("group-name", "Hikers");
  await anna.page.locator("[data-test=pick]").check();
  await anna.click("group-create");
  await anna.say("Welcome!");
  await bert.openChat("Hikers");
});

it("lets in whoever has its code", async () => {
  await follow(carl, await link());
  await carl.openChat("Hikers");
  await carl.say("Here I am");
  await bert.see("message", "Here I am");
});

it("lets in who was approved, once that is asked for", async () => {
  await sheet(anna);
  await anna.click("switch-g_is_applied");
  await anna.page.locator("[data-test=switch-g_is_applied][data-state=checked]").waitFor();
  await leave(anna);
  await follow(dora, await link());
  await anna.see("chat-applying", "1");
  await anna.see("applying", "1");
  await sheet(anna);
  await anna.see("application", "Dora");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("application-yes");
  await anna.see("member", "Dora");
  await leave(anna);
  await dora.openChat("Hikers");
  expect(await anna.page.locator("[data-test=applying]").count()).toBe(0);
});

it("shows its notice, and the names that people have in it", async () => {
  await sheet(anna);
  await anna.fill("group-info", "We meet at nine at the eastern pier.\nBring water.");
  await anna.click("group-info-save");
  await leave(anna);
  await bert.see("group-notice", "We meet at nine");
  await bert.click("group-notice");
  expect.soft(await violations(bert.page)).toEqual([]);
  await sheet(bert);
  expect(await bert.page.locator("[data-test=switch-g_is_applied]").isDisabled()).toBe(true);
  expect(await bert.page.locator("[data-test=group-info]").count()).toBe(0);
  await bert.fill("group-nickname", "Bert the slow");
  await bert.click("group-nickname-save");
  await leave(bert);
  await sheet(anna);
  await anna.see("member", "Bert the slow");
  await anna.page.selectOption("[data-test=group-limit]", "50");
  await leave(anna);
});

it("tells people that they were named after an @", async () => {
  await carl.click("rail-contacts");
  await anna.page.locator("[data-test=entry]").pressSequentially("Who waits? @car");
  await anna.see("mention", "Carl");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.page.keyboard.press("Enter");
  expect(await anna.page.locator("[data-test=entry]").inputValue()).toBe("Who waits? @Carl ");
  await anna.page.keyboard.press("Enter");
  await anna.see("named", "@Carl");
  await carl.click("rail-chats");
  await carl.see("meant");
  await carl.openChat("Hikers");
  await carl.page.locator("[data-test=named].me").waitFor();
  await dora.see("named", "@Carl");
  expect(await dora.page.locator("[data-test=named].me").count()).toBe(0);
});

it("is handed over, left and ended", async () => {
  await sheet(anna);
  await anna.page.locator("[data-test=member]").filter({ hasText: "Bert the slow" }).locator("[data-test=member-more]").click();
  await anna.click("member-owner");
  await anna.page.locator("[data-test=member]").filter({ hasText: "Bert the slow" }).filter({ hasText: "Owner" }).waitFor();
  await anna.click("group-leave");
  await anna.click("group-leave-sure");
  await sheet(bert);
  await bert.page.locator("[data-test=member]").filter({ hasText: "Bert the slow" }).filter({ hasText: "Owner" }).waitFor();
  await bert.find("member", "Anna").waitFor({ state: "detached" });
  await bert.click("group-leave");
  await bert.click("group-leave-sure");
  await carl.click("chat-head");
  await carl.see("group-sheet", "You are not in this group any more.");
  await leave(carl);
});

it("shows the picture that somebody chose to those who know them", async () => {
  const file = { name: "me.png", mimeType: "image/png", buffer: await anna.page.screenshot() };
  await anna.click("rail-contacts");
  await anna.click("own-card");
  await anna.page.setInputFiles("[data-test=portrait]", file);
  await anna.see("portrait-remove");
  expect.soft(await violations(anna.page)).toEqual([]);
  await bert.click("rail-contacts");
  await bert.find("contact", "Anna").locator("img").waitFor();
  expect(await bert.find("contact", "Anna").locator("img").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThanOrEqual(32);
  await anna.page.setInputFiles("[data-test=portrait]", { ...file, buffer: Buffer.from("no picture") });
  await anna.page.getByRole("alert").filter({ hasText: "cannot be read" }).waitFor();
  await anna.click("portrait-remove");
  await bert.find("contact", "Anna").locator("img").waitFor({ state: "detached" });
});

it("mutes a chat, and hides one for a while", async () => {
  await anna.click("rail-chats");
  await anna.chat("Bert").click({ button: "right" });
  await anna.click("mute");
  await anna.see("muted");
  const address = await annas.address();
  await berts.ask("chat", "sendTextMessage", { cnd: address, cid: address, conversationType: 0, pub: "", text: "no hurry" });
  await anna.chat("Bert").locator("[data-test=unread]").waitFor();
  await anna.find("badge-chats").waitFor({ state: "detached" });
  await anna.chat("Bert").click({ button: "right" });
  await anna.find("hide").hover();
  await anna.click("hide-8");
  await anna.chat("Bert").waitFor({ state: "detached" });
  await anna.page.locator("[data-notice=chatHidden] [data-test=notice-undo]").click();
  await anna.chat("Bert").waitFor();
});

it("hears nothing of who is blocked, until that ends", async () => {
  const address = await annas.address();
  const say = (text: string) => berts.ask("chat", "sendTextMessage", { cnd: address, cid: address, conversationType: 0, pub: "", text });
  await anna.click("rail-contacts");
  await anna.find("contact", "Bert").click();
  await anna.click("block");
  await anna.find("contact", "Bert").waitFor({ state: "detached" });
  await say("can you hear me?");
  await anna.click("settings");
  await anna.click("part-privacy");
  await anna.see("blocked", "Bert");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("unblock");
  await anna.find("blocked").waitFor({ state: "detached" });
  await anna.page.keyboard.press("Escape");
  await anna.see("contact", "Bert");
  await say("and now?");
  await anna.openChat("Bert");
  await anna.see("message", "and now?");
  expect(await anna.page.locator("[data-test=message]").filter({ hasText: "can you hear me?" }).count()).toBe(0);
});

it("brings back a contact that was deleted, and deletes one for good when nobody does", async () => {
  const remove = async () => {
    await anna.click("rail-contacts");
    await anna.find("contact", "Bert").click();
    await anna.click("remove");
    await anna.find("contact", "Bert").waitFor({ state: "detached" });
  };
  await remove();
  await anna.page.locator("[data-notice=contactDeleted] [data-test=notice-undo]").click();
  await anna.see("contact", "Bert");
  await remove();
  const gone = async () => (await annas.get<{ c_nic: string }[]>("contact", "getContacts")).every(({ c_nic }) => c_nic !== "Bert");
  await until("Bert is no contact any more", gone);
});
