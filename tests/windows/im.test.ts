/** The messaging engine in the program: the launcher's page reaches it, apps do not, and it survives a restart. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const PASSWORD = "coconut milk and honey";
const FRIEND = "DgjumZZLvGymHGbGTbwoxF2FMr9HCZ6kUC1bj96CkoUs";

interface Answer {
  code: number;
  message: string;
  data: unknown;
}

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let app: TestApp;

const start = async (...args: string[]) => {
  shell = await desktop.shell({ data: join(desktop.path, "data"), args });
  launcher = new Launcher(shell);
};

/** Calls a route as the page does, and waits for its answer. */
async function ask(module: string, method: string, request: object = {}): Promise<Answer> {
  const body = { ...request, __SERVER_ROUTE_MODULE: module, __SERVER_ROUTE_METHOD: method };
  await launcher.script(
    `window.answer = undefined;
     window.__TAURI_INTERNALS__.invoke("im", { request: arguments[0] }).then((answer) => { window.answer = answer; }, (error) => { window.answer = { code: 0, message: String(error) }; });`,
    body,
  );
  return until(`an answer of ${method}`, () => launcher.script<Answer | undefined>("return window.answer ?? undefined").then((answer) => answer ?? false));
}

/** The data of a route that must succeed. */
async function get(module: string, method: string, request: object = {}): Promise<unknown> {
  const answer = await ask(module, method, request);
  expect(answer, `${method}: ${answer.message}`).toMatchObject({ code: 200 });
  return answer.data;
}

beforeAll(async () => {
  desktop = await Desktop.open();
  app = makeApp(desktop.path, { title: "An app" });
  await start("--install", app.folder);
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("makes an account and keeps a message, and tells the page of it", async () => {
  expect(await ask("chat", "getConversations")).toMatchObject({ code: 20061 });
  await get("login", "init");
  await get("login", "register", { imPwd: PASSWORD, walletPwd: "a wallet password", type: "text" });
  expect(await get("login", "exportLogin", { password: PASSWORD })).toEqual({ value: -2 });

  await launcher.script(`window.heard = [];
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    const id = transformCallback(({ message }) => window.heard.push(...(message ?? [])));
    return invoke("im", { events: "__CHANNEL__:" + id });`);
  await get("socketEvent", "addReceive", { identifier: "page" });
  await get("contact", "addFriend", { nodeId: FRIEND, content: "Hello" });
  await get("chat", "createConversation", { cnd: FRIEND, cid: FRIEND, conversationType: 1 });
  const sent = await get("chat", "sendTextMessage", { cnd: FRIEND, cid: FRIEND, conversationType: 0, pub: "", text: "Good morning" });
  expect(sent).toMatchObject([{ msg_cry: '{"text":"Good morning"}', msg_is_send: 0 }]);
  await until("the event", () => launcher.script<boolean>(`return window.heard.some(({ event, type }) => event === "page" && type === "messageAdded")`));
});

it("is not there for apps", async () => {
  await launcher.open(app);
  await shell.app(app.host);
  const refused = await shell.driver.executeAsyncScript<string>(
    `const done = arguments[0];
     window.__TAURI_INTERNALS__.invoke("im", { request: { __SERVER_ROUTE_MODULE: "login", __SERVER_ROUTE_METHOD: "init" } }).then((answer) => done("answered " + JSON.stringify(answer)), (error) => done("refused " + error));`,
  );
  expect(refused).toMatch(/^refused /);
});

it("still has everything after a restart, for whoever knows the password", async () => {
  await shell.quit();
  await start();
  expect(await ask("chat", "getConversations")).toMatchObject({ code: 20061 });
  await get("login", "init");
  expect(await ask("login", "exportLogin", { password: "not the password" })).toMatchObject({ code: 20010 });
  await get("login", "exportLogin", { password: PASSWORD });
  expect(await get("chat", "getConversations")).toMatchObject([{ rs_id: FRIEND, msg_cry: '{"text":"Good morning"}' }]);
  expect(await get("login", "exportLogout")).toEqual({ status: true });
});
