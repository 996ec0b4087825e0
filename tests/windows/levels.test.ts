/** Commands above level 0, called from a real window with certificates that a real authority issued. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDisplay, type Display } from "../lib/display.js";
import { coco, makeApp, type TestApp } from "../lib/packages.js";
import { folder } from "../lib/paths.js";
import { Shell } from "../lib/shell.js";

interface Sign {
  content: string;
  signature: string;
}

const work = folder();
const data = join(work.path, "data");
let display: Display;
let shell: Shell;
let app: TestApp;
let authority: TestApp;

const issue = (by: TestApp, address: string, ...more: string[]) => coco<Sign>("cert", "issue", "--key", by.key, "--app", address, ...more);
const register = (sign?: unknown) => shell.post({ cmd: "registerService", data: { serviceKey: "key" }, ...(sign === undefined ? {} : { sign }), messageId: 1 });

beforeAll(async () => {
  display = await openDisplay();
  app = makeApp(work.path, { title: "Certified", version: "2.3.0" });
  authority = makeApp(work.path);
  mkdirSync(data);
  coco("cert", "trust", authority.address, "--name", "Test authority", "--data", data);
  shell = await Shell.start({ display: display.name, data, args: ["--install", app.folder, "--open", app.address] });
  await shell.report("loaded");
  await shell.app(app.host);
});

afterAll(async () => {
  await shell?.quit();
  await display?.close();
  work.remove();
});

it("opens to a certificate that holds, for this and every further call", async () => {
  const sign = issue(authority, app.address, "--level", "8", "--version", "2.0.0");
  for (const _ of [1, 2]) expect(await register(sign)).toMatchObject({ code: 30100, message: "registerService: not available yet" });
  for (const cmd of ["checkServiceStatus", "sendServiceMessage"]) {
    expect(await shell.post({ cmd, sign, messageId: 1 })).toMatchObject({ code: 30100, message: `${cmd}: not available yet` });
  }
});

it("says that one is missing", async () => {
  for (const sign of [undefined, null, {}, { content: "", signature: " " }]) {
    expect(await register(sign), JSON.stringify(sign)).toMatchObject({ code: 30002 });
  }
});

it("refuses every other one, and says why", async () => {
  const sign = issue(authority, app.address, "--level", "8");
  const stranger = makeApp(work.path);
  const refused: [unknown, string][] = [
    [issue(authority, app.address, "--level", "7"), "level 7"],
    [issue(authority, stranger.address, "--level", "8"), stranger.address],
    [issue(stranger, app.address, "--level", "8"), "no trusted authority"],
    [issue(authority, app.address, "--level", "8", "--version", "2.4.0"), "2.4.0"],
    [issue(authority, app.address, "--level", "8", "--version", "1.0.0"), "1.0.0"],
    [issue(authority, app.address, "--level", "8", "--not-before", "2020-01-01", "--not-after", "2020-02-01"), "expired"],
    [{ ...sign, content: sign.content.replace('"level":8', '"level":9') }, "signature"],
    [{ ...sign, content: ` ${sign.content}` }, "signature"],
    [{ ...sign, signature: sign.signature.replace(/^./, (first) => (first === "H" ? "I" : "H")) }, "signature"],
    [{ content: sign.content }, "signature"],
    ["text", "object"],
  ];
  for (const [wrong, reason] of refused) {
    expect(await register(wrong), JSON.stringify(wrong)).toMatchObject({ code: 30003, message: expect.stringContaining(reason) });
  }
});

it("never looks at one for a command of level 0", async () => {
  expect(await shell.post({ cmd: "getLanguage", sign: "nonsense", messageId: 1 })).toMatchObject({ code: 200 });
});
