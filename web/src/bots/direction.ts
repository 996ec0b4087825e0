/** Value of `dir` for a text of unknown language: its own direction, or that of what is around it where it has no letters ("#2041"). */
export function dirOf(text: string): "auto" | undefined {
  return /\p{L}/u.test(text) ? "auto" : undefined;
}
