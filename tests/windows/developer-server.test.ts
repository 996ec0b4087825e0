/**
 * An app from a development server. WebDriver does not see such a window, since it shares nothing with the others: its page says what it finds to its
 * own server, and the inspector what it asked for.
 */
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Inspector } from "../lib/desktop-inspector.js";
import { devServer, type DevServer } from "../lib/devserver.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { program } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

let desktop: Desktop;
let shell: Shell;
let server: DevServer;
let foreign: DevServer;
let app: TestApp;

/** What the page does. It never learns anything of the test but the foreign port, which it tries to reach in every way. */
const script = (address: string, port: number) => `
  const say = (name, word) => fetch("/said/" + name, { method: "POST", body: JSON.stringify(word ?? null) });
  const call = (cmd, data, messageId = Math.random()) => new Promise((resolve) => {
    addEventListener("message", function listen({ data: answer }) {
      if (!answer || answer.messageId !== messageId || !("code" in answer)) return;
      removeEventListener("message", listen);
      resolve(answer);
    });
    parent.postMessage({ cmd, data, messageId }, "*");
  });
  const settled = (promise) => promise.then(() => "reached", () => "refused");
  const element = (name, set) => new Promise((resolve) => {
    const one = document.createElement(name);
    one.onload = () => resolve("reached");
    one.onerror = () => resolve("refused");
    set(one);
    document.head.append(one);
  });
  const socket = (url) => new Promise((resolve) => {
    try {
      const one = new WebSocket(url);
      one.onmessage = ({ data }) => resolve(data);
      one.onerror = () => resolve("refused");
    } catch { resolve("refused"); }
  });
  const violations = [];
  addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective));
  (async () => {
    await say("bridge", {
      older: typeof WebViewJavascriptBridge, capabilities: coco.capabilities().length, top: parent === window,
      heads: document.querySelectorAll("head").length, metas: document.querySelectorAll("meta[http-equiv]").length,
      language: await call("getLanguage"), account: await call("getAccount"),
      file: await call("readFile", { path: "${address}/texts/a.txt" }), missing: await call("readFile", { path: "${address}/gone.txt" }),
      level: await call("registerService", { serviceKey: "x" }),
    });
    await say("socket", await socket("ws://" + location.host + "/"));
    const elsewhere = "http://127.0.0.1:${port}/";
    await say("reach", {
      fetch: await settled(fetch(elsewhere, { mode: "no-cors" })),
      name: await settled(fetch("http://canary.invalid/", { mode: "no-cors" })),
      socket: await socket("ws://127.0.0.1:${port}/"),
      image: await element("img", (one) => (one.src = elsewhere)),
      script: await element("script", (one) => (one.src = elsewhere + "x.js")),
      style: await element("link", (one) => { one.rel = "stylesheet"; one.href = elsewhere; }),
      opened: window.open(elsewhere) === null,
      invoke: await settled(window.__TAURI_INTERNALS__.invoke("shell", { request: { op: "state" } })),
    });
    for (const rel of ["preconnect", "dns-prefetch", "prefetch"]) document.head.append(Object.assign(document.createElement("link"), { rel, href: elsewhere }));
    document.body.append(Object.assign(document.createElement("iframe"), { src: elsewhere }));
    const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: elsewhere }));
    link.click();
    location.href = elsewhere;
    await say("violations", violations);
    await say("still", location.href);
  })().catch((error) => say("failed", String(error)));`;

const pages = (elsewhere: DevServer) => ({
  "index.html": '<!doctype html><html><head><title>x</title></head><body><script>window.inline = 1;</script><script src="/page.js"></script></body></html>',
  "page.js": script(app.address, elsewhere.port),
  "texts/a.txt": "from the server",
});

beforeAll(async () => {
  desktop = await Desktop.open();
  foreign = await devServer({ "index.html": "elsewhere", "x.js": "" });
  app = makeApp(desktop.path, { title: "The released one" });
  server = await devServer(pages(foreign));
  shell = await desktop.shell({
    data: join(desktop.path, "data"),
    args: ["--install", app.folder, "--open", app.address, "--inspector", "--dev", `${server.origin}/?debug`, "--dev-address", app.address],
  });
  await shell.report("loaded", { window: `coco-dev-${app.host}` });
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
  await server?.close();
  await foreign?.close();
});

it("runs the server's own page, with the bridge before its first script", async () => {
  const found = await server.said<Record<string, unknown>>("bridge");
  expect(found).toMatchObject({
    older: "object",
    top: true,
    heads: 1,
    metas: 0,
    language: { code: 200 },
    account: { code: 200 },
    file: { code: 200, result: "from the server" },
    missing: { code: 30005 },
    level: { code: 30002 },
  });
  await shell.app(app.host);
  expect((await shell.call("getAccount")).result).toBe((found["account"] as { result: string }).result);
  await desktop.window(`127.0.0.1:${server.port} — development`);
});

it("reaches its server's WebSocket, and nothing else", async () => {
  expect(await server.said("socket")).toBe("hello");
  expect(await server.said("reach")).toEqual({
    fetch: "refused", name: "refused", socket: "refused", image: "refused", script: "refused", style: "refused", opened: true, invoke: "refused",
  });
  const violations = await server.said<string[]>("violations");
  expect(new Set(violations)).toEqual(new Set(["connect-src", "img-src", "script-src-elem", "style-src-elem", ...violations.filter((one) => one === "frame-src")]));
  expect(await server.said("still")).toBe(`${server.origin}/?debug`);
  expect(foreign.connections()).toBe(0);
});

it("lets no other window reach the server", async () => {
  await shell.app(app.host);
  const before = server.connections();
  const reached = await shell.driver.executeAsyncScript(
    `const [origin, done] = arguments;
     const image = new Image();
     image.onload = image.onerror = ({ type }) => fetch(origin + "/leak", { mode: "no-cors" }).then(() => done("reached"), () => done(type));
     image.src = origin + "/leak.png";`,
    server.origin,
  );
  expect(reached).toBe("error");
  expect(server.connections()).toBe(before);
  expect(server.asked.filter((path) => path.startsWith("leak"))).toEqual([]);
});

it("its calls are in the inspector", async () => {
  const inspector = new Inspector(shell);
  await until("the window has loaded", () => shell.reports.some(({ event, window }) => event === "loaded" && window === "inspector"));
  const line = await inspector.line("readFile", ({ cmd, code }) => cmd === "readFile" && code === "200");
  expect(line.app).toBe(`127.0.0.1:${server.port}`);
});

/** Whether this computer has the newer kind of addresses. */
const six = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

it.each([
  { without: "csp", at: "localhost", reached: false },
  ...(six ? [{ without: "csp", at: "::1", reached: false }] : []),
  { without: "csp,dead-proxy", at: "localhost", reached: true },
])("at $at without $without, its page reaches another server: $reached", async ({ without, at, reached }) => {
  const other = await devServer({ "index.html": "elsewhere", "x.js": "" });
  const own = await devServer(pages(other), at);
  const weakened = await desktop.shell({
    data: join(desktop.path, `${without} ${at}`),
    binary: program("examples/weakened"),
    env: { COCO_WITHOUT: without },
    args: ["--dev", own.origin, "--dev-address", app.address],
  });
  try {
    expect(await own.said("socket")).toBe("hello");
    expect(await own.said<Record<string, unknown>>("reach")).toMatchObject({ fetch: reached ? "reached" : "refused", name: "refused" });
    await own.said("still");
    expect(other.connections() > 0).toBe(reached);
  } finally {
    await weakened.quit();
    await own.close();
    await other.close();
  }
});
