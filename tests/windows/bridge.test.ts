/** Every command, called by a page in a real window, and its effect seen outside the page. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDisplay, type Display } from "../lib/display.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { folder, program, ROOT } from "../lib/paths.js";
import { Shell, type Answer } from "../lib/shell.js";
import { until } from "../lib/wait.js";
import bitcoinMessage from "bitcoinjs-message";

const CLIENTS = join(ROOT, "tests/fixtures/clients");
const UMD = join(ROOT, "messagehandler-js/dist/umd/messagehandler.js");

/** With a byte order mark, which is a part of it. */
const LONG = `\ufeff${"zwölf 你好 🥥\r\n".repeat(20_000)}`;

let display: Display;
let shell: Shell;
let app: TestApp;
const work = folder();
const data = join(work.path, "data");

/** Calls a command by the first client and gives the answer that its callback got. */
async function first(cmd: string, payload: unknown = {}): Promise<Answer> {
  const script = "const [cmd, payload, done] = arguments; window.first.sendMessageToParent(cmd, payload, done);";
  return (await shell.driver.executeAsyncScript(script, cmd, payload)) as Answer;
}

/** Runs an expression in the page, with `second` for the second client. */
async function second(expression: string): Promise<unknown> {
  return shell.driver.executeAsyncScript(
    `const done = arguments[0];
     (async () => (${expression}))().then((value) => done({ value }), (error) => done({ code: error.code, message: error.message }));`,
  );
}

async function inPage<T>(expression: string): Promise<T> {
  return (await shell.driver.executeScript(`return ${expression}`)) as T;
}

beforeAll(async () => {
  display = await openDisplay();
  app = makeApp(work.path, {
    title: "Both clients",
    version: "1.2.0",
    from: CLIENTS,
    files: {
      "messagehandler.js": readFileSync(UMD),
      "files/text.txt": "zwölf Boxkämpfer 你好 مرحبا 🥥\n",
      "files/large.bin": randomBytes(700_001),
      "files/long ä%.txt": LONG,
      "files/bytes.bin": Uint8Array.from({ length: 256 }, (_, index) => index),
    },
  });
  shell = await Shell.start({ display: display.name, data, args: ["--install", app.folder, "--open", app.address], env: { LANG: "ko_KR.UTF-8" } });
  await shell.report("loaded");
  await shell.app(app.host);
  await until("both clients are there", () => inPage<boolean>("document.body.dataset.ready === 'yes'"));
});

afterAll(async () => {
  await shell?.quit();
  await display?.close();
  work.remove();
});

describe("before the page's first script", () => {
  it("finds the older bridge, the capabilities, no wallet, and itself at the root", async () => {
    const found = await inPage<{ capabilities: { cmd: string; level: number }[] } & Record<string, unknown>>("window.found");
    expect(found).toMatchObject({ bridge: "object", callbacks: true, ethereum: false, path: "/" });
    expect(found.capabilities.map(({ cmd }) => cmd).sort()).toEqual(
      ["checkDownloadStatus", "copyToClipboard", "decrypt", "downloadFile", "encrypt", "extractFile", "generateQRCode", "generateSignature",
        "getAccount", "getExtendedData", "getLanguage", "getSafeAreaInsets", "onload", "openURL", "readFile", "saveImage", "saveVideo",
        "scanQRCode", "setExtendedData", "verifySignature"],
    );
  });
});

