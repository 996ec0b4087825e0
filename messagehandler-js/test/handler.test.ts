import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MessageHandler } from "../src/index.js";
import { inFrame } from "./host.js";

const parent = inFrame();
let handler: MessageHandler;
beforeEach(() => void (handler = new MessageHandler()));
afterEach(() => handler.dispose());

describe("a request", () => {
  it("is one object of the command and the payload, posted to the parent", () => {
    handler.sendMessageToParent("readFile", { data: { path: "1abc/a.txt" }, messageId: 7 });
    expect(parent.posted).toEqual([{ cmd: "readFile", data: { path: "1abc/a.txt" }, messageId: 7 }]);
    expect(vi.mocked(parent.window.postMessage)).toHaveBeenCalledWith(expect.anything(), "*");
  });

  it("needs no payload", () => {
    handler.sendMessageToParent("getLanguage");
    handler.sendMessageToParent("getLanguage", null);
    expect(parent.posted).toEqual([{ cmd: "getLanguage" }, { cmd: "getLanguage" }]);
  });

  it("keeps its command whatever the payload says", () => {
    handler.sendMessageToParent("other", { cmd: "evil" } as unknown as { data: string });
    expect(parent.posted).toEqual([{ cmd: "other" }]);
  });

  it("with a code is refused, because it would look like an answer", () => {
    expect(() => handler.sendMessageToParent("other", { code: 200 } as unknown as { data: string })).toThrow(TypeError);
    expect(parent.posted).toEqual([]);
  });

  it("that cannot travel throws and leaves the call before it waiting", () => {
    const older = vi.fn();
    handler.sendMessageToParent("other", {}, older);
    expect(() => handler.sendMessageToParent("other", { data: () => 0 }, vi.fn())).toThrow();
    parent.answer({ code: 200, cmd: "other" });
    expect(older).toHaveBeenCalledOnce();
  });
});

describe("an answer", () => {
  it("reaches its callback once", () => {
    const callback = vi.fn();
    handler.sendMessageToParent("getLanguage", {}, callback);
    parent.answer({ code: 200, cmd: "getLanguage", result: "en" });
    parent.answer({ code: 200, cmd: "getLanguage", result: "th" });
    expect(callback.mock.calls).toEqual([[{ code: 200, cmd: "getLanguage", result: "en" }]]);
  });

  it("is matched by command and id together, and by the id's type", () => {
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(name);
    handler.sendMessageToParent("a", { messageId: 1 }, note("a 1"));
    handler.sendMessageToParent("a", { messageId: "1" }, note("a '1'"));
    handler.sendMessageToParent("a", {}, note("a"));
    handler.sendMessageToParent("b", { messageId: 1 }, note("b 1"));
    parent.answer({ code: 200, cmd: "b", messageId: 1 });
    parent.answer({ code: 200, cmd: "a", messageId: "1" });
    parent.answer({ code: 200, cmd: "a", messageId: 2 });
    parent.answer({ code: 200, cmd: "a" });
    parent.answer({ code: 200, cmd: "a", messageId: 1 });
    expect(calls).toEqual(["b 1", "a '1'", "a", "a 1"]);
  });

  it.each([{}, { messageId: 5 }])("goes to the newer of two calls that look alike: %j", (id) => {
    const [older, newer] = [vi.fn(), vi.fn()];
    handler.sendMessageToParent("scan", id, older);
    handler.sendMessageToParent("scan", id, newer);
    parent.answer({ code: 200, cmd: "scan", ...id });
    parent.answer({ code: 200, cmd: "scan", ...id });
    expect(older).not.toHaveBeenCalled();
    expect(newer).toHaveBeenCalledOnce();
  });

  it("does not reach an older callback when the newer call has none", () => {
    const older = vi.fn();
    handler.sendMessageToParent("scan", {}, older);
    handler.sendMessageToParent("scan");
    parent.answer({ code: 200, cmd: "scan" });
    expect(older).not.toHaveBeenCalled();
  });

  it("may arrive while the request is being posted", () => {
    const callback = vi.fn();
    vi.mocked(parent.window.postMessage).mockImplementation(() => parent.answer({ code: 200, cmd: "a" }));
    handler.sendMessageToParent("a", {}, callback);
    expect(callback).toHaveBeenCalledOnce();
  });

  it("may make its callback send the same command again", () => {
    const again = vi.fn();
    handler.sendMessageToParent("a", {}, () => handler.sendMessageToParent("a", {}, again));
    parent.answer({ code: 200, cmd: "a" });
    expect(again).not.toHaveBeenCalled();
    parent.answer({ code: 200, cmd: "a" });
    expect(again).toHaveBeenCalledOnce();
  });

  it("whose callback throws is reported and stops no other", () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const [other, failure] = [vi.fn(), new Error("of the app")];
    handler.sendMessageToParent("a", {}, () => {
      throw failure;
    });
    handler.sendMessageToParent("b", {}, other);
    const second = new MessageHandler();
    second.sendMessageToParent("a", {}, other);
    parent.answer({ code: 200, cmd: "a" });
    parent.answer({ code: 200, cmd: "b" });
    second.dispose();
    expect(reported.mock.calls).toEqual([[failure]]);
    expect(other).toHaveBeenCalledTimes(2);
    vi.unstubAllGlobals();
  });

  it("is believed from the host alone, not from an embedded frame", () => {
    const callback = vi.fn();
    handler.sendMessageToParent("a", {}, callback);
    parent.answer({ code: 200, cmd: "a" }, { postMessage: vi.fn() } as unknown as Window);
    expect(callback).not.toHaveBeenCalled();
    parent.answer({ code: 200, cmd: "a" }, parent.window);
    expect(callback).toHaveBeenCalledOnce();
  });
});

describe("what is no answer", () => {
  const others = [null, undefined, 1, "text", [], {}, { cmd: "a" }, { code: 200 }, { cmd: 1, code: 200 }, { cmd: "a", code: "200" }];
  it.each(others)("is passed over: %j", (message) => {
    const callback = vi.fn();
    handler.sendMessageToParent("a", {}, callback);
    parent.answer(message);
    expect(callback).not.toHaveBeenCalled();
  });
});

describe("a disposed handler", () => {
  it("neither sends nor answers", () => {
    const callback = vi.fn();
    handler.sendMessageToParent("a", {}, callback);
    handler.dispose();
    handler.sendMessageToParent("b", {}, callback);
    parent.answer({ code: 200, cmd: "a" });
    parent.answer({ code: 200, cmd: "b" });
    expect(callback).not.toHaveBeenCalled();
    expect(parent.posted).toEqual([{ cmd: "a" }]);
  });
});
