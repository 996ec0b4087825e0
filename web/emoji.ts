/** Names and search words of emoji, by language: what of `emojibase-data` a picker needs, as modules `virtual:emoji/<language>`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** Groups of skin colours and parts, which nobody looks for. */
const PARTS = 2;
const NAME = /^virtual:emoji\/([a-z-]+)$/u;
const require = createRequire(import.meta.url);

interface Entry {
  unicode: string;
  label: string;
  group?: number;
  order?: number;
  tags?: string[];
}

/** Each emoji as `[emoji, name, group, words]`, in the order of Unicode. */
export function emoji(): Plugin {
  return {
    name: "emoji",
    resolveId: (id) => (NAME.test(id) ? `\0${id}` : undefined),
    load(id) {
      const language = NAME.exec(id.replace("\0", ""))?.[1];
      if (language === undefined || !id.startsWith("\0")) return undefined;
      const entries = JSON.parse(readFileSync(require.resolve(`emojibase-data/${language}/compact.json`), "utf8")) as Entry[];
      const kept = entries.filter(({ group }) => group !== undefined && group !== PARTS).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
      return `export default ${JSON.stringify(kept.map(({ unicode, label, group, tags = [] }) => [unicode, label, group, tags.join(" ")]))}`;
    },
  };
}
