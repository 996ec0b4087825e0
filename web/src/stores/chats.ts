import { defineStore } from "pinia";
import { computed, reactive, ref, shallowReactive } from "vue";
import type { Conversation, Message } from "../generated/im";
import type { Frame } from "../im/client";
import { useIm } from "./im";

/** Messages that are asked for at once. */
const PAGE = 60;
/** Pages that are asked for to reach a message of the past. */
const FAR = 100;
/** Messages that are found at once. */
const FOUND = 50;
/** How long somebody counts as typing after they said so, in milliseconds. */
const TYPING = 8_000;
/** How often others are told that the user types, in milliseconds. */
const TELL_TYPING = 4_000;

/** Names of files that are sent as pictures. */
const PICTURE = /\.(?:png|jpe?g|gif|webp)$/iu;
/** Largest file that is shown in the page, in bytes. */
const SHOWN = 20_000_000;

/** Bytes of a file that are handed over at once. */
const PIECE = 1 << 20;

/** A conversation's messages as far as they were asked for, the oldest first. */
export interface Thread {
  readonly messages: Message[];
  /** Whether there are older ones. */
  more: boolean;
  /** Whether older ones are being asked for. */
  loading: boolean;
  /** The first message that was unread when the conversation was opened. */
  unreadFrom: string | null;
}

