import { describe, expect, it } from "vitest";
import { formatMoment, formatSize, hueOf, initialOf } from "../src/format";
import { search } from "../src/search";
import { fakeApp } from "../src/transport/fake-apps";

describe("sizes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1 kB"],
    [18_432, "18.4 kB"],
    [999_499, "999 kB"],
    [999_999, "1 MB"],
    [15_728_640, "15.7 MB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatSize(bytes, "en")).toBe(text);
  });

  it("follow the language", () => {
    expect(formatSize(1_500_000, "es")).toContain("1,5");
  });
});

it("a moment is shown with its year", () => {
  expect(formatMoment(1_760_000_000, "en")).toContain("2025");
});

describe("the stand-in for an icon", () => {
  it("is the first letter as people see letters", () => {
    expect(initialOf("  explorer", "en")).toBe("E");
    expect(initialOf("👩‍🚀 Space", "en")).toBe("👩‍🚀");
    expect(initialOf("", "en")).toBe("?");
  });

  it("keeps its colour", () => {
    expect(hueOf("1BoatSLRHtKNngkdXEeobR76b53LETtpyT")).toBe(hueOf("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"));
    expect(hueOf("1A")).not.toBe(hueOf("1B"));
  });
});

describe("search", () => {
  const apps = [
    { ...fakeApp(0), name: "Café Finder", description: "Cups nearby" },
    { ...fakeApp(1), name: "地图", description: null },
    { ...fakeApp(2), name: "Ｗｉｄｅ", description: "Nothing" },
  ];
  const names = (query: string) => search(apps, query, "en").map((app) => app.name);

  it("finds all by nothing", () => {
    expect(names("  ")).toHaveLength(3);
  });

  it("overlooks case, accents and width", () => {
    expect(names("CAFE")).toEqual(["Café Finder"]);
    expect(names("wide")).toEqual(["Ｗｉｄｅ"]);
  });

  it("wants every word, in name or description", () => {
    expect(names("cups finder")).toEqual(["Café Finder"]);
    expect(names("cups wide")).toEqual([]);
  });

  it("finds by the start of an address", () => {
    expect(names(fakeApp(1).address.slice(0, 12))).toEqual(["地图"]);
  });
});
