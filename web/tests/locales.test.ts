// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../src/i18n";

type Tree = { [key: string]: string | Tree };

const FOLDER = new URL("../src/locales/", import.meta.url);

/** Words that are the same in another language, or names. */
const SAME = new Set(["es settings.general"]);

function read(language: string): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (tree: Tree, path: string) => {
    for (const [key, value] of Object.entries(tree)) {
      const here = path ? `${path}.${key}` : key;
      if (typeof value === "string") texts.set(here, value);
      else walk(value, here);
    }
  };
  walk(JSON.parse(readFileSync(new URL(`${language}.json`, FOLDER), "utf8")) as Tree, "");
  return texts;
}

function placeholders(text: string): string[] {
  return (text.match(/\{\w+\}/gu) ?? []).sort();
}

const english = read("en");
const others = Object.keys(LANGUAGES).filter((language) => language !== "en");

describe("texts", () => {
  it("exist for exactly the eight languages", () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.json$/u, ""));
    expect(files.sort()).toEqual(["ar", "en", "es", "ja", "ko", "th", "zh-cn", "zh-tw"]);
    expect(Object.keys(LANGUAGES).sort()).toEqual(files);
  });

  it.each(others)("of %s have the keys of English, in its order", (language) => {
    expect([...read(language).keys()]).toEqual([...english.keys()]);
  });

  it.each(others)("of %s name the same values as English", (language) => {
    for (const [key, text] of read(language)) expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ""));
  });

  it.each(others)("of %s are translated", (language) => {
    for (const [key, text] of read(language)) {
      expect(text.trim(), key).not.toBe("");
      if (!SAME.has(`${language} ${key}`)) expect(text, key).not.toBe(english.get(key));
    }
  });

  it.each(Object.keys(LANGUAGES))("of %s have no letter that the message format gives a meaning", (language) => {
    for (const [key, text] of read(language)) expect(text.replace(/\{\w+\}/gu, ""), key).not.toMatch(/[@|{}]/u);
  });
});
