import { beforeEach, describe, expect, it } from "vitest";
import { findEmoji, lastUsed, loadEmoji, noteUsed } from "../src/chats/emoji";
import { wavOf } from "../src/chats/wav";
import { waveOf } from "../src/chats/waveform";

describe("a waveform", () => {
  it("has 64 bars, the loudest as high as can be", () => {
    const wave = waveOf(Array.from({ length: 640 }, (_, at) => at / 1280));
    expect(wave).toHaveLength(64);
    expect([wave[0], wave[63]]).toEqual([4, 255]);
  });

  it("is there for the shortest recording, and silence stays low", () => {
    expect(waveOf([]).every((bar) => bar === 0)).toBe(true);
    expect(Math.max(...waveOf([0.001, 0.002]))).toBeLessThan(20);
  });
});

it("writes samples as a WAV file, cut where they are too loud", async () => {
  const file = new DataView(await wavOf([Float32Array.of(0, 1), Float32Array.of(-2)], 16_000).arrayBuffer());
  expect(file.byteLength).toBe(44 + 6);
  expect([file.getUint32(24, true), file.getUint32(40, true)]).toEqual([16_000, 6]);
  expect([44, 46, 48].map((at) => file.getInt16(at, true))).toEqual([0, 32_767, -32_767]);
});

describe("emoji", () => {
  beforeEach(() => localStorage.clear());

  it("are found by name and by words, in the language", async () => {
    const english = await loadEmoji("en");
    expect(findEmoji(english, "coco").map(({ text }) => text)).toContain("🥥");
    expect(findEmoji(await loadEmoji("ko"), "코코넛").map(({ text }) => text)).toContain("🥥");
    expect(english.some(({ name }) => name.includes("skin tone"))).toBe(false);
  });

  it("that were used last come first, each once, whatever was kept", () => {
    for (const one of ["a", "b", "a"]) noteUsed(one);
    expect(lastUsed()).toEqual(["a", "b"]);
    localStorage.setItem("cococat.emoji", "[1, null");
    expect(lastUsed()).toEqual([]);
  });
});
