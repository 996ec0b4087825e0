import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import type { CallInfo, Changes } from "../src/generated/inspector";
import { i18n } from "../src/i18n";
import { Calls, type Filter, formatBytes, formatDuration, passes } from "../src/inspector/calls";
import { asCode } from "../src/inspector/code";
import { base64Bytes, type Json, placeOf } from "../src/inspector/json";
import JsonTree from "../src/inspector/JsonTree.vue";
import "../src/inspector/texts";

function call(number: number, rest: Partial<CallInfo> = {}): CallInfo {
  return {
    number, window: "coco-a", address: "1Address", app: "Explorer", development: false, cmd: "getLanguage", messageId: null, level: 0, at: 0,
    state: "answered", code: 200, microseconds: 10, requestBytes: 1, answerBytes: 1, supersededBy: null, resent: null, package: null, ...rest,
  };
}

const news = (rest: Partial<Changes>): Changes => ({ language: "en", paused: false, revision: 1, oldest: 1, more: false, calls: [], windows: [], ...rest });

describe("the calls that are kept", () => {
  it("come in order, change in their place and go when the program forgets them", () => {
    const calls = new Calls();
    calls.take(news({ calls: [call(1, { state: "waiting", code: null }), call(2)], revision: 3 }));
    calls.take(news({ calls: [call(3), call(1)], revision: 5 }));
    expect(calls.all.value.map(({ number, state }) => `${number} ${state}`)).toEqual(["1 answered", "2 answered", "3 answered"]);
    expect(calls.revision).toBe(5);
    calls.take(news({ oldest: 3 }));
    expect(calls.all.value.map(({ number }) => number)).toEqual([3]);
    calls.take(news({ oldest: null }));
    expect(calls.all.value).toEqual([]);
  });

  it("pass a filter by window, command, outcome and words", () => {
    const all: Filter = { window: "", cmd: "", code: "", text: "" };
    const failed = call(1, { code: 30001, cmd: "readFile" });
    expect(passes(failed, all)).toBe(true);
    expect(passes(failed, { ...all, code: "failed", text: "explo READ 300" })).toBe(true);
    for (const no of [{ window: "coco-b" }, { cmd: "getAccount" }, { code: "ok" as const }, { text: "other" }]) expect(passes(failed, { ...all, ...no })).toBe(false);
    expect(passes(call(2, { state: "waiting", code: null }), { ...all, code: "waiting" })).toBe(true);
  });

  it("have figures that can be read at a glance", () => {
    expect([null, 12, 1234, 45_678, 2_345_678].map(formatDuration)).toEqual(["…", "12 µs", "1.2 ms", "46 ms", "2.3 s"]);
    expect([9, 1234, 45_678, 2_345_678].map(formatBytes)).toEqual(["9 B", "1.2 kB", "46 kB", "2.3 MB"]);
  });
});

describe("the place that a message names", () => {
  const request: Json = { cmd: "x", data: { list: [{ deep: 1 }], path: 5 } };

  it.each([
    ["data.path: expected a string", ["data", "path"]],
    ["data.list[0].deep: wrong", ["data", "list", "0", "deep"]],
    ["data.list[7].deep: wrong", ["data", "list"]],
    ["data.gone: missing", ["data"]],
    ["cmd: `x` does not exist", ["cmd"]],
  ])("%s", (message, path) => expect(placeOf(message, request)?.path).toEqual(path));

  it("is looked for at the top where there is no `data`", () => {
    expect(placeOf("data.path: missing", { cmd: "x", path: 5 })?.path).toEqual(["path"]);
  });

  it("is none in other messages", () => {
    for (const message of ["user rejected", "", "getAccount: not available yet"]) expect(placeOf(message, request)).toBeNull();
    expect(placeOf("data.path: missing", undefined)).toBeNull();
  });
});

it("Base64 is recognised by its look, and measured", () => {
  const text = btoa("coconut".repeat(10));
  expect(base64Bytes(text)).toBe(70);
  expect(base64Bytes(`data:image/png;base64,${text}`)).toBe(70);
  for (const none of ["", "short", "with spaces ".repeat(8), `${text}!`, "data:image/png;base64,"]) expect(base64Bytes(none)).toBeNull();
});

describe("a call as code", () => {
  const request: Json = { cmd: "readFile", messageId: 4, data: { path: "a/b" } };

  it("for each client", () => {
    expect(asCode("line", request)).toBe('{"cmd":"readFile","messageId":4,"data":{"path":"a/b"}}');
    expect(asCode("promise", request)).toBe('const result = await coco.readFile({\n  "path": "a/b"\n});');
    expect(asCode("handler", request)).toContain('sendMessageToParent("readFile", {\n  "messageId": 4,');
  });

  it("without parameters, with those at the top, and with a certificate", () => {
    expect(asCode("promise", { cmd: "getAccount" })).toBe("const result = await coco.getAccount();");
    expect(asCode("promise", { cmd: "getAccount", type: 1 })).toBe('const result = await coco.getAccount({\n  "type": 1\n});');
    expect(asCode("promise", { cmd: "checkServiceStatus", sign: { content: "c" } })).toContain("coco.checkServiceStatus(null, {\n  \"sign\":");
  });
});

describe("the tree", () => {
  const tree = (value: Json, marked: string[] | null = null) => mount(JsonTree, { props: { value, marked }, global: { plugins: [i18n] } });

  it("folds what is deep, opens the way to what is marked", () => {
    const value: Json = { a: { b: { c: { d: "found" } } } };
    expect(tree(value).text()).not.toContain("found");
    const open = tree(value, ["a", "b", "c", "d"]);
    expect(open.text()).toContain("found");
    expect(open.findAll("[data-marked]").map((node) => node.attributes("data-path"))).toEqual(["a.b.c.d"]);
  });

  it("shortens long texts and long lists until more is asked for", async () => {
    const shown = tree({ text: "x ".repeat(300), list: Array.from({ length: 150 }, (_, index) => index) });
    expect(shown.text()).toContain("…");
    expect(shown.findAll("[data-path^='list.']")).toHaveLength(100);
    await shown.findAll(".more").at(-1)?.trigger("click");
    expect(shown.findAll("[data-path^='list.']")).toHaveLength(150);
    await shown.find(".more").trigger("click");
    expect(shown.text()).toContain("x ".repeat(299));
  });
});
