/** Two apps side by side, and what stays when the program ends. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDisplay, type Display } from "../lib/display.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { folder } from "../lib/paths.js";
import { Shell } from "../lib/shell.js";

const PAGE = "<!doctype html><meta charset=utf-8><title>Side by side</title><p>An app";

let display: Display;
let shell: Shell;
let one: TestApp;
let other: TestApp;
const work = folder();
const data = join(work.path, "data");

const start = async () => {
  shell = await Shell.start({ display: display.name, data, args: ["--install", one.folder, "--install", other.folder, "--open", one.address, "--open", other.address] });
  for (const { host } of [one, other]) await shell.report("loaded", { window: `coco-${host}` });
};
const run = <T>(script: string, ...args: unknown[]) => shell.driver.executeAsyncScript<T>(script, ...args);

beforeAll(async () => {
  display = await openDisplay();
  one = makeApp(work.path, { title: "One", files: { "index.html": PAGE, "secret.txt": "one's own" } });
  other = makeApp(work.path, { title: "Other", files: { "index.html": PAGE, "secret.txt": "the other's own" } });
  await start();
});

afterAll(async () => {
  await shell?.quit();
  await display?.close();
  work.remove();
});

it("neither reads the other's storage", async () => {
  await shell.app(one.host);
  await run("localStorage.setItem('secret', 'one'); document.cookie = 'secret=one'; const open = indexedDB.open('secret'); open.onsuccess = () => arguments[0]();");
  await shell.app(other.host);
  expect(await run("const done = arguments[0]; indexedDB.databases().then((all) => done([localStorage.length, document.cookie, all.length]))")).toEqual([0, "", 0]);
  await run("window.channel = new BroadcastChannel('x'); window.overheard = []; channel.onmessage = ({ data }) => overheard.push(data); arguments[0]()");
  await shell.app(one.host);
  // The message arrives where it may; only then it is known that it did not arrive where it may not.
  await run("const done = arguments[0]; new BroadcastChannel('x').onmessage = done; new BroadcastChannel('x').postMessage('secret')");
  await shell.app(other.host);
  expect(await run("arguments[0](window.overheard)")).toEqual([]);
});

it("neither reads the other's files", async () => {
  await shell.app(one.host);
  expect(await shell.call("readFile", { path: `${one.address}/secret.txt` })).toMatchObject({ code: 200, result: "one's own" });
  expect(await shell.call("readFile", { path: `${other.address}/secret.txt` })).toMatchObject({ code: 30005 });
  const fetched = await run<string>("const [url, done] = arguments; fetch(url).then((answer) => answer.text()).then(done, () => done('refused'))", `cocoapp://${other.host}/secret.txt`);
  expect(fetched).toBe("refused");
});

it("each has an account and data of its own, and its own answers only", async () => {
  const accounts = new Set<unknown>();
  for (const app of [one, other]) {
    await shell.app(app.host);
    accounts.add((await shell.call("getAccount")).result);
    expect(await shell.call("getExtendedData")).toMatchObject({ code: 200, result: null });
    await shell.call("setExtendedData", { extend: app.address });
    await run("window.heard = []; window.addEventListener('message', ({ data }) => window.heard.push(data)); arguments[0]()");
  }
  expect(accounts.size).toBe(2);
  await shell.app(one.host);
  expect((await shell.call("getExtendedData")).result).toBe(one.address);
  await shell.app(other.host);
  expect(await run("arguments[0](window.heard.length)")).toBe(0);
});

it("what an app stored survives a restart of the program", async () => {
  await shell.app(one.host);
  const account = (await shell.call("getAccount")).result;
  await run("localStorage.setItem('kept', 'yes'); arguments[0]()");
  await shell.quit();
  await start();
  await shell.app(one.host);
  expect(await run("arguments[0](localStorage.getItem('kept'))")).toBe("yes");
  expect((await shell.call("getAccount")).result).toBe(account);
  expect((await shell.call("getExtendedData")).result).toBe(one.address);
  await shell.app(other.host);
  expect(await run("arguments[0](localStorage.getItem('kept'))")).toBe(null);
});
