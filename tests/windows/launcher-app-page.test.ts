/** The page of an app in the launcher: what it may do, what it keeps, which versions there are; and downloads while they go on. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { serveHttps, type WebServer } from "../lib/https.js";
import { coco, makeApp, sign, type TestApp } from "../lib/packages.js";
import { program } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const PAGE = (words: string) => `<!doctype html><meta charset=utf-8><title>Kept</title><p id=words>${words}`;
const SIZE = 3_000_000;

let desktop: Desktop;
let server: WebServer;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;
let other: TestApp;
let data: string;
let account: unknown;

const offer = (path: string) =>
  execFileSync(program("cococat"), ["--data", data, "--install", path], { env: { ...process.env, ...desktop.env }, stdio: "ignore" });
const answers = () => JSON.parse(readFileSync(join(data, "consent.json"), "utf8")) as Record<string, { wish: { kind: string; host?: string } }[]>;
const inPage = <T>(script: string) => shell.driver.executeAsyncScript<T>(`const done = arguments[0]; ${script}`);

/** Lets the page in front store something by every means that it has. */
const store = () =>
  inPage(`localStorage.setItem("kept", "yes");
    const open = indexedDB.open("kept", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("kept").put("yes", 1);
    open.onsuccess = () => done();`);
/** What of it is there. */
const stored = () => inPage<[string | null, number]>(`indexedDB.databases().then((all) => done([localStorage.getItem("kept"), all.length]))`);

beforeAll(async () => {
  desktop = await Desktop.open();
  data = join(desktop.path, "data");
  server = await serveHttps(desktop.path, (request, response) => {
    if (request.url === "/file") return void response.end(Buffer.alloc(SIZE));
    // Goes on for longer than the test looks.
    response.writeHead(200, { "content-length": "40000000" });
    const drip = setInterval(() => response.write(Buffer.alloc(20_000)), 20);
    response.once("close", () => clearInterval(drip));
  });
  app = makeApp(desktop.path, { title: "Keeper", version: "1.0.0", files: { "index.html": PAGE("the first"), "old.txt": "old" } });
  other = makeApp(desktop.path, { title: "Other", files: { "index.html": PAGE("the other") } });
  const list = join(app.folder, "content.json");
  const permissions = [
    { name: "downloadFile", reason: "Fetches <b>maps</b>." },
    { name: "openURL", reason: "Shows them." },
  ];
  writeFileSync(list, JSON.stringify({ ...(JSON.parse(readFileSync(list, "utf8")) as object), permissions }));
  sign(app, "Keeper", "1.0.0");
  mkdirSync(data, { mode: 0o700 });
  const said = (kind: string, word: string, host?: string) => ({ wish: { kind, ...(host === undefined ? {} : { host }) }, word, since: 1_760_000_000_000 });
  writeFileSync(
    join(data, "consent.json"),
    JSON.stringify({ [app.address]: [said("download", "yes", "localhost"), said("openUrl", "no", "example.org"), said("saveImages", "yes")], [other.address]: [said("saveVideos", "yes")] }),
  );
  shell = await desktop.shell({ data, args: ["--install", app.folder, "--install", other.folder], env: { SSL_CERT_FILE: server.authority } });
  launcher = new Launcher(shell);
  await launcher.open(other);
  await store();
  await launcher.open(app);
  await store();
  account = (await shell.call("getAccount")).result;
  expect((await shell.call("setExtendedData", { extend: "x".repeat(998) })).code).toBe(200);
});

afterAll(async () => {
  await shell?.quit();
  await server?.close();
  await desktop?.end();
});

it("tells what an app may do, and what its developer says", async () => {
  await launcher.page(app.address);
  expect(await launcher.texts("[data-test=grant] strong")).toEqual([
    "Download files from localhost",
    "Open pages of example.org in your browser",
    "Save pictures to your pictures folder",
  ]);
  expect(await launcher.script("return [...document.querySelectorAll('[data-test=grant]')].map((one) => one.dataset.allowed)")).toEqual(["true", "false", "true"]);
  expect(await launcher.texts("[data-test=permission] strong")).toEqual(["Download files", "Open web pages in your browser"]);
  expect(await launcher.texts("[data-test=permission] blockquote")).toEqual(["Fetches <b>maps</b>.", "Shows them."]);
  expect(await launcher.text("[data-test=account-address]")).toBe(account);
  expect(await launcher.text("[data-test=certificate-said]")).toContain("has shown none");
});

