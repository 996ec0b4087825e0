import { afterEach, describe, expect, it, vi } from "vitest";
import { coco, CocoError, createClient, isInHost, supports } from "../src/index.js";
import { startMockHost, type MockHost, type MockOptions } from "../src/mock.js";

let host: MockHost | undefined;
const start = (options?: MockOptions): MockHost => (host = startMockHost(options));
afterEach(() => host?.stop());

/** Code and message of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<[number, string]> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CocoError)) throw new Error(`expected a failure, not ${String(error)}`);
  return [error.code, error.message];
}

const sign = { content: "{}", signature: "x" };

describe("a mock host", () => {
  it("answers every command, as a host would", async () => {
    start({ language: "th", app: "1App", files: { "a.txt": "ä", "b.bin": Uint8Array.of(255, 0) }, scanned: "found" });
    expect([isInHost(), supports("decrypt"), await coco.getLanguage()]).toEqual([true, true, "th"]);
    expect(await coco.onload({ name: "n", version: "1" })).toBeUndefined();
    expect(await coco.getSafeAreaInsets()).toEqual({ safeAreaTop: 0, safeAreaBottom: 0 });
    expect(await coco.readFile({ path: "1App/a.txt" })).toBe("ä");
    expect(await coco.readFile({ path: "1App/b.bin", type: "Base64" })).toBe("/wA=");
    expect(await coco.scanQRCode()).toBe("found");
    expect(await coco.generateQRCode({ text: "x" })).toMatch(/^data:image\/png;base64,/);
    expect(await coco.getAccount()).toMatch(/^1/);
    expect(atob(await coco.getAccount({ type: 1 }))).toHaveLength(33);
    const signature = await coco.generateSignature({ message: "m" });
    expect(atob(signature)).toHaveLength(65);
    expect(await coco.verifySignature({ message: "m", signatureData: signature })).toBe(true);
    expect(await coco.verifySignature({ message: "n", signature })).toBe(false);
    expect(await coco.decrypt({ content: await coco.encrypt({ message: "nur für dich 你好" }) })).toBe("nur für dich 你好");
    expect(await coco.checkDownloadStatus({ fileName: "a.zip" })).toBe(false);
    await coco.downloadFile({ url: "https://example.org/a.zip", fileName: "a.zip" });
    expect(await coco.checkDownloadStatus({ fileName: "a.zip" })).toBe(true);
    await coco.extractFile({ archivePath: "a.zip" });
    await Promise.all([coco.openURL({ url: "https://example.org" }), coco.saveImage({ image: "data:," }), coco.saveVideo({ video: "x" }), coco.copyToClipboard({ text: "x" })]);
    expect(await coco.connectCocoPay({ chainList: ["tron"] })).toMatchObject({ chainType: "TRON" });
    const certified = createClient({ sign });
    await certified.registerService({ serviceKey: "k" });
    expect(await certified.checkServiceStatus()).toBe(true);
    expect(await certified.sendServiceMessage({ type: "HTTP", content: { method: "GET", url: "/" } })).toBeNull();
  });

  it("keeps a value of its own, up to the size that a host keeps", async () => {
    start();
    expect(await coco.getExtendedData()).toBeNull();
    const value = { list: [1, { a: null }] };
    await coco.setExtendedData({ extend: value });
    value.list.push(2);
    expect(await coco.getExtendedData()).toEqual({ list: [1, { a: null }] });
    expect((await failure(coco.setExtendedData({ extend: "x".repeat(1_048_576) })))[0]).toBe(30010);
    expect(await coco.getExtendedData()).toEqual({ list: [1, { a: null }] });
  });

  it("keeps it over a reload if told to", async () => {
    start({ persist: "mock-data" });
    await coco.setExtendedData({ extend: "kept" });
    host?.stop();
    start({ persist: "mock-data" });
    expect(await coco.getExtendedData()).toBe("kept");
    localStorage.removeItem("mock-data");
  });

  it("refuses what a host refuses, with its codes", async () => {
    start({ app: "1App", files: {} });
    expect(await failure(coco.readFile({ path: "1Other/a.txt" }))).toEqual([30005, expect.stringContaining("1App/")]);
    expect((await failure(coco.decrypt({ content: "bm90aGluZw==" })))[0]).toBe(30001);
    expect(await failure(coco.openURL({ url: "http://example.org" }))).toEqual([30001, expect.stringContaining("data.url")]);
    expect((await failure(coco.registerService({ serviceKey: "k" })))[0]).toBe(30002);
    expect((await failure(coco.call("nope")))[0]).toBe(30004);
    expect((await failure(coco.extractFile({ archivePath: "none.zip" })))[0]).toBe(30005);
    // Past the client's own check, as another client would send it.
    const answered = new Promise<unknown>((resolve) => window.addEventListener("message", ({ data }) => data?.messageId === "raw" && "code" in data && resolve(data)));
    window.postMessage({ cmd: "openURL", data: { url: 5 }, messageId: "raw" }, "*");
    expect(await answered).toMatchObject({ code: 30001, message: "data.url: invalid type: integer `5`, expected a string" });
  });

  it("reads files from the root of the page's own server, and takes no page for one", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: URL) => {
      asked.push(url.pathname);
      if (url.pathname === "/data/a%20b.json") return new Response("{}", { headers: { "content-type": "application/json" } });
      return new Response("<html>", { headers: { "content-type": "text/html" } });
    });
    start();
    expect(await coco.readFile({ path: "1Any/data/a b.json" })).toBe("{}");
    for (const path of ["1Any/none.json", "1Any/../a.json", "1Any//a.json", "1Any", "/a.json"]) expect((await failure(coco.readFile({ path })))[0], path).toBe(30005);
    expect(asked).toEqual(["/data/a%20b.json", "/none.json"]);
    vi.unstubAllGlobals();
  });

  it("takes answers in place of its own, and writes down each call", async () => {
    const account = vi.fn(() => "1Mine");
    const { calls } = start({ overrides: { getAccount: account, getLanguage: "ja" } });
    expect([await coco.getAccount({ type: 1 }), await coco.getLanguage()]).toEqual(["1Mine", "ja"]);
    expect(account).toHaveBeenCalledWith({ type: 1 }, expect.objectContaining({ cmd: "getAccount" }));
    await failure(coco.call("nope"));
    expect(calls).toEqual([
      { cmd: "getAccount", data: { type: 1 }, code: 200, result: "1Mine" },
      { cmd: "getLanguage", data: {}, code: 200, result: "ja" },
      { cmd: "nope", data: {}, code: 30004 },
    ]);
  });
});

describe("moods", () => {
  it("denied: the person says no to whatever asks them", async () => {
    start({ preset: "denied" });
    for (const call of [coco.openURL({ url: "https://example.org" }), coco.scanQRCode(), coco.saveImage({ image: "data:," }), coco.saveVideo({ video: "x" }), coco.downloadFile({ url: "https://example.org", fileName: "a" }), coco.connectCocoPay({ chainList: [] })]) {
      expect(await failure(call)).toEqual([30100, "user rejected"]);
    }
    expect(await coco.getLanguage()).toBe("en");
  });

  it("offline: downloads fail", async () => {
    start({ preset: "offline" });
    expect((await failure(coco.downloadFile({ url: "https://example.org", fileName: "a" })))[0]).toBe(30007);
    expect(await coco.checkDownloadStatus({ fileName: "a" })).toBe(false);
  });

  it("storage full, and signed out", async () => {
    start({ preset: "storageFull" });
    expect((await failure(coco.setExtendedData({ extend: 1 })))[0]).toBe(30010);
    host?.stop();
    start({ preset: "signedOut", overrides: { encrypt: "closed" } });
    expect(await failure(coco.getAccount())).toEqual([30100, expect.stringMatching(/^locked/)]);
    expect((await failure(coco.generateSignature({ message: "m" })))[0]).toBe(30100);
    expect(await coco.encrypt({ message: "m" })).toBe("closed");
  });

  it("slow: answers take as long as told", async () => {
    start({ preset: "slow", latency: 50 });
    expect((await failure(coco.call("getLanguage", {}, { timeout: 5 })))[0]).toBe(30011);
    expect(await coco.call("getLanguage", {}, { timeout: 60_000 })).toBe("en");
  });
});
