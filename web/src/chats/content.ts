import type { Conversation, Message } from "../generated/im";

/** What a message says, as it is shown. */
export type Content =
  | { kind: "text"; text: string }
  | { kind: "bot"; text: string; answer: Record<string, unknown> }
  | { kind: "quote"; text: string; quoted: string; id: string }
  | { kind: "file"; name: string; size: number; width: number; height: number; second: number; sort: "voice" | "video" | "file" | "image" }
  | { kind: "card"; name: string; address: string }
  | { kind: "forward"; lines: string[]; forwards: readonly unknown[] }
  | { kind: "recalled"; by: string }
  | { kind: "friends" }
  | { kind: "burn"; time: number }
  | { kind: "botTrouble"; reason: BotTrouble; detail: string; ahead: number }
  | { kind: "group"; deed: Deed | null; by: string; members: string[]; group: string }
  | { kind: "unknown" };

/** Why a bot did not answer (docs/messages.md, Bots). */
export type BotTrouble = (typeof TROUBLES)[number];

const TROUBLES = ["unreachable", "clock", "refused", "unreadable", "files", "failed", "textOnly"] as const;

/** What was done to a group. */
export type Deed = (typeof DEEDS)[number];

const DEEDS = [
  "ADD", "REMOVE", "QUIT", "DISSOLVE", "CHANGE_NAME", "CHANGE_IMG", "CHANGE_NOTICE", "CHANGE_MBR_CHAT", "CHANGE_ASTRICT", "CHANGE_ALL_CHAT", "CHANGE_RENAME",
  "CHANGE_NUM", "CHANGE_APPLIED", "CHANGE_NICK", "SETTING_ADMIN", "CANCEL_ADMIN", "TRANSFER",
] as const;

/** Most members that a note names. */
const NAMED = 20;

const SORTS = { 3: "voice", 4: "video", 5: "file", 6: "image" } as const;

/** Longest text that is shown of a message; longer ones come from nobody who follows the rules. */
const LONGEST = 70_000;

type Body = Record<string, unknown>;

function parse(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Body) : {};
  } catch {
    return {};
  }
}

function string(body: Body, member: string): string {
  const value = body[member];
  return typeof value === "string" ? value.slice(0, LONGEST) : "";
}

function number(body: Body, member: string): number {
  const value = body[member];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Reads the content of a message. It comes from others: what is not as it should be is shown as unknown. */
export function readContent(message: Pick<Message, "msg_type" | "msg_cry" | "msg_source">): Content {
  const body = parse(message.msg_cry);
  switch (message.msg_type) {
    case 1:
      if (message.msg_source === 1 && Array.isArray(body["bubbles"])) return { kind: "bot", text: string(body, "text"), answer: body };
      return { kind: "text", text: string(body, "text") };
    case 2:
      return readNote(body);
    case 3:
    case 4:
    case 5:
    case 6:
      return { kind: "file", name: string(body, "name"), size: number(body, "size"), width: number(body, "width"), height: number(body, "height"), second: number(body, "second"), sort: SORTS[message.msg_type] };
    case 10:
      return { kind: "card", name: string(body, "nick"), address: string(body, "cnd") };
    case 11: {
      const title = body["title"];
      const forwards: unknown = body["forwards"];
      return { kind: "forward", lines: Array.isArray(title) ? title.filter((line) => typeof line === "string").slice(0, 5) : [], forwards: Array.isArray(forwards) ? forwards : [] };
    }
    case 12:
      return { kind: "quote", text: string(body, "text"), quoted: string(body, "quoteContent"), id: string(body, "quoteId") };
    case 13:
      return readDeed(body);
    case 16:
      return { kind: "recalled", by: string(body, "cnd") };
    default:
      return { kind: "unknown" };
  }
}

const contents = new WeakMap<Message, Content>();

/** The content of a message, which is read once. */
export function contentOf(message: Message): Content {
  const known = contents.get(message);
  if (known) return known;
  const content = readContent(message);
  contents.set(message, content);
  return content;
}

function child(body: Body, member: string): Body {
  const value = body[member];
  return typeof value === "object" && value !== null ? (value as Body) : {};
}

function readDeed(body: Body): Content {
  const members = Array.isArray(body["groupMember"]) ? body["groupMember"].slice(0, NAMED) : [];
  return {
    kind: "group",
    deed: DEEDS.find((known) => known === body["groupOperationTypes"]) ?? null,
    by: string(child(body, "operationMember"), "nickName"),
    members: members.map((member: unknown) => string((member ?? {}) as Body, "nickName")).filter(Boolean),
    group: string(child(body, "groupInfo"), "name"),
  };
}

function readNote(body: Body): Content {
  switch (body["type"]) {
    case 0:
      return { kind: "friends" };
    case 1:
      return { kind: "burn", time: number(body, "time") };
    case 2: {
      const reason = TROUBLES.find((known) => known === body["reason"]);
      return { kind: "botTrouble", reason: reason ?? "failed", detail: string(body, "detail"), ahead: number(body, "ahead") };
    }
    default:
      return { kind: "unknown" };
  }
}

/** The content of a conversation's last message, `null` if it has none. */
export function lastContent(conversation: Conversation): Content | null {
  const { msg_type, msg_cry } = conversation;
  if (msg_type === 0) return null;
  const body = parse(msg_cry);
  return readContent({ msg_type, msg_cry, msg_source: Array.isArray(body["bubbles"]) ? 1 : 0 });
}

/** A part of a text: words, or the address of a web page. */
export interface Piece {
  readonly text: string;
  readonly url: string | null;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]{3,2000}/giu;
/** What ends a sentence and not an address. */
const AFTER = /[.,;:!?)\]}»”’]+$/u;

const divided = new WeakMap<Content, Piece[]>();

/** The text of a content, divided at the addresses of web pages once. */
export function piecesOf(content: Content): Piece[] {
  if (!("text" in content)) return [];
  const known = divided.get(content);
  if (known) return known;
  const pieces = divide(content.text);
  divided.set(content, pieces);
  return pieces;
}

/** Divides a text at the addresses of web pages in it. */
export function divide(text: string): Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const url = found[0].replace(AFTER, "");
    if (!URL.canParse(url)) continue;
    if (found.index > last) pieces.push({ text: text.slice(last, found.index), url: null });
    pieces.push({ text: url, url });
    last = found.index + url.length;
  }
  if (last < text.length) pieces.push({ text: text.slice(last), url: null });
  return pieces;
}
