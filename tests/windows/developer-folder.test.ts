/** A developer's folder as an app: unsigned, served from the disk, loaded anew when it changes. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { program } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

let desktop: Desktop;
let shell: Shell;
let app: TestApp;
let work: string;
let data: string;

const page = (word: string) => `<!doctype html><meta charset="utf-8"><title>x</title><h1>${word}</h1><script src="page.js"></script>`;
const inWork = () => shell.app(`dev-${app.host}`);
const heading = async () => (await shell.driver.executeScript("return document.querySelector('h1')?.textContent")) as string;

beforeAll(async () => {
  desktop = await Desktop.open();
  data = join(desktop.path, "data");
  work = join(desktop.path, "my work");
  mkdirSync(join(work, "texts"), { recursive: true });
  writeFileSync(join(work, "index.html"), page("first"));
  writeFileSync(join(work, "page.js"), "window.ran = true;");
  writeFileSync(join(work, "content.json"), JSON.stringify({ title: "Half done", version: "0.1" }));
  writeFileSync(join(work, "texts/a.txt"), "from the folder");
  writeFileSync(join(work, ".env"), "secret");
  app = makeApp(desktop.path, { title: "The released one" });
  shell = await desktop.shell({ data, args: ["--install", app.folder, "--open", app.address] });
  await shell.report("loaded", { window: `coco-${app.host}` });
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("nothing of developer mode is there before it is asked for", async () => {
  await shell.launcher();
  const refused = await shell.driver.executeAsyncScript(
    `const done = arguments[0];
     window.__TAURI_INTERNALS__.invoke("shell", { request: { op: "openInspector" } }).then(() => done("opened"), (error) => done(error.kind));`,
  );
  expect(refused).toBe("invalid");
});

it("a later start opens the folder in a window that says what it is, and tells the person", async () => {
  await promisify(execFile)(program("cococat"), ["--data", data, "--dev", work, "--dev-address", app.address], { env: { ...process.env, ...desktop.env } });
  await shell.report("loaded", { window: `coco-dev-${app.host}` });
  await desktop.window("Half done — development");
  const notice = await until("a notice", async () => (await new Launcher(shell).notices()).find(({ key }) => key === "development"));
  expect(notice.text).toContain("Half done");
  await inWork();
  expect(await heading()).toBe("first");
  expect(await shell.driver.executeScript("return window.ran")).toBe(true);
});

it("its page has the account and the data of the address, and files of its own", async () => {
  await inWork();
  const account = await shell.call("getAccount");
  expect(account.code).toBe(200);
  await shell.call("setExtendedData", { extend: { from: "work" } });
  expect(await shell.call("readFile", { path: `${app.address}/texts/a.txt` })).toMatchObject({ code: 200, result: "from the folder" });
  for (const path of [".env", "texts", "../data/settings.json", "gone.txt"]) {
    expect(await shell.call("readFile", { path: `${app.address}/${path}` }), path).toMatchObject({ code: 30005 });
  }
  expect(await shell.call("registerService", { serviceKey: "x" })).toMatchObject({ code: 30002 });
  await shell.driver.executeScript("localStorage.setItem('whose', 'work')");
  await shell.app(app.host);
  expect(await shell.call("getAccount")).toMatchObject({ code: 200, result: account.result });
  expect(await shell.call("getExtendedData")).toMatchObject({ result: { from: "work" } });
  expect(await shell.driver.executeScript("return localStorage.getItem('whose')")).toBeNull();
});

it("its page is held by the same policy", async () => {
  await inWork();
  const blocked = await shell.driver.executeAsyncScript(
    `const done = arguments[0];
     addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
     fetch("http://127.0.0.1:1/").catch(() => undefined);`,
  );
  expect(blocked).toBe("connect-src");
});

it("a change on the disk loads the page anew, and its name", async () => {
  writeFileSync(join(work, "content.json"), JSON.stringify({ title: "Nearly done", version: "0.2" }));
  writeFileSync(join(work, "index.html"), page("second"));
  await inWork();
  await until("the page is new", async () => (await heading()) === "second");
  await desktop.window("Nearly done — development");
  expect((await shell.call("getLanguage")).code).toBe(200);
  expect(shell.reports.filter(({ event }) => event === "closed")).toEqual([]);
});

it("opens the bridge inspector by Ctrl+Shift+B and WebKit's by F12", async () => {
  const window = await desktop.window("Nearly done — development");
  await desktop.focus(window);
  await desktop.press("ctrl+shift+b");
  await shell.report("loaded", { window: "inspector" });
  await inWork();
  const height = async () => (await shell.driver.executeScript("return innerHeight")) as number;
  const before = await height();
  await desktop.focus(window);
  await desktop.press("F12");
  await until("WebKit's inspector", async () => (await height()) < before || (await desktop.titles()).some((title) => title.includes("Inspector")));
});

it("says what is missing", async () => {
  const none = join(desktop.path, "nothing");
  mkdirSync(none);
  await promisify(execFile)(program("cococat"), ["--data", data, "--dev", none, "--dev-address", app.address], { env: { ...process.env, ...desktop.env } });
  expect((await shell.report("notOpened")).message).toContain("index.html");
  const wrong = promisify(execFile)(program("cococat"), ["--data", data, "--dev", "http://example.org", "--dev-address", app.address], { env: { ...process.env, ...desktop.env } });
  await expect(wrong).rejects.toMatchObject({ code: 2 });
});
