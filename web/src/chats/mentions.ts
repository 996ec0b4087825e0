/** Mentions: names of a group's members after an @, as the engine looks for them. */

/** What names everybody, in whatever language, when somebody who leads the group writes it. */
export const ALL = "all";

/** Most letters of a name that are looked at while it is typed. */
const TYPED = 32;
/** Part of a word, which a name must not go on with. */
const WORD = /^[\p{L}\p{N}]/u;

/** The name that is being typed before the caret: where its @ stands, and its letters so far. */
export function typedName(text: string, caret: number): { at: number; query: string } | null {
  const found = /(?:^|[\s(（「『])@([^\s@]*)$/u.exec(text.slice(Math.max(0, caret - TYPED - 2), caret));
  if (!found) return null;
  const query = found[1] ?? "";
  return { at: caret - query.length - 1, query };
}

/** A part of a text, and the name that it is if it is a mention. */
export interface Named {
  readonly text: string;
  readonly name: string | null;
}

/** Divides a text at names after an @. A longer name counts before a shorter one that it begins with. */
export function divideNames(text: string, names: readonly string[]): Named[] {
  const parts: Named[] = [];
  const known = text.includes("@") ? names.filter((name) => name.trim() !== "").sort((a, b) => b.length - a.length) : [];
  let last = 0;
  for (let at = text.indexOf("@"); at >= 0 && known.length > 0; at = text.indexOf("@", at + 1)) {
    const name = known.find((one) => text.startsWith(one, at + 1) && !WORD.test(text.slice(at + 1 + one.length)));
    if (name === undefined) continue;
    if (at > last) parts.push({ text: text.slice(last, at), name: null });
    last = at + 1 + name.length;
    parts.push({ text: text.slice(at, last), name });
  }
  if (last < text.length) parts.push({ text: text.slice(last), name: null });
  return parts;
}
