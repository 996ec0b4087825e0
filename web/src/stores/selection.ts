import { defineStore } from "pinia";
import { computed, shallowReactive, ref } from "vue";
import { contentOf } from "../chats/content";
import type { Message } from "../generated/im";
import { useIm } from "./im";

/** Most messages that are chosen at once (im.md 7.10). */
const MOST = 100;

/** Whether a message can be sent on. */
export function isSendable(message: Message): boolean {
  return ["text", "quote", "file", "card", "forward"].includes(contentOf(message).kind) && message.b_exp === 0;
}

/** Messages of one chat that are chosen, to do something with all of them. */
export const useSelection = defineStore("selection", () => {
  const im = useIm();
  /** The chat in which messages are being chosen. */
  const chat = ref<string | null>(null);
  const chosen = shallowReactive(new Map<string, Message>());
  /** Those that are chosen, in the order in which they were written. */
  const list = computed(() => [...chosen.values()].sort((a, b) => a.created_time - b.created_time));

  im.follow({
    fill: () => Promise.resolve(),
    take(frame) {
      if (frame.type !== "messagesDeleted" || frame.data.conversation !== chat.value) return;
      if (frame.data.messages.length === 0) end();
      for (const id of frame.data.messages) chosen.delete(id);
    },
    empty: end,
  });

  /** Begins to choose, with one message. */
  function begin(message: Message): void {
    chosen.clear();
    chat.value = message.rs_id;
    chosen.set(message.msg_id, message);
  }

  function toggle(message: Message): void {
    if (!chosen.delete(message.msg_id) && chosen.size < MOST) chosen.set(message.msg_id, message);
  }

  function end(): void {
    chat.value = null;
    chosen.clear();
  }

  return { chat, chosen, list, begin, toggle, end };
});
