import { afterEach, describe, expect, it } from "vitest";
import { applyContrast, keptContrast } from "../src/contrast";
import { formatUnit } from "../src/format";
import { partsFor } from "../src/settings/sections";
import { readNotices } from "../src/stores/rooms";
import { readKept } from "../src/stores/view";

afterEach(() => {
  applyContrast("system");
  localStorage.clear();
});

describe("the texts of a room's notifications", () => {
  it("are one in a line, without empty ones", () => {
    expect(readNotices(" The bus is late \n\n\t\nBread\n")).toEqual(["The bus is late", "Bread"]);
  });

  it("are no more and no longer than a room takes", () => {
    const read = readNotices(Array.from({ length: 80 }, () => "😀".repeat(300)).join("\n"));
    expect(read).toHaveLength(50);
    expect([...read[0]!]).toHaveLength(200);
  });
});

describe("what is kept of the view", () => {
  it("is as usual before anything was chosen, or if what is kept is no choice", () => {
    const usual = { notify: "all", sound: true, lockAfter: 0 };
    for (const text of [null, "", "{", "null", "7", '{"notify":"loud","lockAfter":7,"sound":"no"}']) expect(readKept(text), String(text)).toEqual(usual);
  });

  it("is what was chosen", () => {
    const chosen = { notify: "names", sound: false, lockAfter: 15 };
    expect(readKept(JSON.stringify(chosen))).toEqual(chosen);
  });
});

describe("strong contrasts", () => {
  it("show when they are chosen, and are kept", () => {
    applyContrast("more");
    expect(document.documentElement.dataset["contrast"]).toBe("more");
    expect(keptContrast()).toBe("more");
    applyContrast("normal");
    expect(document.documentElement.dataset["contrast"]).toBeUndefined();
  });
});

it("the settings have the parts that something can be done with", () => {
  expect(partsFor(false, false)).toEqual(["general", "notifications"]);
  expect(partsFor(false, true)).toContain("developers");
  expect(partsFor(true, false)).toEqual(["general", "account", "rooms", "privacy", "notifications", "devices", "node", "storage"]);
});

it("spans of time are words", () => {
  expect(formatUnit(5, "minute", "en")).toBe("5 minutes");
  expect(formatUnit(1, "day", "es")).toBe("1 día");
});
