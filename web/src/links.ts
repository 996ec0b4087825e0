/** Under which name the places are kept whose links open without a question. */
const KEPT = "cococat.places";
/** Most places that are kept. */
const MOST = 200;

/** The place that a link leads to, as people know it; `null` for what is no web page. */
export function placeOf(url: string): string | null {
  if (!/^https?:/iu.test(url) || !URL.canParse(url)) return null;
  return new URL(url).host;
}

function trusted(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((place) => typeof place === "string") : [];
  } catch {
    return [];
  }
}

/** Whether links to a place open without a question. */
export function isTrusted(place: string): boolean {
  return trusted().includes(place);
}

/** Lets links to a place open without a question from now on. */
export function trust(place: string): void {
  localStorage.setItem(KEPT, JSON.stringify([...trusted().filter((known) => known !== place), place].slice(-MOST)));
}
