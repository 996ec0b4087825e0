/** A hostile app in a real window: nothing leaves, nothing is read, nobody else is touched, everybody lives. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Captive, type Attempt, type Targets } from "./lib/captive.js";
import { commands } from "./lib/commands.js";
import { destinations } from "./lib/namespace.js";
import { AWAY, nearby } from "./lib/targets.js";
import { until } from "../lib/wait.js";

/** How far the one attack gets that no policy holds: a proxy on which nothing listens. */
const DEAD_PROXY = ["tcp 127.0.0.1 1"];
const NONE = { none: "" };
const SECRET = "of the neighbour";

let captive: Captive;
let near: Targets;
let kept: Map<string, string>;

const run = <T>(script: string) => captive.shell.driver.executeAsyncScript<T>(`const done = arguments[0]; (async () => { ${script} })().then(done, (error) => done("failed: " + error));`);
const home = () => captive.shell.app(captive.hostile.host);
/** Every file of a folder with its content. */
const contents = (folder: string) => {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return new Map(files.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "base64")]));
};
const apps = () => contents(join(captive.work, "data", "apps"));
/** Loads the hostile page anew, without what was done to it. */
const afresh = () => captive.shell.driver.get(`cocoapp://${captive.hostile.host}/`);

/** Holds that every attack of a group was tried on every target, and gives what was seen by attack. */
function tried(attempts: Attempt[], targets: Targets): Record<string, string[]> {
  const names = [...new Set(attempts.map(({ attack }) => attack))];
  expect(names).toMatchSnapshot();
  for (const name of names) {
    expect(attempts.filter(({ attack }) => attack === name).map(({ target }) => target), name).toEqual(Object.keys(targets));
  }
  return Object.fromEntries(names.map((name) => [name, attempts.filter(({ attack }) => attack === name).map(({ saw }) => saw)]));
}

/** Attempts that saw what they should not. */
const successes = (attempts: Attempt[], success: RegExp) =>
  attempts.filter(({ saw }) => success.test(saw)).map(({ attack, target, saw }) => `${attack} ${target}: ${saw}`);

