/** Bits that each step of strength takes. */
const STEPS = [28, 40, 56, 72] as const;

/** Kinds of letters, and how many there are of each. */
const KINDS = [
  [/[a-z]/u, 26],
  [/[A-Z]/u, 26],
  [/\d/u, 10],
  [/[^\p{L}\p{N}]/u, 33],
  [/[^\P{L}a-zA-Z]/u, 2000],
] as const;

/**
 * How well a password stands against guessing, from 0 to 4: by the number of different letters in a row and how many kinds they are of. It is a hint
 * for people, not a measure; a repeated or ascending letter counts as none.
 */
export function strengthOf(password: string): 0 | 1 | 2 | 3 | 4 {
  const letters = [...password];
  const surprising = letters.filter((letter, at) => {
    const step = (letter.codePointAt(0) ?? 0) - (letters[at - 1]?.codePointAt(0) ?? -9);
    return Math.abs(step) > 1;
  });
  const choices = KINDS.reduce((sum, [kind, count]) => sum + (kind.test(password) ? count : 0), 0);
  const bits = surprising.length * Math.log2(Math.max(choices, 2));
  return STEPS.filter((step) => bits >= step).length as 0 | 1 | 2 | 3 | 4;
}
