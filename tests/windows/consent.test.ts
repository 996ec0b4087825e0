/** What an app may do only with the person's word, asked in a window of the program's own. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Browser, Sheet } from "../lib/desktop-sheet.js";
import { makeApp, sign, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const REASON = "We open the help pages of our own site. <b>Nothing else.</b>";
const REFUSED = { code: 30100, message: "user rejected" };

let desktop: Desktop;
let browser: Browser;
let shell: Shell;
let sheet: Sheet;
let app: TestApp;

const open = (url: string) => sheet.call(app.host, "openURL", { url });

beforeAll(async () => {
  desktop = await Desktop.open();
  browser = new Browser(desktop.path);
  app = makeApp(desktop.path, { title: "Travel guide" });
  const list = join(app.folder, "content.json");
  writeFileSync(list, JSON.stringify({ ...JSON.parse(readFileSync(list, "utf8")), permissions: [{ name: "openURL", reason: REASON }] }));
  sign(app, "Travel guide", "1.0.1");
  shell = await desktop.shell({ args: ["--install", app.folder, "--open", app.address], env: browser.env });
  sheet = new Sheet(desktop, shell);
  await shell.report("loaded");
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

describe("a page in the browser", () => {
  it("is asked for the first time: who, where to, why", async () => {
    const url = "https://help.example/first/page?a=1&b=%C3%BC#part";
    const call = await open(url);
    await sheet.ready();
    expect(await sheet.text("app-name")).toBe("Travel guide");
    expect(await sheet.text("host")).toBe("help.example");
    expect(await sheet.text("detail")).toBe(url);
    expect(await sheet.text("reason")).toContain(REASON);
    expect(await sheet.script("return document.activeElement.dataset.test")).toBe("refuse");
    expect(browser.opened).toEqual([]);
    await sheet.decide(true);
    expect(await call.answer()).toMatchObject({ code: 200 });
    expect(await browser.has(1)).toEqual([url]);
    await sheet.gone();
  });

  it("is not asked for again for the same host, but for another", async () => {
    const again = await open("https://help.example/second");
    expect(await again.answer()).toMatchObject({ code: 200 });
    expect(await browser.has(2)).toContain("https://help.example/second");
    const other = await open("https://other.example/");
    await sheet.ready();
    expect(await sheet.text("host")).toBe("other.example");
    await sheet.remember(false);
    await sheet.decide(false);
    expect(await other.answer()).toMatchObject(REFUSED);
    await sheet.gone();
  });

  it("shows a name that looks like another as it is looked up", async () => {
    const call = await open("https://exаmple.org/"); // The third letter is Cyrillic.
    await sheet.ready();
    expect(await sheet.text("host")).toMatch(/^xn--/);
    await sheet.remember(false);
    await sheet.decide(false);
    expect(await call.answer()).toMatchObject(REFUSED);
  });

  it("is refused without a question once the refusal is remembered", async () => {
    const first = await open("https://never.example/");
    await sheet.remember(true);
    await sheet.decide(false);
    expect(await first.answer()).toMatchObject(REFUSED);
    await sheet.gone();
    const second = await open("https://never.example/again");
    expect(await second.answer()).toMatchObject(REFUSED);
    expect(await sheet.isShown()).toBe(false);
    expect(browser.opened).toHaveLength(2);
  });
});

describe("the keyboard", () => {
  it.each(["Escape", "Return"])("%s says no", async (key) => {
    const call = await open("https://keys.example/");
    await sheet.remember(false);
    await desktop.focus(await sheet.window());
    await until("focus on no", () => sheet.script<boolean>("document.querySelector('[data-test=refuse]').focus(); return document.hasFocus()"));
    await desktop.press(key);
    expect(await call.answer()).toMatchObject(REFUSED);
    await sheet.gone();
  });
});

describe("the window", () => {
  it("asks one question after the other", async () => {
    const calls = [await open("https://one.example/"), await open("https://two.example/"), await open("https://three.example/")];
    await until("all three questions", async () => {
      await sheet.ready();
      return /3/.test(await sheet.text("place"));
    });
    for (const host of ["one.example", "two.example", "three.example"]) {
      await until(`the question about ${host}`, async () => {
        await sheet.ready();
        return (await sheet.text("host")) === host;
      });
      await sheet.remember(false);
      await sheet.decide(host === "two.example");
    }
    expect(await Promise.all([await calls[0]!.answer(), await calls[1]!.answer(), await calls[2]!.answer()].map(({ code }) => code))).toEqual([30100, 200, 30100]);
    await sheet.gone();
  });

  it("says no by being closed, for this time", async () => {
    const call = await open("https://closed.example/");
    await sheet.ready();
    await desktop.close(await sheet.window());
    expect(await call.answer()).toMatchObject(REFUSED);
    await sheet.gone();
    const again = await open("https://closed.example/");
    await sheet.ready();
    await sheet.remember(false);
    await sheet.decide(false);
    expect(await again.answer()).toMatchObject(REFUSED);
  });

  it("goes with the page that asked", async () => {
    await open("https://reload.example/");
    await sheet.ready();
    await shell.app(app.host);
    await shell.driver.executeScript("setTimeout(() => location.reload())");
    await sheet.gone();
    await shell.report("loaded", {}, 2);
  });

  it("is out of the app's reach", async () => {
    const call = await open("https://reach.example/");
    await sheet.ready();
    await shell.app(app.host);
    const tried = await shell.driver.executeAsyncScript<unknown[]>(
      `const done = arguments[0];
       const invoke = (...args) => window.__TAURI_INTERNALS__.invoke(...args).then(() => "reached", () => "refused");
       const headers = { "Tauri-Webview-Label": "sheet-" + location.host };
       const fetched = fetch("tauri://localhost/sheet.html").then(() => "reached", () => "refused");
       Promise.all([
         invoke("sheet", { request: { op: "state" } }),
         invoke("sheet", { request: { op: "decide", id: 1, allow: true, remember: true } }, { headers }),
         invoke("plugin:event|listen", { event: "sheet", target: { kind: "Any" }, handler: 1 }),
         fetched,
       ]).then((tried) => done([...tried, window.opener, window.length]));`,
    );
    expect(tried).toEqual(["refused", "refused", "refused", "refused", null, 0]);
    expect(await call.answered()).toBe(false);
    await sheet.ready();
    await sheet.remember(false);
    await sheet.decide(false);
    expect(await call.answer()).toMatchObject(REFUSED);
  });
});

it("tells the app no before it gives up; an allowance after that counts for the next try", async () => {
  const call = await open("https://late.example/");
  await sheet.remember(false);
  const refused = await call.answer();
  expect(refused).toMatchObject(REFUSED);
  expect(refused.after).toBeGreaterThan(20_000);
  expect(refused.after).toBeLessThan(30_000);
  await sheet.shows("[data-late]");
  const before = browser.opened.length;
  await sheet.decide(true);
  await sheet.gone();
  expect(browser.opened).toHaveLength(before);
  const retry = await open("https://late.example/");
  expect(await retry.answer()).toMatchObject({ code: 200 });
  expect(await sheet.isShown()).toBe(false);
  expect((await browser.has(before + 1)).at(-1)).toBe("https://late.example/");
});