/** Where all windows are. Within its own page the hostile app may go, and the driver may hear of that late. */
const windows = async () => {
  const urls = [];
  for (const handle of await captive.shell.driver.getAllWindowHandles()) {
    await captive.shell.driver.switchTo().window(handle);
    const url = await captive.shell.driver.getCurrentUrl();
    urls.push(new URL(url).host === captive.hostile.host ? url.replace(/#.*$/u, "") : url);
  }
  await home();
  return urls.sort();
};

beforeAll(async () => {
  captive = await Captive.start();
  near = nearby(captive.neighbour.host);
  await captive.shell.app(captive.neighbour.host);
  await captive.shell.call("setExtendedData", { extend: SECRET });
  await run(`
    localStorage.setItem("secret", "${SECRET}");
    sessionStorage.setItem("secret", "${SECRET}");
    await caches.open("secret").catch(() => {});
    await new Promise((resolve) => { indexedDB.open("neighbour").onsuccess = resolve; });
    window.heard = [];
    new BroadcastChannel("secret").onmessage = ({ data }) => heard.push(data);
    window.addEventListener("message", ({ data }) => "code" in Object(data) || heard.push(data));
    window.addEventListener("storage", ({ key }) => heard.push(key));
  `);
  await captive.shell.launcher();
  await run('localStorage.setItem("secret", "of the launcher");');
  await home();
  kept = apps();
});

afterAll(() => captive?.close());

it("closes its own window and no other", async () => {
  const window = `coco-${captive.hostile.host}`;
  await captive.shell.driver.executeScript("setTimeout(() => window.close())");
  await captive.shell.report("closed", { window });
  await captive.shell.app(captive.neighbour.host);
  expect(await captive.shell.call("getLanguage")).toMatchObject({ code: 200 });
  await captive.open();
  await captive.shell.report("loaded", { window }, 2);
  await home();
});

it("loads and sends nothing", async () => {
  const attempts = await captive.together("loads", AWAY);
  tried(attempts, AWAY);
  expect(successes(attempts, /^(answered|open|registered|message|loadeddata)/)).toEqual([]);
  const loaded = new Set(attempts.filter(({ saw }) => saw === "load").map(({ attack }) => attack));
  // An image made of text, whose own images are not loaded, and an empty frame.
  expect([...loaded].sort()).toEqual(["frameset", "svg-data-image"]);
  expect(destinations(await captive.look())).toEqual([]);
});

it("is stopped by its policy wherever that has a word for it", async () => {
  const blocked = await captive.page<string[]>("(() => blocked)");
  const directives = [...new Set(blocked.map((line) => line.split(" ")[0]))].sort();
  expect(directives).toMatchSnapshot();
});

it("goes nowhere, neither far nor near", async () => {
  const targets = { ...AWAY, ...near };
  const attempts = await captive.oneByOne("leaps", targets);
  tried(attempts, targets);
  expect(new URL(await captive.shell.driver.getCurrentUrl()).host).toBe(captive.hostile.host);
  expect(destinations(await captive.look())).toEqual([]);
});

it("opens no window, at the press of a button neither", async () => {
  const before = await windows();
  const targets = { ...AWAY, ...near };
  const attempts = await captive.pressed("popups", targets);
  tried(attempts, targets);
  expect(successes(attempts, /a window/)).toEqual([]);
  expect(await windows()).toEqual(before);
  expect(destinations(await captive.look())).toEqual([]);
});

it("leaves no file", async () => {
  const targets = { loopback: AWAY.loopback };
  tried(await captive.oneByOne("files", targets), targets);
  expect(captive.newFiles()).toEqual([]);
  await afresh();
});

it("reads no file, no page of the program, no other app", async () => {
  const attempts = await captive.together("reads", near);
  tried(attempts, near);
  expect(successes(attempts, /^(read \S|open|message)/)).toEqual([]);
  // What is nothing at all loads.
  expect(attempts.filter(({ saw }) => saw === "load").map(({ target }) => target)).toEqual(["about", "about"]);
  expect(destinations(await captive.look())).toEqual([]);
});

it("finds nothing of what others have stored", async () => {
  await afresh();
  const targets = { neighbour: `cocoapp://${captive.neighbour.host}/` };
  expect(tried(await captive.together("secrets", targets), targets)).toEqual({
    "local-storage": ["null"],
    "session-storage": ["null"],
    cookie: ["none"],
    "cookie-domain": ["none"],
    "indexed-db": ["none"],
    // A new one of its own, with nothing in it.
    "indexed-db-open": ["none"],
    caches: ["none"],
    broadcast: ["nothing"],
    locks: ["[]"],
    "document-domain": ["refused: SecurityError"],
    opener: ["none"],
    frames: ["0 true true"],
    "file-system": ["refused: TypeError"],
  });
});

it("is given no power", async () => {
  await captive.focus();
  const attempts = await captive.pressed("powers", NONE);
  tried(attempts, NONE);
  expect(successes(attempts, /^(a place|given|granted|show|locked|read|pasted|held|\[object|registered)/)).toEqual([]);
});

for (const name of ["entity.xml", "styled.xml", "transformed.xml", "drawing.svg", "static.html"]) {
  it(`loads nothing by a document of its own that has no script: ${name}`, async () => {
    await captive.shell.driver.get(`cocoapp://${captive.hostile.host}/documents/${name}`);
    const text = await captive.shell.driver.executeScript<string>("return document.documentElement?.textContent ?? ''");
    expect(text).not.toContain("root:");
    expect(destinations(await captive.look())).toEqual([]);
    await afresh();
  });
}

it("changes nothing by a policy or an address of its own", async () => {
  const attempts = await captive.together("spoilers", AWAY);
  tried(attempts, AWAY);
  expect(destinations(await captive.look())).toEqual([]);
  await afresh();
});

it("gets no further than the dead proxy where no policy holds it", async () => {
  const attempts = await captive.together("unheld", AWAY);
  tried(attempts, AWAY);
  expect(destinations(await captive.look())).toEqual(DEAD_PROXY);
});

it("can call the command bridge, and with a stolen key no other", async () => {
  interface Call {
    cmd: string;
    plain: string;
    forged: string;
    headed: string;
  }
  const all = commands();
  const { key, results } = await captive.page<{ key: number; results: Call[] }>("everyCommand", all);
  expect(key, "length of the key").toBeGreaterThan(0);
  expect(results.map(({ cmd }) => cmd)).toEqual(Object.keys(all));
  expect(results.length).toBeGreaterThan(150);
  const answers = results.filter(({ plain, forged, headed }) => ![plain, forged, headed].every((saw) => saw.startsWith("refused: ")));
  expect(answers.map(({ cmd }) => cmd)).toEqual(["bridge"]);
  // That forging works at all is what makes the refusals of the others worth something.
  expect(answers[0]?.forged).toMatch(/^answered .*200/);
});

it("gets no answer from the schemes that Tauri serves", async () => {
  const results = await captive.page<Record<string, string>>("byScheme");
  expect(Object.keys(results)).toHaveLength(15);
  expect(Object.values(results).filter((saw) => !["error", "nothing"].includes(saw) && !saw.startsWith("refused: "))).toEqual([]);
});

it("floods nothing: garbage is ignored, and each of ten thousand calls is answered", async () => {
  expect(await captive.page<string[]>("garbage")).toHaveLength(46);
  const codes = await captive.page<Record<string, number>>("manyCalls", 10_000);
  expect(Object.values(codes).reduce((sum, count) => sum + count)).toBe(10_000);
  expect(Object.keys(codes).every((code) => ["200", "30100"].includes(code))).toBe(true);
});

it("is answered whatever address it gives itself", async () => {
  expect(await captive.page("oddUrls")).toEqual({
    json: 200,
    hash: 200,
    spaces: 200,
    letters: 200,
    host: "SecurityError",
    user: "SecurityError",
    port: "SecurityError",
    long: 30001,
    longer: 30001,
    dots: 200,
  });
});

it("gains nothing by spoiling what all scripts share", async () => {
  expect(JSON.stringify(await captive.page("polluted"))).not.toMatch(/identity|apps/);
  await afresh();
});

it("sends nothing by its host's hand either before the person has said so", async () => {
  const urls = [AWAY.named, AWAY.address, AWAY.address6].map((url, index) => url.replaceAll("{name}", "asked").replaceAll("{port}", String(21_000 + index)));
  await run(`
    for (const [index, url] of ${JSON.stringify(urls)}.entries()) {
      window.parent.postMessage({ cmd: "downloadFile", data: { url, fileName: "secret" }, messageId: "download" + index }, "*");
      window.parent.postMessage({ cmd: "openURL", data: { url }, messageId: "open" + index }, "*");
    }`);
  const asking = async () => (await windows()).some((url) => url.includes("sheet"));
  await until("the person is asked", asking);
  expect(destinations(await captive.look())).toEqual(DEAD_PROXY);
  await afresh();
  await until("the question is gone with the page", async () => !(await asking()));
});

it("leaves the launcher and the other app as they were", async () => {
  expect(await windows()).toHaveLength(3);
  await captive.shell.app(captive.neighbour.host);
  expect(await captive.shell.call("getExtendedData")).toMatchObject({ code: 200, result: SECRET });
  expect(await run("return [localStorage.secret, sessionStorage.secret, (await indexedDB.databases()).map(({ name }) => name), window.heard, window.secret]")).toEqual([
    SECRET,
    SECRET,
    ["neighbour"],
    [],
    SECRET,
  ]);
  await captive.shell.launcher();
  expect(await run("return localStorage.secret")).toBe("of the launcher");
  expect(await run("return document.title")).toBe("CocoCat");
  expect(apps()).toEqual(kept);
  expect(captive.shell.reports.filter(({ event }) => event === "crashed")).toEqual([]);
});

it("has reached nothing until the last process of the program was gone", async () => {
  const look = await captive.end();
  expect(destinations(look)).toEqual(DEAD_PROXY);
  expect(look.canaries).toEqual([]);
  expect(captive.newFiles()).toEqual([]);
});
