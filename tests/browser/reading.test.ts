/** Reading a long conversation: where the list stands, going back in it, and what is heard and seen in it. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import { befriend, type Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { folder, ROOT } from "../lib/paths.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

const DAY = 86_400_000;
/** Messages that Anna wrote three days ago, and today. */
const LONG_AGO = 1_600;
const TODAY = 1_000;
/** Messages that Bert writes while she does not look. */
const UNREAD = 90;
/** Messages that are made at once, at most: those that are seen and some beside them. */
const MADE = 60;

const world = useWorld();
const place = folder();
let annas: Engine;
let berts: Engine;
let toBert: object;
let toAnna: object;
let anna: Hands;

interface Said {
  msg_id: string;
}

function say(engine: Engine, to: object, text: string): Promise<Said[]> {
  return engine.get<Said[]>("chat", "sendTextMessage", { ...to, text });
}

/** Where the list stands, in pixels from its end, and how many messages are made. */
function stand() {
  return anna.page.locator("[data-test=messages]").evaluate((list) => ({
    fromEnd: list.scrollHeight - list.scrollTop - list.clientHeight,
    made: list.querySelectorAll("[data-message]").length,
  }));
}

/** Where a message is on the screen, in pixels. */
async function heightOf(text: string): Promise<number> {
  return (await anna.find("message", text).boundingBox())?.y ?? NaN;
}

/** A file of the test. */
function file(name: string, bytes: Buffer): string {
  const path = join(place.path, name);
  writeFileSync(path, bytes);
  return path;
}

/** A tone of so many seconds, as WAV. */
function tone(seconds: number): Buffer {
  const rate = 8_000;
  const sound = Buffer.alloc(2 * rate * seconds);
  for (let at = 0; at < rate * seconds; at += 1) sound.writeInt16LE(Math.round(6_000 * Math.sin(at / 6)), 2 * at);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + sound.length, 4);
  head.write("WAVEfmt ", 8);
  for (const [at, value] of [[16, 16], [24, rate], [28, 2 * rate], [40, sound.length]] as const) head.writeUInt32LE(value, at);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]] as const) head.writeUInt16LE(value, at);
  head.write("data", 36);
  return Buffer.concat([head, sound]);
}

/** A second of a moving picture, as the browser itself records it. */
async function film(): Promise<Buffer> {
  const recorded = await anna.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    const brush = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const pieces: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    for (let at = 0; at < 20; at += 1) {
      if (brush) [brush.fillStyle] = [`hsl(${at * 18} 80% 50%)`];
      brush?.fillRect(0, 0, 64, 48);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
  });
  return Buffer.from(recorded);
}

beforeAll(async () => {
  [annas, berts] = await Promise.all([world().engine({ clockOffset: -3 * DAY }), world().engine({ clockOffset: -3 * DAY })]);
  const [a, b] = await Promise.all([annas.register("Anna"), berts.register("Bert")]);
  await befriend(annas, berts);
  toBert = { cnd: b, cid: b, conversationType: 0, pub: "" };
  toAnna = { cnd: a, cid: a, conversationType: 0, pub: "" };
  for (let at = 0; at < LONG_AGO; at += 1) await say(annas, toBert, `long ago ${at}.`);
  await Promise.all([annas, berts].map((engine) => engine.kill()));
  await Promise.all([annas, berts].map((engine) => engine.start(0)));
  await Promise.all([annas, berts].map((engine) => engine.login()));
  for (let at = 0; at < TODAY; at += 1) await say(annas, toBert, `today ${at}.`);
  for (let at = 0; at < UNREAD; at += 1) await say(berts, toAnna, `unread ${at}.`);
  const count = async () => (await annas.get<{ value: number }>("chat", "getUnreadMessageCount")).value === UNREAD;
  await until("Anna has what Bert wrote", count, 60_000);
  anna = new Hands(await world().open(annas));
});

afterAll(() => place.remove());

it("opens at the line above what is unread, which may be more than fits", async () => {
  await anna.openChat("Bert");
  await anna.see("unread-line");
  await anna.see("message", "unread 0.");
  expect(await anna.page.locator("[data-test=message]").filter({ hasText: `unread ${UNREAD - 1}.` }).count()).toBe(0);
  expect((await stand()).made).toBeLessThan(MADE);
  expect.soft(await violations(anna.page)).toEqual([]);
});

it("goes to the end, and stays there while messages come", async () => {
  await anna.click("to-end");
  await anna.see("message", `unread ${UNREAD - 1}.`);
  await anna.find("to-end").waitFor({ state: "detached" });
  await say(berts, toAnna, `a long one ${"with many words ".repeat(60)}`);
  await anna.see("message", "a long one");
  await until("the end is in sight", async () => (await stand()).fromEnd < 2);
  await anna.fill("entry", "several\nlines\nof\ntext");
  await until("the end is in sight above the entry", async () => (await stand()).fromEnd < 2);
  await anna.fill("entry", "");
});

