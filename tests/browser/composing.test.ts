/** Writing: files that are pasted, dropped and chosen, a voice message, emoji. */
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import { befriend, type Engine } from "../lib/engines.js";
import { Hands } from "../lib/hands.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

const world = useWorld();
let annas: Engine;
let berts: Engine;
let anna: Hands;
let bert: Hands;

interface Stored {
  msg_id: string;
  msg_type: number;
  msg_source: number;
  msg_cry: string;
}

/** What came to Bert, the newest last. */
async function heard(): Promise<Stored[]> {
  const request = { conversationId: (await annas.get<{ u_nd_add: string }>("user", "getUserSingleInfo", {})).u_nd_add, startTime: -1, pageSize: 100, orderBy: "DESC" };
  const messages = await berts.get<Stored[]>("chat", "getMessagesByConversationId", request);
  return messages.filter(({ msg_source }) => msg_source === 1).reverse();
}

const newest = (type: number) => until(`a message of type ${type}`, async () => (await heard()).find(({ msg_type }) => msg_type === type));

/** Lets a picture of 60 by 40 pixels come to an element, as something that is pasted or dropped. */
const give = (event: "paste" | "drop", selector: string) =>
  anna.page.locator(selector).first().evaluate(async (element, kind) => {
    const canvas = new OffscreenCanvas(60, 40);
    const drawing = canvas.getContext("2d")!;
    drawing.fillStyle = "seagreen";
    drawing.fillRect(0, 0, 60, 40);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], `${kind}.png`, { type: "image/png" }));
    const options = { bubbles: true, cancelable: true };
    if (kind === "paste") return element.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
    element.dispatchEvent(new DragEvent("dragover", { ...options, dataTransfer: data }));
    return element.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
  }, event);

beforeAll(async () => {
  [annas, berts] = [await world().person("Anna"), await world().person("Bert")];
  await befriend(annas, berts);
  anna = new Hands(await world().open(annas));
  bert = new Hands(await world().open(berts, { dark: true }));
  await anna.openChat("Bert");
  await bert.openChat("Anna");
});

it("has pasted and dropped pictures wait until they are sent, and takes them away again", async () => {
  await give("paste", "[data-test=entry]");
  await give("drop", "[data-test=messages]");
  await anna.see("attached", "paste.png");
  await anna.see("attached", "drop.png");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.find("attached", "drop.png").locator("[data-test=attached-remove]").click();
  await anna.say("what it looks like");
  await bert.see("message", "what it looks like");
  await bert.see("picture");
  const sent = await newest(6);
  expect(JSON.parse(sent.msg_cry)).toMatchObject({ name: "paste.png", width: 60, height: 40 });
  expect(await anna.page.locator("[data-test=attached]").count()).toBe(0);
});

it("sends files that are chosen, larger than one piece", async () => {
  const bytes = Buffer.from(Array.from({ length: (5 << 20) / 2 }, (_, at) => at % 251));
  await anna.page.setInputFiles("[data-test=picker]", { name: "Report.bin", mimeType: "application/octet-stream", buffer: bytes });
  await anna.see("attached", "Report.bin");
  await anna.click("send");
  const sent = await newest(5);
  expect(JSON.parse(sent.msg_cry)).toMatchObject({ name: "Report.bin", size: bytes.length });
  const answer = await until("its last piece", () => berts.get<{ data: string }>("chat", "readMedia", { messageId: sent.msg_id, offset: 2 << 20 }));
  expect(Buffer.from(answer.data, "base64").equals(bytes.subarray(2 << 20))).toBe(true);
});

it("records a voice and sends it with its waveform", async () => {
  await anna.click("record");
  await anna.see("recorder");
  expect.soft(await violations(anna.page)).toEqual([]);
  await until("two seconds of it", async () => ((await anna.page.locator("[data-test=voice-time]").textContent()) ?? "") >= "0:02");
  await anna.click("voice-send");
  const sent = await newest(3);
  expect(JSON.parse(sent.msg_cry)).toMatchObject({ name: expect.stringMatching(/^voice\.(?:webm|ogg|wav)$/u) });
  const { data } = await until("the waveform", () => berts.get<{ data: string }>("chat", "readMedia", { messageId: sent.msg_id, part: 1 }));
  const wave = Buffer.from(data, "base64");
  expect(wave).toHaveLength(64);
  // The browser's pretended microphone beeps.
  expect(Math.max(...wave)).toBe(255);
  await anna.see("record");
});

it("throws a recording away by Escape", async () => {
  await anna.click("record");
  await anna.see("recorder");
  await anna.page.keyboard.press("Escape");
  await anna.see("record");
  expect((await heard()).filter(({ msg_type }) => msg_type === 3)).toHaveLength(1);
});

it("finds emoji by name and puts them where the caret is", async () => {
  await anna.fill("entry", "good  morning");
  await anna.page.locator("[data-test=entry]").evaluate((entry: HTMLTextAreaElement) => entry.setSelectionRange(5, 5));
  await anna.click("emoji-open");
  await anna.see("emoji-one");
  expect.soft(await violations(anna.page)).toEqual([]);
  await anna.fill("emoji-search", "coconut");
  await anna.page.keyboard.press("ArrowDown");
  await anna.page.keyboard.press("Enter");
  await anna.page.press("[data-test=entry]", "Enter");
  await bert.see("message", "good 🥥 morning");
});
