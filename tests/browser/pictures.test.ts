/** Pictures of the main views, light, dark, in Arabic and narrow, into `.tools/pictures`, to be looked at; nothing in them may overflow. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { folder, program, ROOT } from "../lib/paths.js";
import { type Running, startReady } from "../lib/ready.js";
import { fullMessenger } from "../lib/scene.js";
import { useWorld } from "../lib/world.js";

const PLACE = join(ROOT, ".tools", "pictures");

/** How the views are shown. */
const LOOKS = [
  { name: "light", width: 1280 },
  { name: "dark", width: 1280, dark: true },
  { name: "arabic", width: 1280, language: "ar" },
  { name: "narrow", width: 380, language: "es", dark: true },
] as const;

const PARTS = ["general", "account", "rooms", "privacy", "notifications", "devices", "node", "storage"];

const world = useWorld();
const files = folder();
let bot: Running<{ url: string; secret: string }>;
let annas: Engine;

beforeAll(async () => {
  rmSync(PLACE, { recursive: true, force: true });
  bot = await startReady(program("coco"), ["bot", "serve", join(ROOT, "examples", "bots", "shop"), "--data", files.path], {});
  annas = await fullMessenger(world(), files.path, bot.ready);
});

afterAll(async () => {
  await bot?.kill();
  files.remove();
});

it.for(LOOKS)("shows all views: $name", async ({ name, width, ...options }) => {
  mkdirSync(join(PLACE, name), { recursive: true });
  const hands = new Hands(await world().open(annas, options));
  const { page } = hands;
  await page.setViewportSize({ width, height: 800 });

  /** Makes a picture of what is to be seen, in which nothing is wider than the window. */
  const picture = async (view: string) => {
    await page.screenshot({ path: join(PLACE, name, `${view}.png`), animations: "disabled" });
    expect.soft(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), `${name}/${view} is too wide`).toBeLessThanOrEqual(0);
  };
  await hands.see("chat-list");
  await hands.chat("Bert").waitFor();
  await picture("chats");
  await hands.chat("Bert").click();
  await hands.see("message", "See you at the pier!");
  await page.locator("[data-test=picture] img").first().waitFor();
  await picture("chat");
  await hands.find("message", "long lens").first().click({ button: "right" });
  await picture("menu");
  await hands.click("select");
  await picture("selection");
  await hands.click("selection-end");
  await hands.click("rail-contacts");
  await hands.see("contact", "Bert");
  await picture("contacts");
  await hands.click("own-card");
  await hands.find("handle").scrollIntoViewIfNeeded();
  await picture("own-card");
  if (width < 560) await hands.click("detail-back");
  await hands.find("contact", "Bert").click();
  await hands.see("share");
  await picture("contact");
  await hands.click("rail-favourites");
  await hands.see("favourite");
  await picture("favourites");
  await hands.click("rail-chats");
  await hands.find("chat", "Island hikers").click();
  await hands.see("named");
  await page.locator("[data-test=entry]").pressSequentially("@");
  await hands.see("mention", "Bert");
  await picture("mention");
  await page.keyboard.press("Escape");
  await page.fill("[data-test=entry]", "");
  await hands.click("chat-head");
  await hands.see("member", "Bert");
  await picture("group");
  await hands.click("group-code");
  await hands.find("qr").scrollIntoViewIfNeeded();
  await picture("group-code");
  await page.keyboard.press("Escape");
  await hands.click("settings");
  for (const part of PARTS) {
    await hands.click(`part-${part}`);
    await picture(`settings-${part}`);
    if (width < 560) await hands.click("settings-back");
  }
});
