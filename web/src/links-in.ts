/** What a link of the program, a code or a pasted text leads to. */
export type Lead =
  /** Somebody to add. */
  | { kind: "person"; address: string }
  /** A group to join, and who can let people in. */
  | GroupLead
  /** A CocoAPP to open. */
  | { kind: "app"; address: string; name: string; start: string | null };

/** A group as its link tells, which anybody may have written. */
export interface GroupLead {
  kind: "group";
  id: string;
  name: string;
  /** Whether somebody has to agree. */
  approval: boolean;
  /** Addresses of those who can let people in, the owner first. */
  leaders: string[];
}

/** Longest text that is looked at. */
const LONGEST = 4096;
/** A node address: base58 of 32 bytes. */
const PERSON = /^[1-9A-HJ-NP-Za-km-z]{40,46}$/u;
/** Longest name of a group or app, in characters, and most who are named as leading it. */
const [NAME, LEADERS] = [64, 4];
/** A Bitcoin address, as CocoAPPs have it. */
const APP = /^1[1-9A-HJ-NP-Za-km-z]{25,33}$/u;

/** Reads what somebody gave: `cococat://add/…`, `cococat://group/…`, `cococat://app/…?start=…`, or a bare node address. `null` if it is none of them. */
export function leadOf(given: string): Lead | null {
  const text = given.trim();
  if (text.length > LONGEST) return null;
  if (PERSON.test(text)) return { kind: "person", address: text };
  if (!/^cococat:/iu.test(text) || !URL.canParse(text)) return null;
  const { host, pathname, searchParams } = new URL(text);
  const address = pathname.replace(/^\//u, "");
  if (host === "add" && PERSON.test(address)) return { kind: "person", address };
  if (host === "group" && PERSON.test(address)) return groupLead(address, searchParams);
  if (host === "app" && APP.test(address)) return { kind: "app", address, name: (searchParams.get("name") ?? "").slice(0, NAME), start: searchParams.get("start") };
  return null;
}

function groupLead(id: string, told: URLSearchParams): GroupLead | null {
  const leaders = told.getAll("lead").slice(0, LEADERS);
  if (leaders.length === 0 || !leaders.every((leader) => PERSON.test(leader))) return null;
  return { kind: "group", id, name: (told.get("name") ?? "").slice(0, NAME), approval: told.get("approval") === "1", leaders };
}

/** The link to a group. */
export function linkToGroup({ id, name, approval, leaders }: Omit<GroupLead, "kind">): string {
  const told = new URLSearchParams([["name", name], ["approval", approval ? "1" : "0"], ...leaders.slice(0, LEADERS).map((leader) => ["lead", leader])]);
  return `cococat://group/${id}?${told}`;
}

/** The link to a CocoAPP, with its name for those who do not have it. */
export function linkToApp(address: string, name: string): string {
  return `cococat://app/${address}?${new URLSearchParams({ name })}`;
}

/** The link to somebody. */
export function linkTo(address: string): string {
  return `cococat://add/${address}`;
}
