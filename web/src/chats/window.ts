import type { Message } from "../generated/im";

/** Most messages of a conversation that are kept at hand. */
export const MOST = 1_200;

/** A stretch of a conversation, the oldest message first. */
export interface Stretch {
  readonly messages: readonly Message[];
  /** Whether there are older messages than these. */
  readonly more: boolean;
  /** Whether there are newer ones. */
  readonly newer: boolean;
}

/** Messages with others among them, each once and as it came last, by time. */
export function merged(messages: readonly Message[], others: readonly Message[]): Message[] {
  const byId = new Map([...messages, ...others].map((message) => [message.msg_id, message]));
  return [...byId.values()].sort((a, b) => a.created_time - b.created_time);
}

/** Puts a page before a stretch, and lets go of what is too far behind it. `more` says whether the page was full. */
export function withOlder(stretch: Stretch, page: readonly Message[], more: boolean): Stretch {
  const messages = merged(stretch.messages, page);
  return { messages: messages.slice(0, MOST), more, newer: stretch.newer || messages.length > MOST };
}

/** Puts a page behind a stretch, and lets go of what is too far before it. `newer` says whether the page was full. */
export function withNewer(stretch: Stretch, page: readonly Message[], newer: boolean): Stretch {
  const messages = merged(stretch.messages, page);
  return { messages: messages.slice(-MOST), more: stretch.more || messages.length > MOST, newer };
}

/**
 * Puts a message into a stretch, or what has become of it. One that has no place beside those at hand is left to be asked for. Whoever looks at the
 * end of a full stretch (`atEnd`) loses the oldest message for the newest; others keep what they see.
 */
export function withMessage(stretch: Stretch, message: Message, atEnd: boolean): Stretch {
  const { messages, more, newer } = stretch;
  const place = messages.findIndex(({ msg_id }) => msg_id === message.msg_id);
  if (place >= 0) return { ...stretch, messages: messages.with(place, message) };
  const [first, last] = [messages[0], messages.at(-1)];
  if (first && message.created_time < first.created_time) return more ? stretch : withOlder(stretch, [message], more);
  if (last && message.created_time < last.created_time) return { ...stretch, messages: merged(messages, [message]) };
  if (newer || (messages.length >= MOST && !atEnd)) return { ...stretch, newer: true };
  return withNewer(stretch, [message], false);
}

/** Takes messages out of a stretch; all of them if none is named. */
export function without(stretch: Stretch, ids: readonly string[]): Stretch {
  if (ids.length === 0) return { messages: [], more: false, newer: false };
  const gone = new Set(ids);
  return { ...stretch, messages: stretch.messages.filter(({ msg_id }) => !gone.has(msg_id)) };
}

/** The first message that was unread when there were `count` of them, as far as it is at hand. */
export function firstUnread(messages: readonly Message[], count: number): string | null {
  if (count <= 0) return null;
  return messages.filter(({ msg_source }) => msg_source === 1).at(-count)?.msg_id ?? null;
}