describe("each command", () => {
  it("onload is told to the host, with what the package says", async () => {
    expect(await first("onload", { data: { name: "Both clients", version: "v1.2.0" }, messageId: 1 })).toEqual({ code: 200, cmd: "onload", messageId: 1 });
    expect(await shell.report("onload")).toMatchObject({ name: "Both clients", version: "v1.2.0", asSigned: true });
    await first("onload", { data: { name: "Another", version: "v9" } });
    expect(await shell.report("onload", { name: "Another" })).toMatchObject({ asSigned: false });
  });

  it("getSafeAreaInsets and getLanguage", async () => {
    expect(await first("getSafeAreaInsets")).toEqual({ code: 200, cmd: "getSafeAreaInsets", result: { safeAreaTop: 0, safeAreaBottom: 0 } });
    expect(await first("getLanguage")).toEqual({ code: 200, cmd: "getLanguage", result: "ko" });
  });

  it("readFile gives what lies in the signed folder", async () => {
    const text = await first("readFile", { data: { path: `${app.address}/files/text.txt` } });
    expect(text.result).toBe(readFileSync(join(app.folder, "files/text.txt"), "utf8"));
    const bytes = await first("readFile", { data: { path: `${app.address}/files/bytes.bin`, type: "Base64" } });
    expect(Buffer.from(bytes.result as string, "base64")).toEqual(readFileSync(join(app.folder, "files/bytes.bin")));
    for (const path of ["files", "content.json", "../device.key", "files/%74ext.txt", "Files/text.txt"]) {
      expect(await first("readFile", { data: { path: `${app.address}/${path}` } }), path).toMatchObject({ code: 30005 });
    }
  });

  it("copyToClipboard reaches another program", async () => {
    const text = `Überraschung 剪贴板 🥥 ${Math.random()}\nsecond line`;
    expect(await first("copyToClipboard", { data: { text } })).toEqual({ code: 200, cmd: "copyToClipboard" });
    const pasted = execFileSync("xclip", ["-selection", "clipboard", "-out"], { env: { ...process.env, DISPLAY: display.name }, encoding: "utf8" });
    expect(pasted).toBe(text);
  });

  it("generateQRCode is read by another program", async () => {
    const text = `https://example.org/?q=${"ä€🥥".repeat(12)}`;
    const answer = await first("generateQRCode", { data: { text } });
    const png = join(work.path, "code.png");
    writeFileSync(png, Buffer.from((answer.result as string).replace("data:image/png;base64,", ""), "base64"));
    expect(execFileSync("zbarimg", ["--quiet", "--raw", "-Sbinary", png]).toString("utf8")).toBe(text);
  });

  it("setExtendedData and getExtendedData keep a value to the letter", async () => {
    // As text, since WebDriver itself does not carry every value.
    for (const extend of ['{"b":1,"a":[1.5,null,"ä"],"__proto__":{"polluted":true}}', '"text"', "0", "false", "null", "[]"]) {
      const answers = await shell.driver.executeAsyncScript(
        `const [extend, done] = arguments;
         window.first.sendMessageToParent("setExtendedData", { data: { extend: JSON.parse(extend) } }, (stored) =>
           window.first.sendMessageToParent("getExtendedData", {}, (read) => done([stored.code, JSON.stringify(read.result)])));`,
        extend,
      );
      expect(answers).toEqual([200, extend]);
    }
    await first("setExtendedData", { data: { extend: "kept" } });
    const large = "const [done] = arguments; window.first.sendMessageToParent('setExtendedData', {data: {extend: 'a'.repeat(1048575)}}, done)";
    expect(await shell.driver.executeAsyncScript(large)).toMatchObject({ code: 30010 });
    expect((await first("getExtendedData")).result).toBe("kept");
  });

  it("getAccount, generateSignature and verifySignature agree with another implementation", async () => {
    const address = (await first("getAccount")).result as string;
    const message = "signed in a window 你好";
    const signature = (await first("generateSignature", { data: { message } })).result as string;
    expect(bitcoinMessage.verify(message, address, signature)).toBe(true);
    expect(bitcoinMessage.verify("another", address, signature)).toBe(false);
    expect(await first("verifySignature", { data: { message, signatureData: signature } })).toMatchObject({ code: 200, result: true });
    expect(await first("verifySignature", { data: { message: "another", signatureData: signature } })).toMatchObject({ code: 200, result: false });
    const key = Buffer.from((await first("getAccount", { data: { type: 1 } })).result as string, "base64");
    expect([key.length, [2, 3].includes(key[0]!)]).toEqual([33, true]);
  });

  it("encrypt and decrypt are each other's inverse, for this account alone", async () => {
    const message = "nur für dich 你好 🥥\u0000".repeat(50);
    const encrypted = (await first("encrypt", { data: { message } })).result as string;
    expect(Buffer.from(encrypted, "base64").subarray(16, 20).toString("hex")).toBe("02ca0020");
    expect(await first("decrypt", { data: { encryptedData: encrypted } })).toEqual({ code: 200, cmd: "decrypt", result: message });
    expect(await first("decrypt", { data: { content: encrypted } })).toMatchObject({ code: 200, result: message });
    const tampered = Buffer.from(encrypted, "base64");
    tampered[100]! ^= 1;
    expect(await first("decrypt", { data: { content: tampered.toString("base64") } })).toMatchObject({ code: 30001, message: expect.stringContaining("data.content") });
  });

  it("a large file is the same by readFile as by fetch, as Base64 and as text", async () => {
    const large = readFileSync(join(app.folder, "files/large.bin"));
    const bytes = await first("readFile", { data: { path: `${app.address}/files/large.bin`, type: "Base64" }, messageId: "x" });
    expect(Buffer.from(bytes.result as string, "base64").equals(large)).toBe(true);
    expect(bytes).not.toHaveProperty("data");
    expect((await first("readFile", { data: { path: `${app.address}/files/long ä%.txt` } })).result).toBe(LONG);
    expect(await first("readFile", { data: { path: `${app.address}/files/large.bin` } })).toMatchObject({ code: 30001, message: expect.stringContaining("Base64") });
  });

  it("answers for what is not there", async () => {
    expect(await first("nope")).toMatchObject({ code: 30004, cmd: "nope" });
    expect(await first("writeFile", { data: { path: "x" } })).toMatchObject({ code: 30004 });
    expect(await first("connectCocoPay", { data: { chainList: ["ETH"] } })).toMatchObject({ code: 30100, message: "connectCocoPay: not available yet" });
    expect(await first("registerService", { data: { serviceKey: "x" } })).toMatchObject({ code: 30002 });
    expect(await first("registerService", { sign: { content: "{}", signature: "x" } })).toMatchObject({ code: 30003 });
  });
});

