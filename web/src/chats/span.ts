/** Units of a span of time, the longest first, and their lengths in milliseconds. */
const UNITS = [
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

function words(count: number, unit: string, tag: string, unitDisplay: "long" | "narrow"): string {
  return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(count);
}

/** A span of time, given in milliseconds, in the longest unit that it is a whole number of: `5 minutes`. */
export function formatSpan(time: number, tag: string): string {
  const [unit, length] = UNITS.find(([, length]) => time >= length && time % length === 0) ?? ["second", 1_000];
  return words(time / length, unit, tag, "long");
}

/** What is left of a time, given in milliseconds, as short as a bubble has room: `4m`. */
export function formatLeft(time: number, tag: string): string {
  const [unit, length] = UNITS.slice(1).find(([, length]) => time >= length) ?? ["second", 1_000];
  return words(Math.max(0, Math.floor(time / length)), unit, tag, "narrow");
}

/** Minutes and seconds of something that is played: `1:05`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
