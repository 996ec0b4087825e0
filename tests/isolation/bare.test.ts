/** The attacks themselves: without the wall they get through, so that their failure elsewhere means something. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "../lib/wait.js";
import { Captive } from "./lib/captive.js";
import { destinations } from "./lib/namespace.js";
import { AWAY } from "./lib/targets.js";

const WALL = ["csp", "navigation", "new-window", "dead-proxy", "dns-prefetch", "preconnect", "permissions", "downloads", "own-host"];
const { named } = AWAY;

let captive: Captive;

beforeAll(async () => {
  captive = await Captive.start(WALL);
});

afterAll(() => captive?.close());

/** Names of the attacks that asked for their name. */
async function through(): Promise<Set<string>> {
  const found = destinations(await captive.look()).map((line) => /^name (?:.*\.)?([a-z0-9-]+)\.named\.leak\.example$/.exec(line)?.[1]);
  return new Set(found.filter((name) => name !== undefined));
}

/** Holds that all of these get through. */
async function allThrough(names: string[]): Promise<void> {
  let missing = names;
  await until("every attack gets through", async () => {
    const seen = await through();
    missing = names.filter((name) => !seen.has(name));
    return missing.length === 0;
  }).catch(() => undefined);
  expect(missing).toEqual([]);
}

it("loads", async () => {
  const attempts = await captive.together("loads", { named });
  console.log([...(await through())].join(" "), "MISSING", attempts.map((a) => a.attack).filter((n) => n).join(" "));
});

it("leaps", async () => {
  const names = await captive.page<string[]>("(() => Object.keys(attacks.leaps))");
  for (const name of names) {
    await captive.shell.driver.get(`cocoapp://${captive.hostile.host}/`);
    await captive.oneByOne("leaps", { named }, name).catch(() => "the page is gone");
  }
  const seen = await through();
  console.log("MISSING", names.filter((n) => !seen.has(n)));
  await allThrough([]);
});