describe("the second generation of client", () => {
  it("works unmodified", async () => {
    expect(await second("second.getLanguage()")).toEqual({ value: "ko" });
    const address = (await first("getAccount")).result;
    expect(await second("second.getAccount()")).toEqual({ value: address });
    expect(await second(`second.readFile("${app.address}/files/text.txt")`)).toMatchObject({ value: expect.stringContaining("你好") });
    expect(await second(`second.call("copyToClipboard", { text: "by the second" })`)).toEqual({ value: null });
    expect(await second(`second.call("generateSignature", { message: "m" }).then((signature) => second.verifySignature("m", signature))`)).toEqual({ value: true });
    expect(await second(`second.call("getAccount", { type: 7 })`)).toMatchObject({ code: 30001, message: expect.stringContaining("data.type") });
  });
});

describe("correlation", () => {
  it("the page never sees its own requests, and other messages pass untouched", async () => {
    await inPage("(window.seen.length = 0, window.postMessage({ type: 'hot-update', cmd2: 1 }, '*'), window.postMessage('text', '*'), undefined)");
    await first("getLanguage");
    const seen = await until("three messages", () => inPage<unknown[]>("window.seen.length >= 3 && window.seen"));
    expect(seen).toEqual([{ type: "hot-update", cmd2: 1 }, "text", { code: 200, cmd: "getLanguage", result: "ko" }]);
  });

  it("ids come back with value and type, and none is invented", async () => {
    for (const messageId of [0, -1.5, 1703143355158, "", "text", "ü"]) {
      const answer = await shell.post({ cmd: "getLanguage", messageId });
      expect([answer.messageId, typeof answer.messageId]).toEqual([messageId, typeof messageId]);
    }
    expect(Object.keys(await first("getLanguage"))).not.toContain("messageId");
  });

  it("of two requests alike only the newer is answered", async () => {
    const answers = await shell.driver.executeAsyncScript<unknown>(
      `const [address, done] = arguments;
       window.seen.length = 0;
       for (const name of ["index.html", "files/text.txt"]) window.parent.postMessage({ cmd: "readFile", data: { path: address + "/" + name } }, "*");
       // It waits its turn behind them.
       window.first.sendMessageToParent("getAccount", {}, () => done(window.seen.filter(({ cmd }) => cmd === "readFile").map(({ result }) => result)));`,
      app.address,
    );
    expect(answers).toEqual([readFileSync(join(app.folder, "files/text.txt"), "utf8")]);
  });

  it("the older bridge calls back each of its own calls", async () => {
    const answers = await shell.driver.executeAsyncScript(
      `const done = arguments[0];
       const answers = [];
       const take = (answer) => { answers.push(answer); if (answers.length === 4) done(answers); };
       WebViewJavascriptBridge.callHandler("bridgeHandler", take);
       WebViewJavascriptBridge.callHandler("getLanguage", {}, take);
       WebViewJavascriptBridge.callHandler("getLanguage", { messageId: 5 }, take);
       WVJBCallbacks.push((bridge) => bridge.callHandler("getLanguage", take));`,
    );
    expect(answers).toHaveLength(4);
    expect(answers).toEqual(expect.arrayContaining([
      { code: 200, cmd: "bridgeHandler" },
      expect.objectContaining({ code: 200, cmd: "getLanguage", result: "ko", messageId: 5 }),
    ]));
  });
});

