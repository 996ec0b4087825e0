import { defineStore } from "pinia";
import { computed, reactive, ref, shallowReactive } from "vue";
import { contentOf } from "../chats/content";
import type { Conversation, Forwarded, Message } from "../generated/im";
import type { Frame } from "../im/client";
import type { Recorded } from "../chats/record";
import { secondsOf } from "../chats/seconds";
import { useIm } from "./im";
import { useThreads } from "./threads";

export type { Thread } from "./threads";

/** Messages that are found at once. */
const FOUND = 50;
/** How long somebody counts as typing after they said so, in milliseconds. */
const TYPING = 8_000;
/** How often others are told that the user types, in milliseconds. */
const TELL_TYPING = 4_000;

/** Names of files that are sent as videos. */
const VIDEO = /\.(?:mp4|webm|mov|m4v)$/iu;
/** Names of files that are sent as pictures. */
const PICTURE = /\.(?:png|jpe?g|gif|webp)$/iu;
/** Largest file that is shown in the page, in bytes. */
const SHOWN = 20_000_000;

/** Bytes of a file that are handed over at once. */
const PIECE = 1 << 20;

/** Conversations and messages. */
export const useChats = defineStore("chats", () => {
  const im = useIm();
  const all = shallowReactive(new Map<string, Conversation>());
  const drafts = reactive(new Map<string, string>());
  /** Who types, and the timer that ends it. */
  const typing = shallowReactive(new Map<string, number>());
  /** How much of a file that is on its way is here, from 0 to 1. */
  const arriving = shallowReactive(new Map<string, number>());
  const current = ref<string | null>(null);
  /** What is unread all in all, and without what comes into muted chats, unless the user is meant. */
  const total = ref(0);
  const unread = computed(() => {
    const quiet = [...all.values()].filter(({ disturb, tip_status }) => disturb === 1 && tip_status !== 1);
    return Math.max(0, total.value - quiet.reduce((sum, { rs_unread }) => sum + rs_unread, 0));
  });
  const { threads, put, remove, look, leave, markUnread, markMissed, seeMissed, newest, extend, reach, firstFrom } = useThreads((id) => all.get(id)?.rs_unread ?? 0);
  let toldTyping = 0;

  /** The conversations, pinned ones first, then by their last message. */
  const list = computed(() => [...all.values()].sort((a, b) => b.top_time - a.top_time || lastTime(b) - lastTime(a)));

  im.follow({ fill, take, empty });

  async function fill(): Promise<void> {
    const { chat } = im.engine();
    const [conversations, count] = await Promise.all([chat.getConversations(), chat.getUnreadMessageCount()]);
    all.clear();
    for (const conversation of conversations) all.set(conversation.rs_id, conversation);
    total.value = count.value;
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
    total.value = 0;
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
        put(frame.data.message, true);
        if (frame.data.message.rs_id === current.value && frame.data.message.msg_source === 1 && !looking()) markMissed(frame.data.message);
        if (frame.data.message.msg_source === 1) stopTyping(frame.data.message.rs_id);
        break;
      case "messageChanged":
        arriving.delete(frame.data.message.msg_id);
        put(frame.data.message);
        break;
      case "mediaProgress":
        if (frame.data.part === 0) arrive(frame.data);
        break;
      case "messagesDeleted":
        remove(frame.data.conversation, frame.data.messages);
        break;
      case "typing":
        if (frame.data.typing) startTyping(frame.data.address);
        else stopTyping(frame.data.address);
        break;
      case "unreadChanged":
        total.value = frame.data.total;
        break;
    }
  }

  /** The last news of a file may come after that of its message. */
  function arrive({ message, done, total }: { message: string; done: number; total: number }): void {
    if (done < total) arriving.set(message, done / total);
    else arriving.delete(message);
  }

  function startTyping(address: string): void {
    window.clearTimeout(typing.get(address));
    typing.set(address, window.setTimeout(() => typing.delete(address), TYPING));
  }

  function stopTyping(address: string): void {
    window.clearTimeout(typing.get(address));
    typing.delete(address);
  }

  /** Opens a conversation: its newest messages are there afterwards, and count as read while it can be seen. */
  async function open(id: string | null): Promise<void> {
    if (current.value !== null && current.value !== id) leave(current.value);
    current.value = id;
    if (id !== null) markUnread(id);
    if (im.phase !== "in") return;
    const { chat } = im.engine();
    await chat.setCurRsId({ rsId: id ?? "-" });
    if (id !== null) await show(id);
  }

  /** Has the newest messages of a conversation at hand, and tells their writers that they were read. */
  async function show(id: string): Promise<void> {
    if (!threads.has(id)) await newest(id);
    await markRead(id);
  }

  /** Finds messages that contain what is typed, the newest first. */
  function find(text: string): Promise<Message[]> {
    return im.engine().chat.searchMessages({ text, size: FOUND });
  }

  /** Whether the user has the window before them. */
  function looking(): boolean {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  /** Tells the writers that their messages were read, if the user can see them. */
  async function markRead(id: string): Promise<void> {
    if (!looking()) return;
    seeMissed(id);
    if (!all.get(id)?.rs_unread) return;
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

  /** Sends a file of the page or of this computer, pictures and videos as such. */
  async function sendFile(id: string, source: Blob | string, name: string): Promise<void> {
    const { chat } = im.engine();
    const request = { ...target(id), filePath: typeof source === "string" ? source : await stage(source, name) };
    if (PICTURE.test(name)) await chat.sendImageMessage(request);
    else if (VIDEO.test(name)) await chat.sendVideoMessage({ ...request, second: typeof source === "string" ? 0 : await secondsOf(source) });
    else await chat.sendFileMessage(request);
  }

  /** Sends a voice message with its waveform. */
  async function sendVoice(id: string, { sound, name, second, wave }: Recorded): Promise<void> {
    const [filePath, wavePath] = [await stage(sound, name), await stage(new Blob([wave]), "wave")];
    await im.engine().chat.sendAudioMessage({ ...target(id), filePath, wavePath, second });
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

  /**
   * A message's file as a whole, for what is shown in the page; empty if it is larger than `most` bytes. `part` 1 is a waveform, and `told` hears how
   * much of it is read, from 0 to 1.
   */
  async function readFile(message: Message, { part = 0, most = SHOWN, told }: { part?: 0 | 1; most?: number; told?: (done: number) => void } = {}): Promise<Blob> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let [offset, size] = [0, 1];
    while (offset < size) {
      const piece = await im.engine().chat.readMedia({ messageId: message.msg_id, part, offset });
      const bytes = Uint8Array.from(atob(piece.data), (letter) => letter.charCodeAt(0));
      if (bytes.length === 0 || piece.size > most) break;
      pieces.push(bytes);
      offset += bytes.length;
      size = piece.size;
      told?.(offset / size);
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
    remove(message.rs_id, [message.msg_id]);
  }

  /** Sets how long messages of a conversation are there once they were read, in milliseconds; 0 for ever. */
  async function burnAfter(id: string, time: number): Promise<void> {
    await im.engine().chat.setBurnAfterTime({ cnd: id, time });
  }

  /** Sends a message that failed once more, as a new one; the old one goes. */
  async function resend(message: Message, bot: boolean): Promise<void> {
    const { chat } = im.engine();
    const content = contentOf(message);
    if (bot && content.kind === "text") await resendToBot(message, content.text);
    else await chat.sendStepForwardMessage({ ...target(message.rs_id), conversationType: message.rs_type, cmd: 10, forwards: [forwarded(message, writerOf(message))] });
    await forget(message);
  }

  /** The name of who wrote a message, as others may know it: not what the user calls them. */
  function writerOf(message: Message): string {
    return message.nic || (message.msg_source === 0 ? (im.profile?.u_nick ?? "") : "");
  }

  /** Sends messages on to a conversation or contact, each as one of its own, and a text after them unless it is empty. */
  async function forward(id: string, messages: readonly Message[], text: string): Promise<void> {
    const conversationType = all.get(id)?.rs_type ?? 1;
    await im.engine().chat.sendStepForwardMessage({ ...target(id), conversationType, cmd: 10, text, forwards: messages.map((message) => forwarded(message, writerOf(message))) });
  }

  /** Sends messages on to a conversation or contact as one that holds them, and a text after it unless it is empty. `title` stands for them. */
  async function forwardMerged(id: string, messages: readonly Message[], title: string[], text: string): Promise<void> {
    const domains = { formDomain: "", toDomain: "", fromCnd: messages[0]?.rs_id ?? "" };
    await im.engine().chat.sendMergeForwardMessage({ ...target(id), forwards: messages.map((message) => forwarded(message, writerOf(message))), title, ...domains });
    if (text !== "") await send(id, text, null);
  }

  /** Sends the card of a contact, and a text after it unless it is empty. */
  async function sendCard(id: string, contactId: string, text: string): Promise<void> {
    await im.engine().chat.sendCardMessage({ ...target(id), contactId });
    if (text !== "") await send(id, text, null);
  }

  /** Deletes messages of one conversation for the user alone. */
  async function forgetAll(messages: readonly Message[]): Promise<void> {
    const messageIds = messages.map(({ msg_id }) => msg_id);
    await im.engine().chat.deleteMessagesByIds({ messageIds });
    if (messages[0]) remove(messages[0].rs_id, messageIds);
  }

  async function resendToBot({ rs_id, msg_cry }: Message, text: string): Promise<void> {
    const { postback, open } = JSON.parse(msg_cry) as { postback?: unknown; open?: unknown };
    if (typeof postback === "string") await tap(rs_id, { text, postback, open: open === true });
    else await send(rs_id, text, null);
  }

  /** Pins a conversation to the head of the list, or loosens it. */
  async function pin(id: string, isTop: boolean): Promise<void> {
    await im.engine().chat.setConversationTopById({ conversationId: id, isTop });
  }

  /** Lets what comes into a conversation make no noise, or noise again. */
  async function mute(id: string): Promise<void> {
    const { sync } = im.engine();
    if (all.get(id)?.rs_type === 2) await sync.updateGroupWithDisturb({ gid: id });
    else await sync.updateWithDisturb({ cId: id });
  }

  /** Takes a conversation out of sight for some milliseconds, with its contact; 0 shows it again. */
  async function hide(id: string, time: number): Promise<void> {
    const { contact, group } = im.engine();
    if (all.get(id)?.rs_type === 2) await group.setGroupHideState({ gId: id, time });
    else await contact.editHideState({ nodeId: id, time });
    await fill();
  }

  /** Deletes all messages of a conversation for everybody in it. */
  async function wipe(id: string): Promise<void> {
    await im.engine().chat.sendDelEachOtherMessage(target(id));
  }

  /** Takes a conversation off the list, with its messages. */
  async function drop(id: string): Promise<void> {
    await im.engine().chat.deleteConversationById({ conversationId: id });
    all.delete(id);
    threads.delete(id);
  }

  /** Begins a conversation with a contact, unless there is one. */
  async function begin(address: string): Promise<void> {
    if (all.has(address)) return;
    const conversation = await im.engine().chat.createConversation({ cnd: address, cid: address, conversationType: 1 });
    all.set(conversation.rs_id, conversation);
  }

  return {
    all, list, threads, drafts, typing, arriving, current, unread,
    open, look, extend, newest, reach, firstFrom, find, markRead, send, sendFile, sendVoice, stage, saveFile, readFile, tap, tellTyping, recall, forget, burnAfter,
    resend, writerOf, forward, forwardMerged, forgetAll, sendCard, pin, mute, hide, wipe, drop, begin, clearMessages, clearChats,
  };
});

function toBase64(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte));
  return btoa(letters.join(""));
}

/** A message as it is sent on. */
function forwarded(message: Message, nic: string): Forwarded {
  return {
    msgId: message.msg_id, nic, ndAdd: message.c_nd_add, pfpId: message.pfp_id, pfpUrl: message.pfp_url, msgType: message.msg_type, msgContent: message.msg_cry,
    sendTime: message.created_time, domain: message.msg_domain,
  };
}

function lastTime(conversation: Conversation): number {
  return Math.max(conversation.msg_created_time, conversation.updated_time);
}
