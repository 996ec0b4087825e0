import type { AppInfo } from "./generated/shell";

/** Text in the form in which it is compared: without case, accents and width. */
function plain(text: string, tag: string): string {
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLocaleLowerCase(tag);
}

/** Whether a text has every word of a query, as every text has those of none. */
export function textMatches(query: string, text: string, tag: string): boolean {
  // Making texts comparable takes long where there are thousands.
  if (query.trim() === "") return true;
  const found = plain(text, tag);
  return plain(query, tag).split(/\s+/u).filter(Boolean).every((word) => found.includes(word));
}

/** Apps whose name or description has every word of the query, or whose address starts with it. */
export function search(apps: readonly AppInfo[], query: string, tag: string): AppInfo[] {
  const trimmed = query.trim();
  if (trimmed === "") return [...apps];
  return apps.filter((app) => textMatches(trimmed, `${app.name} ${app.description ?? ""}`, tag) || app.address.startsWith(trimmed));
}
