/** Bars of a waveform. */
const BARS = 64;

/** A waveform: a byte for each bar, the loudest of its part of the recording. A quiet recording fills it as a loud one does. */
export function waveOf(levels: readonly number[]): Uint8Array<ArrayBuffer> {
  const loudest = Math.max(0.05, ...levels.slice(0, 100_000));
  return Uint8Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / BARS);
    const part = levels.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / BARS)));
    return Math.round((255 * Math.max(0, ...part)) / loudest);
  });
}
