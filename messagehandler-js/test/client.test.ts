import { afterEach, describe, expect, it, vi } from "vitest";
import { capabilities, coco, CocoError, createClient, isInHost, startParameter, supports } from "../src/index.js";
import { mockHost } from "../src/mock.js";
import { inFrame } from "./host.js";

type Posted = { cmd: string; messageId: number; data: unknown; sign?: unknown };

describe("a call in a frame", () => {
  const parent = inFrame();
  const posted = (at: number): Posted => parent.posted[at] as Posted;
  const answer = (at: number, more: object): void => parent.answer({ cmd: posted(at).cmd, messageId: posted(at).messageId, ...more });

  it("gets its own answer, whatever the order", async () => {
    const calls = [coco.readFile({ path: "a" }), coco.readFile({ path: "b" })];
    answer(1, { code: 200, result: "B" });
    answer(0, { code: 200, result: "A" });
    expect(await Promise.all(calls)).toEqual(["A", "B"]);
    expect(posted(0).messageId).toBeGreaterThan(Date.now());
  });

  it("rejects with the host's code and message", async () => {
    const call = coco.scanQRCode();
    answer(0, { code: 30100, message: "user rejected" });
    const error = await call.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(CocoError);
    expect(error).toMatchObject({ code: 30100, cmd: "scanQRCode", message: "user rejected" });
  });

  it("rejects by its signal and drops the late answer", async () => {
    const control = new AbortController();
    const call = coco.getLanguage({}, { signal: control.signal });
    control.abort();
    answer(0, { code: 200, result: "en" });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await expect(coco.call("getLanguage", {}, { signal: control.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(parent.posted).toHaveLength(1);
  });

  it("is given up after 30 s, but for those that wait for a person or a download; an option overrides that", async () => {
    vi.useFakeTimers();
    try {
      const ended: string[] = [];
      const note = (name: string) => (error: CocoError) => void ended.push(`${name} ${error.code}`);
      coco.getLanguage().catch(note("getLanguage"));
      coco.openURL({ url: "https://example.org" }).catch(note("openURL"));
      coco.downloadFile({ url: "https://example.org", fileName: "a" }).catch(note("downloadFile"));
      createClient({ timeout: 50_000 }).scanQRCode().catch(note("scanQRCode"));
      await vi.advanceTimersByTimeAsync(29_999);
      expect(ended).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(ended).toEqual(["getLanguage 30011"]);
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(ended).toEqual(["getLanguage 30011", "scanQRCode 30011"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is held against its parameters before it is sent", async () => {
    const wrong: [string, unknown, string][] = [
      ["readFile", {}, "data: missing field `path`"],
      ["readFile", { path: 5 }, "data.path: invalid type: integer `5`, expected a string"],
      ["readFile", [], "data: expected an object"],
      ["getAccount", { type: 2 }, "data.type: expected 1 or nothing"],
      ["saveImage", { image: "", type: "x" }, "data.type: unknown variant `x`, expected `base64` or `path`"],
      ["verifySignature", { message: "m", signature: null }, "data: missing field `signatureData`"],
      ["downloadFile", { url: "", fileName: "", authorizations: [{ key: "a" }] }, "data.authorizations[0]: missing field `value`"],
      ["sendServiceMessage", { type: "HTTP", content: { method: "GET", url: "/", headers: { a: 1 } } }, "data.content.headers.a: invalid type: integer `1`, expected a string"],
    ];
    for (const [cmd, data, message] of wrong) {
      await expect(createClient().call(cmd as "of tomorrow", data as object)).rejects.toMatchObject({ code: 30001, message });
    }
    expect(parent.posted).toEqual([]);
  });

  it("carries a client's certificate where a level needs it, and a call's own always", () => {
    const [ours, own] = [{ content: "{}", signature: "a" }, { content: "{}", signature: "b" }];
    const client = createClient({ sign: ours, timeout: Infinity });
    void client.getLanguage();
    void client.checkServiceStatus();
    void client.getLanguage({}, { sign: own });
    void client.call("of tomorrow", { a: 1 });
    expect(parent.posted.map((request) => (request as Posted).sign)).toEqual([undefined, ours, own, ours]);
  });
});

describe("a page without a frame", () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

  it("hears at once that it is not inside CocoCat", async () => {
    expect([isInHost(), capabilities(), supports("encrypt")]).toEqual([false, [], false]);
    await expect(coco.getLanguage()).rejects.toThrow("not inside CocoCat");
  });

  it("knows what it was opened with", () => {
    cleanups.push(() => (location.hash = ""));
    expect(startParameter()).toBeNull();
    location.hash = "#start=a%3D1%26b%23%C3%BC+%22";
    expect(startParameter()).toBe('a=1&b#ü "');
  });

  it("finds a mock host in its place", async () => {
    cleanups.push(mockHost({ getLanguage: () => "th" }));
    expect([isInHost(), supports("getLanguage"), supports("encrypt")]).toEqual([true, true, false]);
    expect(await coco.getLanguage()).toBe("th");
    await expect(coco.encrypt({ message: "m" })).rejects.toMatchObject({ code: 30004 });
  });
});