it("stays where the user reads, whatever comes", async () => {
  await anna.page.locator("[data-test=messages]").evaluate((list) => list.scrollBy(0, -700));
  await anna.see("to-end");
  const text = (await anna.page.locator("[data-test=message]:near(:text('unread'))").nth(6).innerText()).split("\n")[0] as string;
  const before = await until("the list is at rest", async () => {
    const height = await heightOf(text);
    await anna.page.evaluate(() => new Promise(requestAnimationFrame));
    return height === (await heightOf(text)) && height;
  });
  await say(berts, toAnna, "while you read");
  await anna.see("to-end", "1");
  expect(Math.abs((await heightOf(text)) - before)).toBeLessThan(2);
});

it("shows what came while the window was behind others", async () => {
  await anna.click("to-end");
  const focus = (has: boolean) => anna.page.evaluate((has) => {
    Object.defineProperty(document, "hasFocus", { value: () => has, configurable: true });
    window.dispatchEvent(new Event(has ? "focus" : "blur"));
  }, has);
  const missed = (at: number) => anna.page.locator("[data-message]", { hasText: `behind others ${at}.` }).locator("xpath=ancestor::li").locator("[data-test=unread-line]");
  await focus(false);
  for (const at of [1, 2]) await say(berts, toAnna, `behind others ${at}.`);
  await anna.see("message", "behind others 2.");
  await missed(1).waitFor();
  await focus(true);
  await anna.find("badge-chats").waitFor({ state: "detached" });
  await missed(1).waitFor();
  await focus(false);
  await say(berts, toAnna, "behind others 3.");
  await missed(3).waitFor();
  expect(await anna.page.locator("[data-test=unread-line]").count()).toBe(1);
  await focus(true);
});

it("opens there again when it comes back to a chat that it knows", async () => {
  await anna.click("rail-contacts");
  await anna.find("messages").waitFor({ state: "detached" });
  for (let at = 0; at < UNREAD; at += 1) await say(berts, toAnna, `meanwhile ${at}.`);
  await anna.see("badge-chats", String(UNREAD));
  await anna.openChat("Bert");
  await anna.see("unread-line");
  await anna.see("message", "meanwhile 0.");
  expect(await anna.page.locator("[data-test=message]").filter({ hasText: `meanwhile ${UNREAD - 1}.` }).count()).toBe(0);
});

it("reads back to the beginning page by page, and keeps few messages in the page", async () => {
  const list = anna.page.locator("[data-test=messages]");
  await until("the beginning is there", async () => {
    await list.evaluate((element) => (element.scrollTop = 0));
    expect((await stand()).made).toBeLessThan(MADE);
    return (await anna.page.locator("[data-test=note]").filter({ hasText: "You are contacts now." }).count()) > 0;
  });
  await anna.see("message", "long ago 0.");
});

it("comes back from there to the newest message at once", async () => {
  await anna.page.locator("[data-test=messages]").focus();
  await anna.page.keyboard.press("End");
  await anna.see("message", `meanwhile ${UNREAD - 1}.`);
  await anna.find("to-end").waitFor({ state: "detached" });
});

it("goes to a date", async () => {
  await anna.click("chat-menu");
  await anna.click("go-to-date");
  await anna.see("calendar");
  expect.soft(await violations(anna.page)).toEqual([]);
  const day = new Date(Date.now() - 3 * DAY);
  const earlier = day.getUTCMonth() !== new Date().getUTCMonth();
  if (earlier) await anna.page.getByRole("button", { name: "Previous month" }).click();
  await anna.page.locator(`[data-test=calendar] [data-value="${day.toISOString().slice(0, 10)}"]`).click();
  await anna.page.locator("[data-message]").filter({ hasText: "You are contacts now." }).waitFor();
  expect(new URL(anna.page.url()).hash).not.toContain("at=");
});

it("goes to what is quoted, however far it is, and says so when it is gone", async () => {
  const find = async (text: string) => (await annas.get<Said[]>("chat", "searchMessages", { text })).at(-1) as Said;
  const quoted = await find(`long ago ${LONG_AGO / 2}.`);
  await annas.get("chat", "sendQuoteMessage", { ...toBert, message: quoted, text: "this is what I meant" });
  const lost = await find("long ago 7.");
  await annas.get("chat", "sendQuoteMessage", { ...toBert, message: lost, text: "and this" });
  await annas.get("chat", "deleteMessageById", { messageId: lost.msg_id });
  await anna.see("message", "and this");
  await anna.page.locator("[data-test=message]").filter({ hasText: "and this" }).locator("[data-test=quote]").click();
  await anna.page.locator("[data-notice=messageGone]").waitFor();
  await anna.page.locator("[data-test=message]").filter({ hasText: "this is what I meant" }).locator("[data-test=quote]").click();
  await anna.page.locator("[data-test=message]:focus").filter({ hasText: `long ago ${LONG_AGO / 2}.` }).waitFor();
  expect((await stand()).made).toBeLessThan(MADE);
});

