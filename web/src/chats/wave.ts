/** Lowest bar of a waveform, as a part of the highest there can be. */
const LOWEST = 0.08;

/** Brings a waveform of any length, a byte for each bar, to so many bars between 0 and 1. Without one all bars are equal. */
export function barsOf(wave: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * wave.length) / count);
    const part = wave.subarray(from, Math.max(from + 1, Math.floor(((at + 1) * wave.length) / count)));
    if (part.length === 0) return 0.3;
    return Math.max(LOWEST, Math.max(...part) / 255);
  });
}

/** Strokes for bars: each stands in the middle of a field of 3 by 24 units. `part` of them, from 0 to 1, is drawn. */
export function strokesOf(bars: readonly number[], part = 1): string {
  return bars.slice(0, Math.round(bars.length * part)).map((bar, at) => `M${at * 3 + 1.5} ${12 - bar * 10}v${bar * 20}`).join("");
}
