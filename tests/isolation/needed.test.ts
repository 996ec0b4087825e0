/** Every part of the wall is needed: without it, and without what would stand in for it, a named attack gets through. */
import { expect, it } from "vitest";
import { Captive } from "./lib/captive.js";
import { destinations } from "./lib/namespace.js";
import { AWAY } from "./lib/targets.js";

interface Case {
  /** The part, as `COCO_WITHOUT` names it. */
  defence: string;
  /** Parts that must be gone too, since they would stop the attack as well. */
  others: string[];
  what: string;
  /** Attacks; gives what the page itself got hold of. */
  attack: (captive: Captive) => Promise<unknown>;
  /** What got through, among destinations, files and what the page got hold of. */
  leak: RegExp;
}

const { named, loopback, address } = AWAY;
const load = (attack: string, group = "loads") => (captive: Captive) => captive.together(group, { named, address, loopback }, attack);
/** A leap that succeeds takes the page that would have told of it away. */
const leap = (attack: string) => (captive: Captive) => captive.oneByOne("leaps", { named }, attack).catch(() => "the page is gone");
const command = (cmd: string, payload: unknown) => (captive: Captive) => captive.page("everyCommand", { [cmd]: payload });

const CASES: Case[] = [
  { defence: "csp", others: ["dead-proxy"], what: "fetch", attack: load("fetch"), leak: /^name fetch\.named/ },
  { defence: "csp", others: ["dead-proxy"], what: "image", attack: load("image"), leak: /^tcp 10\.99\.2\.1 / },
  { defence: "csp", others: ["dead-proxy"], what: "a local server", attack: load("xhr"), leak: /^canary tcp GET \/xhr/ },
  { defence: "navigation", others: ["dead-proxy"], what: "location", attack: leap("location-href"), leak: /^name location-href\.named/ },
  { defence: "navigation", others: ["dead-proxy"], what: "a scripted click", attack: leap("anchor"), leak: /^name anchor\.named/ },
  { defence: "dead-proxy", others: [], what: "preload", attack: load("preload-fetch", "unheld"), leak: /^name preload-fetch\.named/ },
  { defence: "dns-prefetch", others: ["dead-proxy"], what: "dns-prefetch", attack: load("dns-prefetch"), leak: /^name .*dns-prefetch\.named/ },
  { defence: "preconnect", others: ["dead-proxy"], what: "preconnect", attack: load("preconnect"), leak: /^name preconnect\.named/ },
  {
    defence: "permissions",
    others: [],
    what: "pointer lock",
    attack: async (captive) => {
      await captive.focus();
      return captive.pressed("powers", { none: "" }, "pointer-lock");
    },
    leak: /"saw":"locked"/,
  },
  {
    defence: "downloads",
    others: ["navigation"],
    what: "a file of the page's making",
    attack: (captive) => captive.oneByOne("files", { loopback }, "download-data"),
    leak: /^file .*Downloads\/hostile-data\.txt$/,
  },
  {
    defence: "downloads",
    others: ["navigation", "dead-proxy"],
    what: "a file from elsewhere",
    attack: (captive) => captive.oneByOne("files", { loopback }, "download-away"),
    leak: /^file .*Downloads\/hostile-away\.bin$/,
  },
  {
    defence: "own-host",
    others: ["csp"],
    what: "a script of another app",
    attack: (captive) => captive.together("reads", { neighbour: `cocoapp://${captive.neighbour.host}/secret.js` }, "read-script"),
    leak: /"saw":"load"/,
  },
  { defence: "one-command", others: [], what: "the launcher's command", attack: command("shell", { request: { op: "state" } }), leak: /answered \{.*apps/ },
  { defence: "one-command", others: [], what: "the messaging engine", attack: command("im", { request: { __SERVER_ROUTE_MODULE: "user", __SERVER_ROUTE_METHOD: "connectionState" } }), leak: /answered.*connectionState/ },
  { defence: "one-command", others: [], what: "a window's title", attack: command("plugin:window|title", { label: "main" }), leak: /answered.*CocoCat/ },
];

async function through(without: string[], { attack, leak }: Case): Promise<string[]> {
  const captive = await Captive.start(without);
  try {
    const got = JSON.stringify(await attack(captive));
    const look = await captive.end();
    return [...destinations(look), ...captive.newFiles().map((path) => `file ${path}`), got].filter((line) => leak.test(line));
  } finally {
    await captive.close();
  }
}

for (const attacked of CASES) {
  const { defence, others, what } = attacked;
  it(`${defence} stops ${what}${others.length > 0 ? ` without ${others.join()}` : ""}`, async () => {
    expect(await through(others, attacked), "with it").toEqual([]);
    expect(await through([...others, defence], attacked), "without it").not.toEqual([]);
  });
}

it("WebKit opens no second window even where nobody denies it", async () => {
  const without = ["new-window", "navigation", "dead-proxy", "csp"];
  const captive = await Captive.start(without);
  try {
    const attempts = await captive.pressed("popups", { named });
    expect(attempts.filter(({ attack }) => attack.startsWith("open")).map(({ saw }) => saw)).toEqual(["no window", "no window", "no window"]);
    expect(await captive.shell.driver.getAllWindowHandles()).toHaveLength(3);
  } finally {
    await captive.close();
  }
});
