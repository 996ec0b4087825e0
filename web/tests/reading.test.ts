import { describe, expect, it } from "vitest";
import { guessHeight } from "../src/chats/heights";
import { formatClock, formatLeft, formatSpan } from "../src/chats/span";
import { barsOf, strokesOf } from "../src/chats/wave";
import type { Message } from "../src/generated/im";

describe("the height of a row that was not measured yet", () => {
  const row = (text: string, part = {}) => {
    const message = { msg_id: "1", msg_type: 1, msg_source: 1, msg_cry: JSON.stringify({ text }) } as Message;
    return { message, day: false, unread: false, first: true, last: true, ...part };
  };

  it("grows with the lines of the text, and with what stands above it", () => {
    expect(guessHeight(row("hello"), 800)).toBe(60);
    expect(guessHeight(row("hello\nthere"), 800)).toBe(80);
    expect(guessHeight(row("x".repeat(100)), 800)).toBe(80);
    expect(guessHeight(row("字".repeat(50)), 800)).toBe(80);
    expect(guessHeight(row("hello", { day: true, first: false }), 800)).toBe(94);
  });

  it("is higher the narrower the list is", () => {
    expect(guessHeight(row("x".repeat(100)), 360)).toBeGreaterThan(guessHeight(row("x".repeat(100)), 800));
    expect(guessHeight(row("x".repeat(100)), 0)).toBeLessThan(400);
  });
});

describe("a span of time", () => {
  it("is told in the longest unit that it is a whole number of", () => {
    expect([30_000, 300_000, 3_600_000, 86_400_000, 604_800_000].map((time) => formatSpan(time, "en"))).toEqual(["30 seconds", "5 minutes", "1 hour", "1 day", "1 week"]);
    expect(formatSpan(90_000, "en")).toBe("90 seconds");
    expect(formatSpan(1_500, "en")).toBe("1.5 seconds");
  });

  it("that is left is as short as can be", () => {
    expect([29_999, 60_000, 7_200_000, 200_000_000, -5].map((time) => formatLeft(time, "en"))).toEqual(["29s", "1m", "2h", "2d", "0s"]);
  });

  it("of what is played has minutes and seconds", () => {
    expect([0, 5, 65, 3_600, -1].map(formatClock)).toEqual(["0:00", "0:05", "1:05", "60:00", "0:00"]);
  });
});

describe("a waveform", () => {
  it("of any length is drawn with as many bars as there is room for", () => {
    for (const length of [0, 1, 7, 64, 4_096]) expect(barsOf(new Uint8Array(length).fill(255), 48)).toHaveLength(48);
    expect(barsOf(new Uint8Array([0, 255]), 4).map((bar) => bar > 0.5)).toEqual([false, false, true, true]);
    expect(barsOf(new Uint8Array([0, 0, 0, 255]), 2)[1]).toBe(1);
  });

  it("that is missing is even", () => {
    expect(new Set(barsOf(new Uint8Array(), 48)).size).toBe(1);
  });

  it("is drawn as far as it was played", () => {
    const bars = barsOf(new Uint8Array(64), 48);
    expect([0, 0.5, 1].map((part) => strokesOf(bars, part).split("M").length - 1)).toEqual([0, 24, 48]);
  });
});