it("forgets an answer, of this app only", async () => {
  await launcher.click("[data-test=grant]:nth-child(2) [data-test=forget]");
  await until("two answers", async () => (await launcher.texts("[data-test=grant]")).length === 2);
  expect(answers()[app.address]?.map(({ wish }) => wish.kind)).toEqual(["download", "saveImages"]);
  expect(answers()[other.address]).toHaveLength(1);
  await launcher.leavePage();
});

it("shows a download while it goes on, and cancels it", async () => {
  await shell.app(app.host);
  await shell.driver.executeScript(
    `addEventListener("message", ({ data }) => { if (data?.cmd === "downloadFile" && "code" in data) window.answered = data.code; });
     parent.postMessage({ cmd: "downloadFile", messageId: 1, data: { url: "${server.origin}/long", fileName: "long.bin" } }, "*");`,
  );
  expect(await launcher.text("[data-test=download]")).toContain("Keeper");
  await until("what was received", async () => /^[1-9][\d.]* \S+ of 40 MB$/.test(await launcher.text("[data-test=download-progress]")));
  await launcher.click("[data-test=cancel-download]");
  await launcher.gone("[data-test=download]");
  await shell.app(app.host);
  await until("the app hears of it", async () => (await shell.driver.executeScript("return window.answered")) === 30007);
  expect(await launcher.notices()).toEqual([]);

  await shell.app(app.host);
  expect((await shell.call("downloadFile", { url: `${server.origin}/file`, fileName: "map.bin" })).code).toBe(200);
  expect((await launcher.takeNotice("downloadDone")).text).toBe("Keeper has downloaded map.bin.");
  await launcher.gone("[data-test=download]");
});

it("measures what an app keeps, and removes it all from this app alone", async () => {
  await launcher.page(app.address);
  expect(await launcher.text("[data-test=stored-extended]")).toBe("1 kB");
  expect(await launcher.text("[data-test=stored-downloads]")).toBe("3 MB");
  expect(await launcher.text("[data-test=stored-web]")).toMatch(/^\d+(\.\d)? kB$/);
  await launcher.click("[data-test=clear]");
  expect(await launcher.text("[role=alertdialog]")).toContain("Clear the data of Keeper?");
  await launcher.click("[role=alertdialog] [data-test=confirm]");
  await launcher.takeNotice("dataCleared");
  await shell.report("closed", { window: `coco-${app.host}` });
  await until("nothing is kept", async () => (await launcher.texts("[data-test^=stored-]")).every((size) => size === "Nothing"));
  expect(existsSync(join(data, "downloads", app.address))).toBe(false);
  expect(answers()[app.address]).toHaveLength(2);
  await launcher.leavePage();

  await launcher.open(app);
  expect(await stored()).toEqual([null, 0]);
  expect((await shell.call("getExtendedData")).result).toBe(null);
  expect((await shell.call("getAccount")).result).toBe(account);
  await shell.app(other.host);
  expect(await stored()).toEqual(["yes", 1]);
});

it("goes back to the version before, in the window too", async () => {
  const { modified } = JSON.parse(readFileSync(join(app.folder, "content.json"), "utf8")) as { modified: number };
  writeFileSync(join(app.folder, "index.html"), PAGE("the second"));
  writeFileSync(join(app.folder, "new.txt"), "new");
  sign(app, "Keeper", "2.0.0", modified + 60);
  offer(app.folder);
  await launcher.takeNotice("updated");
  await shell.app(app.host);
  const words = () => shell.driver.executeScript<string>("return document.querySelector('#words')?.textContent");
  await until("the second page", async () => (await words()) === "the second");

  await launcher.page(app.address);
  expect(await launcher.text("[data-test=version]")).toBe("2.0.0");
  expect(await launcher.text("[data-test=previous]")).toContain("Version 1.0.0");
  expect(await launcher.text("[data-test=difference]")).toBe("Files changed since then: 1; added: 1; removed: 0");
  await launcher.click("[data-test=roll-back]");
  await launcher.click("[role=alertdialog] [data-test=confirm]");
  await launcher.takeNotice("rolledBack");
  await until("the first version", async () => (await launcher.text("[data-test=version]")) === "1.0.0");
  await launcher.find("[data-test=no-previous]");
  const history = await launcher.texts("[data-test=history]");
  expect(history.map((line) => /^(Version [\d.]+)\s*(Installed|Updated|Went back)/.exec(line)?.slice(1))).toEqual([
    ["Version 1.0.0", "Went back"],
    ["Version 2.0.0", "Updated"],
    ["Version 1.0.0", "Installed"],
  ]);
  await launcher.leavePage();
  await shell.app(app.host);
  await until("the first page", async () => (await words()) === "the first");

  offer(app.folder);
  await launcher.takeNotice("updated");
  await shell.app(app.host);
  await until("the second page again", async () => (await words()) === "the second");
});

