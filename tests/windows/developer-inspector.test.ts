/** The bridge inspector: what apps say to the bridge, as it happens. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Inspector } from "../lib/desktop-inspector.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

let desktop: Desktop;
let shell: Shell;
let inspector: Inspector;
let app: TestApp;
let other: TestApp;

const call = async (cmd: string, data?: Record<string, unknown>, from = app) => {
  await shell.app(from.host);
  return shell.call(cmd, data);
};

beforeAll(async () => {
  desktop = await Desktop.open();
  // Pages that say nothing by themselves.
  const files = { "index.html": "<!doctype html><title>x</title>" };
  app = makeApp(desktop.path, { title: "Chatty", version: "1.0.0", files });
  other = makeApp(desktop.path, { title: "Quiet", files });
  const args = [app, other].flatMap(({ folder, address }) => ["--install", folder, "--open", address]);
  shell = await desktop.shell({ args: [...args, "--inspector"] });
  inspector = new Inspector(shell);
  for (const window of [`coco-${app.host}`, `coco-${other.host}`, "inspector"]) await shell.report("loaded", { window });
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("shows each call with app, command, level, code, time and sizes", async () => {
  expect((await call("getLanguage")).code).toBe(200);
  const line = await inspector.line("getLanguage", ({ cmd }) => cmd === "getLanguage");
  expect(line).toMatchObject({ app: "Chatty", level: "0", code: "200", kind: "ok" });
  expect(line.time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
  expect(line.duration).toMatch(/^[\d.]+ (?:µs|ms)$/);
  expect([line.request, line.answer].every((size) => /^\d+ B$/.test(size))).toBe(true);
  await call("registerService", { serviceKey: "x" }, other);
  expect(await inspector.line("registerService", ({ cmd }) => cmd === "registerService")).toMatchObject({ app: "Quiet", level: "8", code: "30002", kind: "failed" });
});

describe("what went wrong", () => {
  it("points to the part of the request that a message names", async () => {
    await call("generateSignature", { message: 5, more: { deep: [1, 2, { here: "x".repeat(400) }] } });
    await inspector.choose(await inspector.line("the refusal", ({ cmd, code }) => cmd === "generateSignature" && code === "30001"));
    expect(await inspector.text("[data-test=message]")).toContain("data.message:");
    const marked = await inspector.script("return document.querySelector('[data-test=request] [data-marked]')?.dataset.path");
    expect(marked).toBe("data.message");
  });

  it("marks a page that calls itself something else than its package", async () => {
    await call("onload", { name: "Impostor", version: "9" });
    await inspector.choose(await inspector.line("onload", ({ cmd }) => cmd.startsWith("onload")));
    expect(await inspector.text("[data-test=mismatch]")).toContain("Chatty");
  });

  it("shows what the page's own guard refused", async () => {
    await shell.app(app.host);
    const answer = await shell.call("copyToClipboard", { text: "x".repeat(3 * 1024 * 1024) });
    expect(answer.code).toBe(30010);
    const line = await inspector.line("the guard's refusal", ({ cmd, code }) => cmd === "copyToClipboard" && code.startsWith("30010"));
    expect(line.kind).toBe("failed");
  });
});

it("shows values as trees that fold, and recognises Base64", async () => {
  const base64 = Buffer.from("coconut".repeat(40)).toString("base64");
  await call("setExtendedData", { extend: { picture: base64, list: [1, 2, 3] } });
  await inspector.choose(await inspector.line("setExtendedData", ({ cmd }) => cmd === "setExtendedData"));
  const request = await inspector.text("[data-test=request]");
  expect(request).toContain("extend");
  await inspector.click('[data-test=request] [data-path="data.extend"] > .line > .fold');
  await until("the branch is open", async () => (await inspector.text("[data-test=request]")).includes("Base64 · 280 B"));
});

it("sends a request again, as it was and edited, without the page hearing of it", async () => {
  await shell.app(app.host);
  await shell.driver.executeScript("window.heard = 0; addEventListener('message', () => (window.heard += 1));");
  await call("getExtendedData");
  const before = (await shell.driver.executeScript("return window.heard")) as number;
  const first = await inspector.line("getExtendedData", ({ cmd }) => cmd === "getExtendedData");
  await inspector.choose(first);
  await inspector.click("[data-test=resend]");
  const again = await inspector.line("the same again", ({ cmd, number, code }) => cmd.startsWith("getExtendedData") && number > first.number && code === "200");
  expect(again.cmd).toContain("↻");
  await until("its answer", async () => (await inspector.text("[data-test=answer]")).includes("picture"));

  await inspector.choose(first);
  await inspector.click("[data-test=edit]");
  await inspector.enter("[data-test=editor]", JSON.stringify({ cmd: "getSafeAreaInsets" }));
  await inspector.click("[data-test=send]");
  await inspector.line("the edited one", ({ cmd, code }) => cmd.startsWith("getSafeAreaInsets") && code === "200");
  await shell.app(app.host);
  expect(await shell.driver.executeScript("return window.heard")).toBe(before);
});

it("filters by app, command, code and words", async () => {
  await inspector.enter("[data-test=filter-app]", `coco-${other.host}`);
  await until("only the other app", async () => (await inspector.lines()).every((line) => line.app === "Quiet"));
  expect((await inspector.lines()).length).toBe(1);
  await inspector.enter("[data-test=filter-app]", "");
  await inspector.enter("[data-test=filter-code]", "failed");
  await until("only failures", async () => (await inspector.lines()).every((line) => line.kind === "failed"));
  await inspector.enter("[data-test=filter]", "quiet 30002");
  await until("words", async () => (await inspector.lines()).length === 1);
  await inspector.enter("[data-test=filter]", "");
  await inspector.enter("[data-test=filter-code]", "");
  await inspector.enter("[data-test=filter-cmd]", "getLanguage");
  await until("one command", async () => (await inspector.lines()).every((line) => line.cmd === "getLanguage"));
});

it("copies a call as code", async () => {
  await inspector.choose(await inspector.line("getLanguage", ({ cmd }) => cmd === "getLanguage"));
  await inspector.click("[data-test=copy-promise]");
  await until("code on the clipboard", async () => (await desktop.clipboard()) === "const result = await coco.getLanguage();");
  await inspector.click("[data-test=copy-handler]");
  await until("code on the clipboard", async () => (await desktop.clipboard()).startsWith('new MessageHandler().sendMessageToParent("getLanguage", {'));
  await inspector.click("[data-test=copy-line]");
  await until("a line on the clipboard", async () => (JSON.parse(await desktop.clipboard()) as { cmd: string }).cmd === "getLanguage");
});

it("writes what is shown into a file that the person chooses", async () => {
  await inspector.enter("[data-test=filter-cmd]", "registerService");
  const file = join(desktop.path, "calls.ndjson");
  await inspector.click("[data-test=export-ndjson]");
  await desktop.chooseFile("Save File", file);
  await until("the file is named", async () => (await inspector.text("[data-test=word]")).includes(file));
  const [line, ...rest] = readFileSync(file, "utf8").trim().split("\n");
  expect(rest).toEqual([]);
  expect(JSON.parse(line as string)).toMatchObject({ app: "Quiet", cmd: "registerService", code: 30002, request: { cmd: "registerService" }, answer: { code: 30002 } });
  await inspector.enter("[data-test=filter-cmd]", "");
});

it("holds thousands of calls without thousands of lines", async () => {
  await shell.app(app.host);
  await shell.driver.executeAsyncScript(
    `const done = arguments[0];
     (async () => {
       for (let i = 0; i < 2100; i += 1) {
         const answered = new Promise((resolve) => addEventListener("message", function listen({ data }) {
           if (data?.messageId !== i || !("code" in data)) return;
           removeEventListener("message", listen);
           resolve();
         }));
         postMessage({ cmd: "getSafeAreaInsets", messageId: i }, "*");
         await answered;
       }
     })().then(done);`,
  );
  await until("the last of them", async () => (await inspector.text("footer")).includes("2000 of 2000"));
  expect((await inspector.lines()).length).toBeLessThan(120);
});

it("pauses and clears", async () => {
  await inspector.click("[data-test=clear]");
  await until("no lines", async () => (await inspector.lines()).length === 0);
  await inspector.click("[data-test=pause]");
  await until("paused", () => inspector.script<boolean>("return document.querySelector('[data-test=pause]').getAttribute('aria-pressed') === 'true'"));
  await call("getLanguage");
  await inspector.click("[data-test=pause]");
  await until("going on", () => inspector.script<boolean>("return document.querySelector('[data-test=pause]').getAttribute('aria-pressed') === 'false'"));
  await call("getSafeAreaInsets");
  await inspector.line("the later call", ({ cmd }) => cmd === "getSafeAreaInsets");
  expect((await inspector.lines()).map(({ cmd }) => cmd)).toEqual(["getSafeAreaInsets"]);
});

it("no app can call its command", async () => {
  await shell.app(app.host);
  const refused = await shell.driver.executeAsyncScript(
    `const done = arguments[0];
     window.__TAURI_INTERNALS__.invoke("inspector", { request: { op: "changes", since: 0 } }).then(() => done("answered"), () => done("refused"));`,
  );
  expect(refused).toBe("refused");
});

it("goes with developer mode, and comes back empty with it", async () => {
  const ask = async (request: Record<string, unknown>) => {
    await shell.launcher();
    return shell.driver.executeAsyncScript(
      `const [request, done] = arguments;
       window.__TAURI_INTERNALS__.invoke("shell", { request }).then(() => done("done"), ({ kind }) => done(kind));`,
      request,
    );
  };
  expect(await ask({ op: "setDeveloper", on: false })).toBe("done");
  await desktop.windowGone("CocoCat — bridge");
  expect(await ask({ op: "openInspector" })).toBe("invalid");
  await call("getLanguage");
  expect(await ask({ op: "setDeveloper", on: true })).toBe("done");
  expect(JSON.parse(readFileSync(join(desktop.path, "data/settings.json"), "utf8"))).toMatchObject({ developer: true });
  await call("getSafeAreaInsets");
  expect(await ask({ op: "openInspector" })).toBe("done");
  await inspector.line("what was said before it was opened", ({ cmd }) => cmd === "getSafeAreaInsets");
  expect((await inspector.lines()).map(({ cmd }) => cmd)).toEqual(["getSafeAreaInsets"]);
});
