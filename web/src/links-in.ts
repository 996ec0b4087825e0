/** What a link of the program, a code or a pasted text leads to. */
export type Lead =
  /** Somebody to add. */
  | { kind: "person"; address: string }
  /** A CocoAPP to open. */
  | { kind: "app"; address: string; start: string | null };

/** Longest text that is looked at. */
const LONGEST = 4096;
/** A node address: base58 of 32 bytes. */
const PERSON = /^[1-9A-HJ-NP-Za-km-z]{40,46}$/u;
/** A Bitcoin address, as CocoAPPs have it. */
const APP = /^1[1-9A-HJ-NP-Za-km-z]{25,33}$/u;

/** Reads what somebody gave: `cococat://add/…`, `cococat://app/…?start=…`, or a bare node address. `null` if it is none of them. */
export function leadOf(given: string): Lead | null {
  const text = given.trim();
  if (text.length > LONGEST) return null;
  if (PERSON.test(text)) return { kind: "person", address: text };
  if (!/^cococat:/iu.test(text) || !URL.canParse(text)) return null;
  const { host, pathname, searchParams } = new URL(text);
  const address = pathname.replace(/^\//u, "");
  if (host === "add" && PERSON.test(address)) return { kind: "person", address };
  if (host === "app" && APP.test(address)) return { kind: "app", address, start: searchParams.get("start") };
  return null;
}

/** The link to somebody. */
export function linkTo(address: string): string {
  return `cococat://add/${address}`;
}
