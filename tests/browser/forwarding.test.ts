/** Sending messages on. */
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import { befriend, type Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { useWorld } from "../lib/world.js";

const world = useWorld();
let anna: Hands;
let bert: Hands;
let annas: Engine;
let berts: Engine;

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
