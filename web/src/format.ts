const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A number of bytes as people read it, for example `1.4 MB`; decimal units, as file managers show them. */
export function formatSize(bytes: number, tag: string): string {
  let value = Math.max(0, bytes);
  let step = 0;
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** So many of a unit in words, for example `5 minutes`. */
export function formatUnit(count: number, unit: "minute" | "hour" | "day", tag: string): string {
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** A moment, given in seconds since 1970, as date and time of day. */
export function formatMoment(seconds: number, tag: string): string {
  return new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" }).format(seconds * 1000);
}

const segmenters = new Map<string, Intl.Segmenter>();

/** First letter of a name, as the stand-in for a missing icon; whole grapheme, so that no emoji or accent is cut. */
export function initialOf(name: string, tag: string): string {
  const segmenter = segmenters.get(tag) ?? new Intl.Segmenter(tag, { granularity: "grapheme" });
  segmenters.set(tag, segmenter);
  const first = segmenter.segment(name.trim())[Symbol.iterator]().next();
  return first.done ? "?" : first.value.segment.toLocaleUpperCase(tag);
}

/** A hue (degrees) that stays the same for an address, so that apps without an icon can be told apart. */
export function hueOf(address: string): number {
  let hash = 0;
  for (const letter of address) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360_007;
  return hash % 360;
}
