import { shallowReactive } from "vue";
import { firstUnread, MOST, type Stretch, withMessage, withNewer, withOlder, without } from "../chats/window";
import type { Message } from "../generated/im";
import { EngineFailure } from "../im/client";
import { useIm } from "./im";

/** Messages that are asked for at once. */
const PAGE = 60;
/** Most messages that one request gives. */
const LARGEST = 500;

/** The part of a conversation that is at hand. */
export interface Thread extends Stretch {
  /** Whether messages beyond one of its ends are being asked for. */
  readonly loading: boolean;
  /** The first message that was unread when the conversation was opened. */
  readonly unreadFrom: string | null;
  /** What came last, whether or not it is at hand. */
  readonly latest: Message | null;
}

/** The conversations that are open or were, as far as they are at hand. `unreadOf` tells how many messages of one are unread. */
export function useThreads(unreadOf: (id: string) => number) {
  const im = useIm();
  const threads = shallowReactive(new Map<string, Thread>());
  /** Conversations that are read somewhere else than at their end. */
  const reading = new Set<string>();
  /** Conversations that are open, but of which the user has not seen the end. */
  const missing = new Set<string>();

  /** Changes a thread by making it anew, which is what those who look at it notice. */
  function change(id: string, by: (thread: Thread) => Thread): void {
    const thread = threads.get(id);
    if (thread) threads.set(id, by(thread));
  }

  /** Takes a message that was `added`, or that changed. */
  function put(message: Message, added = false): void {
    if (added) noteLatest(message);
    change(message.rs_id, (thread) => ({ ...thread, ...withMessage(thread, message, !reading.has(message.rs_id)) }));
  }

  /** What another device of the user's had before does not count as new. */
  function noteLatest(message: Message): void {
    change(message.rs_id, (thread) => {
      const last = thread.latest ?? (thread.newer ? null : thread.messages.at(-1));
      return last && last.created_time > message.created_time ? thread : { ...thread, latest: message };
    });
  }

  /** Takes messages out that are gone; all if none is named. */
  function remove(id: string, gone: string[]): void {
    change(id, (thread) => ({ ...thread, ...without(thread, gone) }));
    const thread = threads.get(id);
    if (thread?.messages.length === 0 && (thread.more || thread.newer)) im.meanwhile(newest(id));
  }

  /** Says whether the user looks at the end of a conversation, where what is new pushes out what is old. */
  function look(id: string, atEnd: boolean): void {
    if (atEnd) reading.delete(id);
    else reading.add(id);
  }

  /** Notes where what is unread begins, before the conversation is seen. If not all of that is at hand it is asked for anew. */
  function markUnread(id: string): void {
    const [thread, count] = [threads.get(id), unreadOf(id)];
    if (!thread || thread.unreadFrom !== null || count <= 0) return;
    const unreadFrom = firstUnread(thread.messages, count);
    if (unreadFrom === null && thread.more) threads.delete(id);
    else change(id, (before) => ({ ...before, unreadFrom }));
  }

  /** Notes that what is unread begins with a message that came while nobody looked at the open conversation, unless more did before it. */
  function markMissed({ rs_id, msg_id }: Message): void {
    if (missing.has(rs_id)) return;
    missing.add(rs_id);
    change(rs_id, (before) => ({ ...before, unreadFrom: msg_id }));
  }

  /** Notes that the user has seen what they missed. */
  function seeMissed(id: string): void {
    missing.delete(id);
  }

  /** Lets go of the past of a conversation that nobody looks at. */
  function leave(id: string): void {
    reading.delete(id);
    missing.delete(id);
    if (threads.get(id)?.newer) threads.delete(id);
    change(id, (thread) => ({ ...thread, messages: thread.messages.slice(-PAGE), more: thread.more || thread.messages.length > PAGE, unreadFrom: null }));
  }

  /** Has the newest messages of a conversation at hand, wherever the user was, and all that are unread if they are not too many. */
  async function newest(id: string): Promise<void> {
    const unread = unreadOf(id);
    let stretch: Stretch = { messages: [], more: true, newer: false };
    do {
      const startTime = (stretch.messages[0]?.created_time ?? 0) - 1;
      const pageSize = Math.min(LARGEST, PAGE + unread);
      const page = await im.engine().chat.getMessagesByConversationId({ conversationId: id, startTime, pageSize, orderBy: "DESC" });
      stretch = withOlder(stretch, page, page.length === pageSize);
    } while (unread > 0 && firstUnread(stretch.messages, unread) === null && stretch.more && stretch.messages.length + LARGEST <= MOST);
    set(id, stretch, unread);
  }

  /** Has a stretch at hand of which the last messages may be unread, so many of them. */
  function set(id: string, stretch: Stretch, unread = 0): void {
    const { unreadFrom = null, latest = null } = threads.get(id) ?? {};
    threads.set(id, { ...stretch, loading: false, unreadFrom: unreadFrom ?? firstUnread(stretch.messages, unread), latest });
  }

  /** Asks for messages beyond one end of those that are there. */
  async function extend(id: string, orderBy: "ASC" | "DESC"): Promise<void> {
    const thread = threads.get(id);
    const older = orderBy === "DESC";
    const edge = thread?.messages.at(older ? 0 : -1);
    if (!thread || !edge || thread.loading || !(older ? thread.more : thread.newer)) return;
    change(id, (before) => ({ ...before, loading: true }));
    try {
      const startTime = edge.created_time + (older ? -1 : 1);
      const page = await im.engine().chat.getMessagesByConversationId({ conversationId: id, startTime, pageSize: PAGE, orderBy });
      // Meanwhile another part of the conversation may have come to hand.
      if (threads.get(id)?.messages.at(older ? 0 : -1)?.msg_id !== edge.msg_id) return;
      change(id, (before) => ({ ...before, ...(older ? withOlder : withNewer)(before, page, page.length === PAGE) }));
    } finally {
      change(id, (before) => ({ ...before, loading: false }));
    }
  }

  /** Has a message of the past and what is around it at hand; whether it is there. */
  async function reach(id: string, message: string): Promise<boolean> {
    if (!threads.has(id)) await newest(id);
    const here = () => threads.get(id)?.messages.some(({ msg_id }) => msg_id === message) ?? false;
    if (here()) return true;
    try {
      const found = await im.engine().chat.getMessageByIdChat({ messageId: message });
      if (found.rs_id === id) await around(id, found.created_time);
    } catch (thrown) {
      if (!(thrown instanceof EngineFailure) || thrown.code === 0) throw thrown;
    }
    return here();
  }

  /** Has the messages before and after a moment at hand. */
  async function around(id: string, time: number): Promise<void> {
    const { chat } = im.engine();
    const before = await chat.getMessagesByConversationId({ conversationId: id, startTime: time - 1, pageSize: PAGE, orderBy: "DESC" });
    // What comes meanwhile is among these, which are asked for last.
    const after = await chat.getMessagesByConversationId({ conversationId: id, startTime: time, pageSize: PAGE, orderBy: "ASC" });
    set(id, { messages: [...before.reverse(), ...after], more: before.length === PAGE, newer: after.length === PAGE });
  }

  /** The first message from a moment on, else the last one before it; `null` if there is none at all. */
  async function firstFrom(id: string, time: number): Promise<Message | null> {
    const { chat } = im.engine();
    const [after] = await chat.getMessagesByConversationId({ conversationId: id, startTime: time, pageSize: 1, orderBy: "ASC" });
    if (after) return after;
    const [last] = await chat.getMessagesByConversationId({ conversationId: id, startTime: -1, pageSize: 1, orderBy: "DESC" });
    return last ?? null;
  }

  return { threads, change, put, remove, look, leave, markUnread, markMissed, seeMissed, newest, extend, reach, firstFrom };
}