it("plays voice messages, one at a time", async () => {
  const wave = file("wave", Buffer.from(Array.from({ length: 64 }, (_, at) => 2 * at)));
  const voice = { ...toAnna, filePath: file("voice.wav", tone(20)), wavePath: wave, second: 20 };
  await berts.get("chat", "sendAudioMessage", voice);
  await berts.get("chat", "sendAudioMessage", { ...voice, filePath: file("other.wav", tone(30)), second: 30 });
  await anna.click("to-end");
  const [first, second] = [anna.page.locator("[data-test=voice]").nth(0), anna.page.locator("[data-test=voice]").nth(1)];
  await second.locator("[data-test=voice-play]:enabled").waitFor();
  await first.locator("[data-test=voice-play]:enabled").click();
  await anna.page.locator("[data-test=voice][data-state=playing]").waitFor();
  expect.soft(await violations(anna.page)).toEqual([]);
  await second.locator("[data-test=voice-play]").click();
  await until("the second one plays alone", async () => (await first.getAttribute("data-state")) === "paused" && (await second.getAttribute("data-state")) === "playing");
  await second.locator("[data-test=voice-speed]").click();
  expect(await second.locator("[data-test=voice-speed]").innerText()).toBe("1.5×");
  await second.locator("[data-test=voice-play]").click();
  await anna.page.locator("[data-test=voice][data-state=playing]").waitFor({ state: "detached" });
  await second.locator("[data-test=voice-place]").focus();
  await anna.page.keyboard.press("Home");
  for (let at = 0; at < 8; at += 1) await anna.page.keyboard.press("ArrowRight");
  expect(await second.locator("[data-test=voice-clock]").innerText()).toBe("0:05");
});

it("plays a video over the window, and leafs from it to a picture", async () => {
  await berts.get("chat", "sendImageMessage", { ...toAnna, filePath: file("drawing.png", await anna.page.screenshot()) });
  await berts.get("chat", "sendVideoMessage", { ...toAnna, filePath: file("film.webm", await film()), second: 1 });
  await anna.page.locator("[data-test=video-play]:enabled").click();
  const video = anna.page.locator("[data-test=viewer-video]");
  await until("it plays", () => video.evaluate((element) => (element as HTMLVideoElement).videoWidth === 64 && (element as HTMLVideoElement).currentTime > 0));
  expect.soft(await violations(anna.page, { without: ["video-caption"] })).toEqual([]);
  await anna.click("viewer-before");
  await anna.see("viewer-picture");
  expect(await anna.find("viewer-picture").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1280);
  const width = async () => (await anna.find("viewer-picture").boundingBox())?.width ?? 0;
  const before = await width();
  await anna.page.keyboard.press("+");
  await until("it is larger", async () => (await width()) > before * 1.4);
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.page.keyboard.press("ArrowRight");
  await video.waitFor();
  await anna.page.keyboard.press("Escape");
  await anna.find("viewer").waitFor({ state: "detached" });
});

it("lets messages disappear after they were read", async () => {
  await anna.click("chat-menu");
  await anna.click("burn");
  await anna.page.locator("[data-burn='30000']").click();
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.click("burn-save");
  await anna.see("note", "Messages disappear 30 seconds after they were read.");
  await anna.say("Not for long");
  await anna.page.locator("[data-test=message]").filter({ hasText: "Not for long" }).locator("[data-test=flame]").waitFor();
  const life = async () => (await berts.get<{ b_exp_time: number }[]>("contact", "getContacts")).some(({ b_exp_time }) => b_exp_time === 30_000);
  await until("Bert's side knows", life);
  await berts.get("chat", "setBurnAfterTime", { cnd: await annas.address(), time: 1_500 });
  await say(berts, toAnna, "Gone in a moment");
  const flame = anna.page.locator("[data-test=message]").filter({ hasText: "Gone in a moment" }).locator("[data-test=flame]");
  await flame.waitFor();
  await flame.waitFor({ state: "detached" });
});

it("sends again what failed", async () => {
  const bot = join(place.path, "shop");
  cpSync(join(ROOT, "examples", "bots", "shop"), bot, { recursive: true });
  const answers = join(bot, "answers.yaml");
  const right = readFileSync(answers);
  const address = pathToFileURL(bot).href;
  await annas.get("contact", "addFriend", { nodeId: address, content: "-" });
  await anna.openChat("Corner Shop");
  await anna.see("message", "Welcome to the Corner Shop");
  writeFileSync(answers, "- : [");
  await anna.say("Where is my order?");
  await anna.see("failed", "Not sent.");
  expect.soft(await violations(anna.page)).toEqual([]);
  writeFileSync(answers, right);
  await anna.click("resend");
  await anna.find("failed").waitFor({ state: "detached" });
  await anna.page.locator("[data-test=message][data-own=true]").filter({ hasText: "Where is my order?" }).locator("[data-state=read], [data-state=delivered], [data-state=sent]").waitFor();
  rmSync(bot, { recursive: true });
});
