/** Waiting for a condition, never for a time. */
const LONGEST = 30_000;
const PAUSE = 25;

/** Asks again and again until the answer is neither `undefined` nor `false`; fails after half a minute with `what`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  longest = LONGEST,
): Promise<T> {
  const end = Date.now() + longest;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`waited in vain: ${what}${last instanceof Error ? ` (${last.message})` : ""}`);
}
