/** The attacks themselves: without the wall they get through, so that their failure elsewhere means something. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "../lib/wait.js";
import { Captive } from "./lib/captive.js";
import { destinations } from "./lib/namespace.js";
import { AWAY } from "./lib/targets.js";

const WALL = ["csp", "navigation", "new-window", "dead-proxy", "dns-prefetch", "preconnect", "permissions", "downloads", "own-host"];
/** What this WebKit does not have, or holds back by itself; tried nevertheless, since another one may not. */
const WITHOUT_EFFECT = new Set([
  ...["fetch-stream", "web-transport", "web-rtc", "svg-use", "svg-data-image", "favicon", "touch-icon", "worker", "shared-worker"],
  ...["service-worker", "service-worker-own", "paint-worklet", "frame-script", "applet", "portal", "dns-prefetch-anchor", "prefetch"],
  ...["prerender", "speculation-rules", "preload-video", "manifest", "link-import", "pingback", "xslt-document", "xml-entity"],
  ...["location-host", "location-protocol", "navigation-api", "history-state", "history-traversal"],
]);
const { named } = AWAY;

let captive: Captive;
const afresh = () => captive.shell.driver.get(`cocoapp://${captive.hostile.host}/`);

beforeAll(async () => {
  captive = await Captive.start(WALL);
});

afterAll(() => captive?.close());

/** Those of these attacks whose name was not asked for, though they have an effect. */
async function missing(names: string[]): Promise<string[]> {
  const asked = destinations(await captive.look()).map((line) => /^name (?:.*\.)?([a-z0-9-]+)\.named\.leak\.example$/.exec(line)?.[1]);
  return names.filter((name) => !WITHOUT_EFFECT.has(name) && !asked.includes(name));
}

/** Waits until all of these attacks have got through. */
async function allThrough(names: string[]): Promise<void> {
  await until("every attack gets through", async () => (await missing(names)).length === 0).catch(() => undefined);
  expect(await missing(names)).toEqual([]);
}

const names = (group: string) => captive.page<string[]>("((group) => Object.keys(attacks[group]))", group);

it("loads get through", async () => {
  await captive.together("loads", { named });
  await allThrough(await names("loads"));
});

it("leaps get through", async () => {
  for (const name of await names("leaps")) {
    await afresh();
    // A leap that succeeds takes the page that would have told of it away.
    await captive.oneByOne("leaps", { named }, name).catch(() => "the page is gone");
    await allThrough([name]);
  }
});

it("files are left behind", async () => {
  for (const name of ["download-data", "download-blob", "download-away", "anchor-data"]) {
    await afresh();
    await captive.oneByOne("files", { loopback: AWAY.loopback }, name).catch(() => "the page is gone");
  }
  await until("files", () => ["hostile-data.txt", "hostile-blob.txt", "hostile-away.bin"].every((name) => captive.newFiles().some((path) => path.endsWith(name))));
});
