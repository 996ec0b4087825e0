import type { Language } from "../generated/shell";

/** An emoji. */
export interface Emoji {
  readonly text: string;
  readonly name: string;
  readonly group: number;
  /** What it is looked for by, beside its name. */
  readonly words: string;
}

/** Groups in the order in which they are shown: keys of the texts, and an emoji that stands for each. */
export const GROUPS = [
  [0, "faces", "😀"],
  [1, "people", "👋"],
  [3, "nature", "🐱"],
  [4, "food", "🍎"],
  [5, "places", "✈️"],
  [6, "activities", "⚽"],
  [7, "objects", "💡"],
  [8, "symbols", "❤️"],
  [9, "flags", "🏁"],
] as const;

/** Under which name the emoji are kept that were used last. */
const KEPT = "cococat.emoji";
/** How many those are. */
const USED = 24;

type Entries = { default: readonly (readonly [string, string, number, string])[] };

/** The names by language; there are none in Arabic, so English ones stand in. */
const NAMES: Record<Language, () => Promise<Entries>> = {
  en: () => import("virtual:emoji/en"),
  "zh-cn": () => import("virtual:emoji/zh"),
  "zh-tw": () => import("virtual:emoji/zh-hant"),
  th: () => import("virtual:emoji/th"),
  es: () => import("virtual:emoji/es"),
  ko: () => import("virtual:emoji/ko"),
  ja: () => import("virtual:emoji/ja"),
  ar: () => import("virtual:emoji/en"),
};

/** All emoji, with names in a language. */
export async function loadEmoji(language: Language): Promise<Emoji[]> {
  const { default: entries } = await NAMES[language]();
  return entries.map(([text, name, group, words]) => ({ text, name, group, words }));
}

/** Those that somebody may mean by some words: each has to begin one of theirs, or be part of the name. */
export function findEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/u).filter(Boolean);
  return all.filter(({ name, words }) => {
    const has = ` ${name} ${words}`.toLowerCase();
    return wanted.every((word) => has.includes(` ${word}`) || name.toLowerCase().includes(word));
  });
}

/** The emoji that were used last, the last one first. */
export function lastUsed(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string" && one.length < 40).slice(0, USED) : [];
  } catch {
    return [];
  }
}

/** Notes that an emoji was used. */
export function noteUsed(text: string): void {
  localStorage.setItem(KEPT, JSON.stringify([text, ...lastUsed().filter((one) => one !== text)].slice(0, USED)));
}
