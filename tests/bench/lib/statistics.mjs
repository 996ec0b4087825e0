/** The few numbers that a list of measurements is told by. */

/**
 * The value below which a share of the values lies, between neighbours by proportion.
 * @param {number[]} values at least one
 * @param {number} share 0 to 1
 */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError("no values");
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
}

/** @param {number[]} values at least one */
export const median = (values) => quantile(values, 0.5);

/**
 * Median, least and greatest as text.
 * @param {number[]} values at least one
 * @param {(value: number) => string} write
 */
export function spread(values, write) {
  return `${write(median(values))}  (${write(Math.min(...values))} – ${write(Math.max(...values))})`;
}

/** Milliseconds as text. */
export const ms = (digits) => (value) => `${value.toFixed(digits)} ms`;

/** Bytes as MiB. */
export const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
