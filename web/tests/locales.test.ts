// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../src/i18n";

type Tree = { [key: string]: string | Tree };

/** Folders of texts by the window that shows them. */
const WINDOWS = { launcher: "", sheet: "sheet/", inspector: "inspector/" } as const;

/** Words that are the same in another language, or names. */
const SAME = new Set([..."th es ko ar".split(" ").map((language) => `${language} desktop.said`), "es settings.general", "es rail.chats", "es rail.apps", "es chats.title", "es contacts.bot", "es entrance.refuse"]);

function folderOf(path: string): URL {
  return new URL(`../src/locales/${path}`, import.meta.url);
}

function read(path: string, language: string): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (tree: Tree, above: string) => {
    for (const [key, value] of Object.entries(tree)) {
      const here = above ? `${above}.${key}` : key;
      if (typeof value === "string") texts.set(here, value);
      else walk(value, here);
    }
  };
  walk(JSON.parse(readFileSync(new URL(`${language}.json`, folderOf(path)), "utf8")) as Tree, "");
  return texts;
}

function placeholders(text: string): string[] {
  return (text.match(/\{\w+\}/gu) ?? []).sort();
}

const others = Object.keys(LANGUAGES).filter((language) => language !== "en");

it("no two windows give a text the same name", () => {
  const names = Object.values(WINDOWS).flatMap((path) => [...new Set([...read(path, "en").keys()].map((key) => key.split(".")[0]))]);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(Object.entries(WINDOWS))("texts of the %s", (_, path) => {
  const english = read(path, "en");

  it("exist for exactly the eight languages", () => {
    const files = readdirSync(folderOf(path)).filter((file) => file.includes(".")).map((file) => file.replace(/\.json$/u, ""));
    expect(files.sort()).toEqual(["ar", "en", "es", "ja", "ko", "th", "zh-cn", "zh-tw"]);
    expect(Object.keys(LANGUAGES).sort()).toEqual(files);
  });

  it.each(others)("of %s have the keys of English, in its order", (language) => {
    expect([...read(path, language).keys()]).toEqual([...english.keys()]);
  });

  it.each(others)("of %s name the same values as English", (language) => {
    for (const [key, text] of read(path, language)) expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ""));
  });

  it.each(others)("of %s are translated", (language) => {
    for (const [key, text] of read(path, language)) {
      expect(text.trim(), key).not.toBe("");
      if (!SAME.has(`${language} ${key}`)) expect(text, key).not.toBe(english.get(key));
    }
  });

  it.each(Object.keys(LANGUAGES))("of %s have no letter that the message format gives a meaning", (language) => {
    for (const [key, text] of read(path, language)) expect(text.replace(/\{\w+\}/gu, ""), key).not.toMatch(/[@|{}]/u);
  });
});