describe("bad input", () => {
  it("every request of a flood is answered once", async () => {
    const counts = await shell.driver.executeAsyncScript<Record<string, number>>(
      `const done = arguments[0];
       const answered = new Map();
       window.addEventListener("message", ({ data }) => {
         if (data?.cmd !== "getAccount") return;
         answered.set(data.messageId, (answered.get(data.messageId) ?? 0) + 1);
         counts[data.code] = (counts[data.code] ?? 0) + 1;
         if (answered.size === 10000) setTimeout(tell, 200);
       });
       const counts = {};
       const tell = () => done({ ...counts, twice: [...answered.values()].filter((count) => count > 1).length });
       // What came until then says more than that not all did.
       setTimeout(tell, 50_000);
       for (let messageId = 0; messageId < 10000; messageId += 1) window.parent.postMessage({ cmd: "getAccount", messageId }, "*");`,
    );
    const { twice, ...codes } = counts;
    expect(twice).toBe(0);
    expect(Object.values(codes).reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(Object.keys(codes).every((code) => ["200", "30100"].includes(code))).toBe(true);
    expect((await first("getLanguage")).code).toBe(200);
  });

  it("what cannot travel or makes no sense gets a clear code", async () => {
    const post = (request: string) =>
      shell.driver.executeAsyncScript<Answer>(
        `const done = arguments[0];
         const request = ${request};
         window.addEventListener("message", function listen({ data }) {
           if (!data || !("code" in data)) return;
           window.removeEventListener("message", listen);
           // WebDriver itself cannot carry every value that an id may have.
           done({ code: data.code, message: data.message, same: Object.is(data.messageId, request.messageId) || typeof data.messageId === "object" });
         });
         window.parent.postMessage(request, "*");`,
      );
    for (const [request, code] of [
      ["{ cmd: 5, messageId: 1 }", 30001],
      ["{ cmd: null }", 30001],
      ["{ cmd: { toString: 1 }, messageId: { valueOf: 1 } }", 30001],
      ["{ cmd: 'readFile', data: 'text', messageId: 2 }", 30001],
      ["{ cmd: 'readFile', data: [], messageId: 3 }", 30001],
      ["{ cmd: 'readFile', data: { path: 10n }, messageId: 4 }", 30001],
      ["{ cmd: 'setExtendedData', data: { extend: '\\ud800' }, messageId: 5 }", 30001],
      ["(() => { const loop = { cmd: 'getLanguage', messageId: 6 }; loop.loop = loop; return loop; })()", 30001],
      ["(() => { let deep = 1; for (let i = 0; i < 5000; i += 1) deep = [deep]; return { cmd: 'setExtendedData', data: { extend: deep }, messageId: 7 }; })()", 30001],
      ["{ cmd: 'copyToClipboard', data: { text: 'a'.repeat(3_000_000) }, messageId: 8 }", 30010],
      ["{ cmd: 'x'.repeat(100), messageId: 9 }", 30001],
      ["{ cmd: 'getLanguage', messageId: 'i'.repeat(1000) }", 30001],
      ["{ cmd: 'getLanguage', messageId: NaN }", 200],
    ] as const) {
      expect(await post(request), request).toMatchObject({ code, same: true });
    }
  });

  it("odd addresses of the page do not silence the bridge", async () => {
    for (const url of ["/?q={\"a\":[1]}|^`", "/route/with ümläut", "/#{}|^ [x]", `/?${"x".repeat(60_000)}`]) {
      await inPage(`history.pushState(null, "", ${JSON.stringify(url)})`);
      expect(await first("getLanguage"), url).toMatchObject({ code: 200 });
    }
    await inPage("history.pushState(null, '', '/')");
  });
});

describe("limits", () => {
  it("of sixteen calls in flight the last is told which limit it meets", async () => {
    const refused = await shell.driver.executeAsyncScript<Answer>(
      `const done = arguments[0];
       window.addEventListener("message", ({ data }) => { if (data?.cmd === "openURL" && "code" in data) done(data); });
       for (let messageId = 1; messageId <= 16; messageId += 1) {
         window.parent.postMessage({ cmd: "openURL", data: { url: "https://example.org/" + messageId }, messageId }, "*");
       }`,
    );
    expect(refused).toEqual({ code: 30100, cmd: "openURL", messageId: 16, message: expect.stringContaining("at most 15 may be in flight") });
    // The calls go with their page, and the question with them.
    await shell.driver.navigate().refresh();
    await until("both clients are there again", () => inPage<boolean>("document.body.dataset.ready === 'yes'"));
    expect(await first("getLanguage")).toMatchObject({ code: 200 });
  });

  it("an app that calls too often is told so, and may go on after a rest", async () => {
    const messages = await shell.driver.executeAsyncScript<string[]>(
      `const done = arguments[0];
       const messages = new Set();
       let answered = 0;
       window.addEventListener("message", function listen({ data }) {
         if (data?.cmd !== "getLanguage" || !("code" in data)) return;
         if (data.code !== 200) messages.add(data.message);
         if ((answered += 1) === 8000) { window.removeEventListener("message", listen); done([...messages]); }
       });
       for (let messageId = 0; messageId < 8000; messageId += 1) window.parent.postMessage({ cmd: "getLanguage", messageId }, "*");`,
    );
    expect(messages).toEqual([expect.stringContaining("at most 1000 a second")]);
    await until("a call is answered again", async () => (await first("getLanguage")).code === 200);
  });
});

describe("the bridge without a window", () => {
  it("is the same machine: same account, same stored data", async () => {
    const address = (await first("getAccount")).result;
    const requests = [
      { cmd: "getAccount", messageId: 1 },
      { cmd: "getExtendedData", messageId: "two" },
      { cmd: "readFile", path: `${app.address}/files/text.txt`, messageId: 3 },
    ];
    const input = `${requests.map((request) => JSON.stringify(request)).join("\n")}\nnonsense\n`;
    const output = execFileSync(program("coco"), ["bridge", "--app", app.folder, "--data", data], { input, encoding: "utf8" });
    const answers = output.trim().split("\n").map((line) => JSON.parse(line) as Answer);
    expect(answers).toHaveLength(4);
    expect(answers).toEqual(expect.arrayContaining([
      { code: 200, cmd: "getAccount", result: address, messageId: 1 },
      { code: 200, cmd: "getExtendedData", result: "kept", data: "kept", messageId: "two" },
      expect.objectContaining({ code: 200, cmd: "readFile", messageId: 3 }),
      expect.objectContaining({ code: 30001 }),
    ]));
  });
});
