import type { AppInfo } from "./generated/shell";

/** Text in the form in which it is compared: without case, accents and width. */
function plain(text: string, tag: string): string {
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLocaleLowerCase(tag);
}

/** Apps whose name or description has every word of the query, or whose address starts with it. */
export function search(apps: readonly AppInfo[], query: string, tag: string): AppInfo[] {
  const trimmed = query.trim();
  const words = plain(trimmed, tag).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [...apps];
  return apps.filter((app) => {
    const text = plain(`${app.name} ${app.description ?? ""}`, tag);
    return words.every((word) => text.includes(word)) || app.address.startsWith(trimmed);
  });
}