it("forgets answers and downloads of an app that is uninstalled", async () => {
  await shell.app(app.host);
  expect((await shell.call("downloadFile", { url: `${server.origin}/file`, fileName: "map.bin" })).code).toBe(200);
  await launcher.takeNotice("downloadDone");
  await launcher.page(app.address);
  await launcher.click("[data-test=page-uninstall]");
  await launcher.click("[role=alertdialog] [data-test=confirm]");
  await launcher.without(app.address);
  await launcher.takeNotice("uninstalled");
  await launcher.gone("[data-test=app-page]");
  expect(Object.keys(answers())).toEqual([other.address]);
  expect(existsSync(join(data, "downloads", app.address))).toBe(false);
});

it("lets developers trust an authority, and tells of an app's certificate whether it holds", async () => {
  await launcher.settings("developers");
  expect(await launcher.has("[data-test=authorities]")).toBe(false);
  await launcher.click("[data-test=developer]");
  const type = async (field: string, text: string) => {
    await launcher.click(`[data-test=authority-${field}]`);
    await desktop.focus(await desktop.window("CocoCat"));
    await desktop.press("ctrl+a");
    await desktop.type(text);
    await until(`${text} is typed`, () => launcher.script<boolean>("return document.activeElement.value === arguments[0]", text));
  };
  await type("address", app.address.toLowerCase());
  await type("name", "Mine");
  await launcher.click("[data-test=authority-add]");
  await launcher.find("[data-test=authority-error]");
  await type("address", app.address);
  await launcher.gone("[data-test=authority-error]");
  await launcher.click("[data-test=authority-add]");
  await until("the authority", async () => (await launcher.texts("[data-test=authority] strong")).includes("Mine"));
  expect(readFileSync(join(data, "authorities.json"), "utf8")).toContain(app.address);
  await launcher.leaveSettings();

  const { content, signature } = coco("cert", "issue", "--key", app.key, "--app", other.address, "--level", "8");
  const shown = async () => {
    await shell.app(other.host);
    const { code } = await shell.post({ cmd: "checkServiceStatus", messageId: 1, sign: { content, signature } });
    await launcher.page(other.address);
    const said = [await launcher.text("[data-test=certificate-said]"), await launcher.text("[data-test=certificate]")];
    await launcher.leavePage();
    return [code, ...said];
  };
  const [held, ...words] = await shown();
  expect(held).not.toBe(30003);
  expect(words).toEqual(["The app has shown a valid certificate.", expect.stringContaining("Mine")]);

  await launcher.settings("developers");
  await launcher.click("[data-test=authority-remove]");
  await launcher.gone("[data-test=authority]");
  await launcher.leaveSettings();
  expect(await shown()).toEqual([30003, "The app has shown a certificate that is not valid.", expect.stringContaining(app.address)]);
  expect(JSON.parse(readFileSync(join(data, "settings.json"), "utf8"))).toMatchObject({ developer: true });
});

it("leaves a former account's web data to nobody", async () => {
  const state = join(data, "apps", other.host, "state.json");
  const former = async () => {
    await launcher.open(other);
    return [...(await stored()), (await shell.call("getAccount")).result];
  };
  const before = await former();
  const away = async (days: number) => {
    await launcher.choose(other.address, "uninstall");
    await launcher.click("[data-test=confirm]");
    await launcher.without(other.address);
    await shell.quit();
    const { uninstalled, ...rest } = JSON.parse(readFileSync(state, "utf8")) as { uninstalled: number };
    writeFileSync(state, JSON.stringify({ ...rest, uninstalled: uninstalled - days * 86_400 }));
    shell = await desktop.shell({ data, args: ["--install", other.folder] });
    launcher = new Launcher(shell);
    await launcher.tile(other.address);
    return former();
  };
  expect(before.slice(0, 2)).toEqual(["yes", 1]);
  expect(await away(6)).toEqual(before);
  const [kept, databases, changed] = await away(8);
  expect([kept, databases]).toEqual([null, 0]);
  expect(changed).not.toBe(before[2]);
});
