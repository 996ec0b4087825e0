import { afterEach, describe, expect, it } from "vitest";
import { MessageHandler, type Answer } from "../src/index.js";
import { mockHost, Refusal, type Replies } from "../src/mock.js";

// The page is its own top window here: its requests come back to it, as in a window of CocoCat.
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

function open(replies: Replies): (cmd: string, payload?: object) => Promise<Answer> {
  cleanups.push(mockHost(replies));
  const handler = new MessageHandler();
  cleanups.push(() => handler.dispose());
  return (cmd, payload) => new Promise((resolve) => handler.sendMessageToParent(cmd, payload as { data?: unknown }, resolve));
}

/** Resolves when every message posted so far has been delivered. */
function delivered(): Promise<void> {
  return new Promise((resolve) => {
    const wait = (event: MessageEvent): void => {
      if (event.data?.mark !== true) return;
      window.removeEventListener("message", wait);
      resolve();
    };
    window.addEventListener("message", wait);
    window.postMessage({ mark: true }, "*");
  });
}

describe("a page without a host", () => {
  it("does not take its own request for the answer", async () => {
    const handler = new MessageHandler();
    cleanups.push(() => handler.dispose());
    const answers: Answer[] = [];
    handler.sendMessageToParent("getLanguage", {}, (answer) => answers.push(answer));
    await delivered();
    expect(answers).toEqual([]);
  });
});

describe("the mock host", () => {
  it("answers with what the reply gives, and the request's command and id", async () => {
    const call = open({ getLanguage: () => "th", echo: async (data) => data });
    expect(await call("getLanguage")).toEqual({ code: 200, cmd: "getLanguage", result: "th" });
    expect(await call("echo", { data: { a: 1 }, messageId: "x" })).toEqual({ code: 200, cmd: "echo", messageId: "x", result: { a: 1 } });
  });

  it("answers without a result when the reply gives none", async () => {
    expect(await open({ onload: () => undefined })("onload", { data: {} })).toEqual({ code: 200, cmd: "onload" });
  });

  it("takes parameters at the top level", async () => {
    const call = open({ echo: (data) => data.a as string });
    expect(await call("echo", { a: "b" })).toMatchObject({ result: "b" });
  });

  it("refuses unknown commands, calls without a certificate, and what a reply refuses", async () => {
    const call = open({
      checkServiceStatus: () => true,
      scanQRCode: () => {
        throw new Refusal(30100, "user rejected");
      },
    });
    expect(await call("toString")).toMatchObject({ code: 30004, cmd: "toString" });
    expect(await call("checkServiceStatus")).toMatchObject({ code: 30002 });
    expect(await call("checkServiceStatus", { sign: { content: "{}", signature: "x" } })).toMatchObject({ code: 200, result: true });
    expect(await call("scanQRCode")).toMatchObject({ code: 30100, message: "user rejected" });
  });

  it("lets nobody else hear requests, and answers nothing once it is gone", async () => {
    const heard: unknown[] = [];
    const remove = mockHost({ a: () => 1 });
    const listen = (event: MessageEvent): void => void heard.push(event.data);
    window.addEventListener("message", listen);
    cleanups.push(() => window.removeEventListener("message", listen));
    window.postMessage({ cmd: "a" }, "*");
    await delivered();
    expect(heard).not.toContainEqual({ cmd: "a" });
    remove();
    window.postMessage({ cmd: "b" }, "*");
    await delivered();
    expect(heard).toContainEqual({ cmd: "b" });
    expect(heard).not.toContainEqual(expect.objectContaining({ cmd: "b", code: 30004 }));
  });
});