/** Conversations and messages. */
export const useChats = defineStore("chats", () => {
  const im = useIm();
  const all = shallowReactive(new Map<string, Conversation>());
  const threads = shallowReactive(new Map<string, Thread>());
  const drafts = reactive(new Map<string, string>());
  /** Who types, and the timer that ends it. */
  const typing = shallowReactive(new Map<string, number>());
  /** How much of a file that is on its way is here, from 0 to 1. */
  const arriving = shallowReactive(new Map<string, number>());
  const current = ref<string | null>(null);
  const unread = ref(0);
  let toldTyping = 0;

  /** The conversations, pinned ones first, then by their last message. */
  const list = computed(() => [...all.values()].sort((a, b) => b.top_time - a.top_time || lastTime(b) - lastTime(a)));

  im.follow({ fill, take, empty });

  async function fill(): Promise<void> {
    const { chat } = im.engine();
    const [conversations, count] = await Promise.all([chat.getConversations(), chat.getUnreadMessageCount()]);
    all.clear();
    for (const conversation of conversations) all.set(conversation.rs_id, conversation);
    unread.value = count.value;
    threads.clear();
    if (current.value !== null) await show(current.value);
  }

  function empty(): void {
    all.clear();
    threads.clear();
    drafts.clear();
    typing.clear();
    arriving.clear();
    current.value = null;
    unread.value = 0;
  }

  function take(frame: Frame): void {
    switch (frame.type) {
      case "conversationChanged":
        all.set(frame.data.conversation.rs_id, frame.data.conversation);
        if (frame.data.conversation.rs_id === current.value) im.meanwhile(markRead(current.value));
        break;
      case "conversationDeleted":
        all.delete(frame.data.conversation);
        threads.delete(frame.data.conversation);
        break;
      case "messageAdded":
        put(frame.data.message);
        if (frame.data.message.msg_source === 1) stopTyping(frame.data.message.rs_id);
        break;
      case "messageChanged":
        arriving.delete(frame.data.message.msg_id);
        put(frame.data.message);
        break;
      case "mediaProgress":
        if (frame.data.part === 0) arriving.set(frame.data.message, frame.data.done / Math.max(1, frame.data.total));
        break;
      case "messagesDeleted":
        remove(frame.data.conversation, frame.data.messages);
        break;
      case "typing":
        if (frame.data.typing) startTyping(frame.data.address);
        else stopTyping(frame.data.address);
        break;
      case "unreadChanged":
        unread.value = frame.data.total;
        break;
    }
  }

  function startTyping(address: string): void {
    window.clearTimeout(typing.get(address));
    typing.set(address, window.setTimeout(() => typing.delete(address), TYPING));
  }

  function stopTyping(address: string): void {
    window.clearTimeout(typing.get(address));
    typing.delete(address);
  }

  /** Changes a thread by making it anew, which is what those who look at it notice. */
  function change(id: string, by: (thread: Thread) => Thread): void {
    const thread = threads.get(id);
    if (thread) threads.set(id, by(thread));
  }

  function put(message: Message): void {
    change(message.rs_id, (thread) => ({ ...thread, messages: merged(thread.messages, [message]) }));
  }

  function remove(id: string, gone: string[]): void {
    change(id, (thread) => ({ ...thread, messages: gone.length === 0 ? [] : thread.messages.filter(({ msg_id }) => !gone.includes(msg_id)) }));
  }

  /** Opens a conversation: its newest messages are there afterwards, and count as read while it can be seen. */
  async function open(id: string | null): Promise<void> {
    current.value = id;
    if (im.phase !== "in") return;
    const { chat } = im.engine();
    await chat.setCurRsId({ rsId: id ?? "-" });
    if (id !== null) await show(id);
  }

  /** Has the newest messages of a conversation at hand, and tells their writers that they were read. */
  async function show(id: string): Promise<void> {
    if (!threads.has(id)) {
      const { chat } = im.engine();
      const count = all.get(id)?.rs_unread ?? 0;
      const newest = await chat.getMessagesByConversationId({ conversationId: id, startTime: -1, pageSize: PAGE, orderBy: "DESC" });
      const messages = merged([], newest);
      const unread = messages.filter(({ msg_source }) => msg_source === 1).at(-count);
      threads.set(id, { messages, more: newest.length === PAGE, loading: false, unreadFrom: count > 0 ? (unread?.msg_id ?? null) : null });
    }
    await markRead(id);
  }

  /** Asks for messages before those that are there. */
  async function older(id: string): Promise<void> {
    const thread = threads.get(id);
    const first = thread?.messages[0];
    if (!thread?.more || thread.loading || !first) return;
    change(id, (before) => ({ ...before, loading: true }));
    try {
      const request = { conversationId: id, startTime: first.created_time - 1, pageSize: PAGE, orderBy: "DESC" } as const;
      const page = await im.engine().chat.getMessagesByConversationId(request);
      change(id, (before) => ({ ...before, messages: merged(before.messages, page), more: page.length === PAGE }));
    } finally {
      change(id, (before) => ({ ...before, loading: false }));
    }
  }

  /** Has a message of the past at hand, unless it is too far back; whether it is. */
  async function reach(id: string, message: string): Promise<boolean> {
    await show(id);
    const here = () => threads.get(id)?.messages.some(({ msg_id }) => msg_id === message) ?? false;
    for (let page = 0; page < FAR && !here() && threads.get(id)?.more; page += 1) await older(id);
    return here();
  }

  /** Finds messages that contain what is typed, the newest first. */
  function find(text: string): Promise<Message[]> {
    return im.engine().chat.searchMessages({ text, size: FOUND });
  }

  /** Tells the writers that their messages were read, if the user can see them. */
  async function markRead(id: string): Promise<void> {
    if (document.visibilityState !== "visible" || !document.hasFocus() || !all.get(id)?.rs_unread) return;
    await im.engine().chat.setConversationReadById({ conversationId: id, isRead: true });
  }

  /** Whom a message to a conversation goes to. */
  function target(id: string) {
    const conversation = all.get(id);
    return { cnd: id, cid: id, conversationType: conversation?.rs_type === 2 ? 1 : 0, pub: conversation?.pubCurve ?? "" } as const;
  }

  /** Sends a text, which quotes a message if one is given. */
  async function send(id: string, text: string, quoted: Message | null): Promise<void> {
    toldTyping = 0;
    const { chat } = im.engine();
    if (quoted) await chat.sendQuoteMessage({ ...target(id), message: quoted, text });
    else await chat.sendTextMessage({ ...target(id), text });
  }

  /** Sends files of this computer, pictures as such. */
  async function sendFiles(id: string, paths: string[]): Promise<void> {
    const { chat } = im.engine();
    for (const filePath of paths) {
      const request = { ...target(id), filePath };
      await (PICTURE.test(filePath) ? chat.sendImageMessage(request) : chat.sendFileMessage(request));
    }
  }

  /** Hands a file of the page over to the engine; the path by which it can be sent, once. */
  async function stage(blob: Blob, name: string): Promise<string> {
    const { chat } = im.engine();
    let [path, offset] = ["", 0];
    do {
      const data = toBase64(await blob.slice(offset, offset + PIECE).arrayBuffer());
      const staged = await chat.stageMedia({ path, name, offset, data });
      ({ path, size: offset } = staged);
    } while (offset < blob.size);
    return path;
  }

  /** Deletes all messages of the open room; the chats stay, empty. */
  async function clearMessages(): Promise<void> {
    await im.engine().chat.deleteAllMessages();
    await fill();
  }

  /** Deletes all chats of the open room with their messages. */
  async function clearChats(): Promise<void> {
    await im.engine().chat.deleteAllConversations({ isSendUnReadMessage: false });
    current.value = null;
    await fill();
  }

  /** Writes a message's file to a path. */
  async function saveFile(message: Message, path: string): Promise<void> {
    await im.engine().chat.saveMedia({ messageId: message.msg_id, path });
  }

  /** A message's file as a whole, for what is shown in the page. */
  async function readFile(message: Message): Promise<Blob> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let [offset, size] = [0, 1];
    while (offset < size) {
      const piece = await im.engine().chat.readMedia({ messageId: message.msg_id, offset });
      const bytes = Uint8Array.from(atob(piece.data), (letter) => letter.charCodeAt(0));
      if (bytes.length === 0 || piece.size > SHOWN) break;
      pieces.push(bytes);
      offset += bytes.length;
      size = piece.size;
    }
    return new Blob(pieces);
  }

  /** Sends a bot what something that was tapped stands for. */
  async function tap(id: string, tapped: { text: string; postback: string; open: boolean }): Promise<void> {
    await im.engine().chat.sendPostbackMessage({ cnd: id, ...tapped });
  }

  /** Tells a contact that the user types, from time to time. */
  async function tellTyping(id: string): Promise<void> {
    const now = Date.now();
    if (all.get(id)?.rs_type !== 1 || now - toldTyping < TELL_TYPING) return;
    toldTyping = now;
    await im.engine().chat.sendInputStateMessage({ cnd: id, isInputting: true });
  }

  /** Takes a message back from everybody. */
  async function recall(message: Message): Promise<void> {
    const { cid, pub } = target(message.rs_id);
    const request = { conversationId: message.rs_id, cid, pub, conversationType: message.rs_type, messageId: message.msg_id };
    await im.engine().chat.recallMessageById(request);
  }

  /** Deletes a message for the user alone. */
  async function forget(message: Message): Promise<void> {
    await im.engine().chat.deleteMessageById({ messageId: message.msg_id });
  }

  /** Pins a conversation to the head of the list, or loosens it. */
  async function pin(id: string, isTop: boolean): Promise<void> {
    await im.engine().chat.setConversationTopById({ conversationId: id, isTop });
  }

  /** Takes a conversation off the list, with its messages. */
  async function drop(id: string): Promise<void> {
    await im.engine().chat.deleteConversationById({ conversationId: id });
  }

  /** Begins a conversation with a contact, unless there is one. */
  async function begin(address: string): Promise<void> {
    if (all.has(address)) return;
    const conversation = await im.engine().chat.createConversation({ cnd: address, cid: address, conversationType: 1 });
    all.set(conversation.rs_id, conversation);
  }

  return {
    all, list, threads, drafts, typing, arriving, current, unread,
    open, older, reach, find, markRead, send, sendFiles, stage, clearMessages, clearChats, saveFile, readFile, tap, tellTyping, recall, forget, pin, drop, begin,
  };
});

function toBase64(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte));
  return btoa(letters.join(""));
}

function lastTime(conversation: Conversation): number {
  return Math.max(conversation.msg_created_time, conversation.updated_time);
}

/** Messages with others among them, each once and as it came last, by time. */
export function merged(messages: readonly Message[], others: readonly Message[]): Message[] {
  const byId = new Map([...messages, ...others].map((message) => [message.msg_id, message]));
  return [...byId.values()].sort((a, b) => a.created_time - b.created_time);
}
