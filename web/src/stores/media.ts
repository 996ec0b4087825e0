import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { Message } from "../generated/im";
import type { Frame } from "../im/client";
import { useChats } from "./chats";
import { useIm } from "./im";

/** Most bytes of pictures that are kept for when they are seen again. */
const KEPT = 64_000_000;

/** Pictures that were read, and the picture or video that is shown large. */
export const useMedia = defineStore("media", () => {
  const im = useIm();
  const chats = useChats();
  /** By the id of their message, the one that was needed last at the end. */
  const pictures = new Map<string, Blob>();
  let bytes = 0;
  const large = shallowRef<Message | null>(null);

  im.follow({ fill: () => Promise.resolve(), take, empty });

  function empty(): void {
    pictures.clear();
    bytes = 0;
    large.value = null;
  }

  function take(frame: Frame): void {
    // What was taken back or is gone is not kept here either.
    if (frame.type === "messageChanged" && frame.data.message.msg_type === 16) lose(frame.data.message.msg_id);
    if (frame.type !== "messagesDeleted") return;
    if (frame.data.messages.length === 0) empty();
    else for (const id of frame.data.messages) lose(id);
  }

  function lose(id: string): void {
    if (large.value?.msg_id === id) large.value = null;
    bytes -= pictures.get(id)?.size ?? 0;
    pictures.delete(id);
  }

  /** A message's picture; empty if it is too large to be shown. */
  async function picture(message: Message): Promise<Blob> {
    const blob = pictures.get(message.msg_id) ?? (await chats.readFile(message));
    // It may have been read twice at once.
    bytes += blob.size - (pictures.get(message.msg_id)?.size ?? 0);
    pictures.delete(message.msg_id);
    pictures.set(message.msg_id, blob);
    for (const [id, { size }] of pictures) {
      if (bytes <= KEPT || id === message.msg_id) break;
      pictures.delete(id);
      bytes -= size;
    }
    return blob;
  }

  return { large, picture };
});
