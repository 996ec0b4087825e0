import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask, SheetState } from "../src/generated/sheet";
import { i18n } from "../src/i18n";
import { GUARD } from "../src/sheet/guard";
import { greyOf } from "../src/sheet/grey";
import SheetApp from "../src/sheet/SheetApp.vue";
import type { SheetTransport, SheetWish } from "../src/sheet/transport";

enableAutoUnmount(afterEach);

/** Two frames of a screen, in milliseconds, and one more. */
const FRAMES = 50;

const ASK: Ask = { id: 7, command: "openURL", host: "help.example", detail: "https://help.example/a", reason: "<b>Because</b>", late: false, left: 20_000 };
const STATE: SheetState = { language: "en", theme: "system", app: { address: "1Address", name: "Guide", icon: "", signer: "1SignerWithALongAddress" }, questions: [ASK], scan: null };

/** A sheet in front of a program that is played. */
async function open(first: Partial<SheetState> = {}) {
  let state = { ...STATE, ...first };
  const wishes: SheetWish[] = [];
  let tell = () => {};
  const transport: SheetTransport = {
    state: async () => state,
    wish: async (wish) => void wishes.push(wish),
    frame: async () => undefined,
    view: async () => new ArrayBuffer(0),
    listen: async (handler) => {
      tell = handler;
      return () => undefined;
    },
  };
  const page = mount(SheetApp, { attachTo: document.body, props: { transport }, global: { plugins: [i18n] } });
  await flushPromises();
  return {
    page,
    find: (test: string) => page.find(`[data-test="${test}"]`),
    answers: () => wishes.filter(({ op }) => op !== "fit"),
    change: async (part: Partial<SheetState>) => {
      state = { ...state, ...part };
      tell();
      await flushPromises();
    },
  };
}

const wait = (time: number) => vi.advanceTimersByTimeAsync(time);

beforeEach(() => {
  vi.useFakeTimers();
  HTMLElement.prototype.animate = vi.fn<HTMLElement["animate"]>();
});

afterEach(() => void vi.useRealTimers());

describe("a question", () => {
  it("cannot be answered before it has been seen", async () => {
    const { find, answers, change } = await open();
    await wait(GUARD - 1);
    await find("allow").trigger("click");
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(answers()).toEqual([]);
    await wait(FRAMES);
    // Another question in its place has to be seen too.
    await change({ questions: [{ ...ASK, id: 8 }] });
    await find("allow").trigger("click");
    expect(answers()).toEqual([]);
    await wait(GUARD + FRAMES);
    await find("allow").trigger("click");
    await find("allow").trigger("click");
    expect(answers()).toEqual([{ op: "decide", id: 8, allow: true, remember: true }]);
  });

  it("has no at hand, and remembers a host but nothing wider unless told to", async () => {
    const { find, answers, change } = await open();
    expect(document.activeElement?.getAttribute("data-test")).toBe("refuse");
    await change({ questions: [{ ...ASK, id: 9, command: "saveImage", host: null, detail: "" }] });
    await wait(GUARD + FRAMES);
    expect(find("detail").exists()).toBe(false);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(answers()).toEqual([{ op: "decide", id: 9, allow: false, remember: false }]);
  });

  it("shows the developer's words as text, and says when it is late", async () => {
    const { page, find, change } = await open();
    expect(find("reason").text()).toContain("<b>Because</b>");
    expect(page.find("b").exists()).toBe(false);
    expect(find("late").exists()).toBe(false);
    await change({ questions: [{ ...ASK, late: true, left: 0 }] });
    expect(find("late").text()).toContain("told no for now");
    expect(find("bar").exists()).toBe(false);
  });

  it("comes before a scan, and says who did not sign", async () => {
    const scan = { step: { kind: "ways" as const }, busy: false, over: false, note: null, hasCamera: false };
    const { find, change } = await open({ scan });
    expect(find("scan").exists()).toBe(false);
    await change({ questions: [], app: { ...STATE.app, signer: null } });
    expect(find("scan").text()).toContain("Not signed");
  });
});

it("grey is the brightness of a colour", () => {
  expect([...greyOf(new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255]))]).toEqual([255, 0, 149]);
});
