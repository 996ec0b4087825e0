import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import { useIm } from "./im";
import { type NoticeKey, useNotices } from "./notices";

/** Something that is about to be done. */
interface Waiting {
  readonly ids: readonly string[];
  readonly action: () => Promise<void>;
}

/** What the user has deleted is out of sight at once, and is deleted when the notice that offers to bring it back goes. */
export const useUndo = defineStore("undo", () => {
  const im = useIm();
  const notices = useNotices();
  /** Ids of messages, conversations, contacts and favourites that are out of sight. */
  const hidden = shallowReactive(new Set<string>());
  const waiting = new Set<Waiting>();

  im.beforeLock(finish);
  window.addEventListener("pagehide", () => void finish());
  // What somebody writes into a chat that is about to go must not go with it.
  im.hear((frame) => {
    if (frame.type !== "messageAdded") return;
    for (const one of waiting) if (one.ids.includes(frame.data.message.rs_id)) bringBack(one);
  });

  function bringBack(one: Waiting): void {
    if (waiting.delete(one)) for (const id of one.ids) hidden.delete(id);
  }

  async function act(one: Waiting): Promise<void> {
    if (!waiting.delete(one)) return;
    try {
      await one.action();
    } catch (thrown) {
      notices.fail("other", thrown);
    }
    for (const id of one.ids) hidden.delete(id);
  }

  /** Takes things out of sight, says so, and does the action unless the user wants them back. */
  function later(key: NoticeKey, ids: readonly string[], action: () => Promise<void>): void {
    const one = { ids, action };
    waiting.add(one);
    for (const id of ids) hidden.add(id);
    notices.offer(key, { undo: () => bringBack(one), gone: () => void act(one) });
  }

  /** Does at once all that waits. */
  async function finish(): Promise<void> {
    await Promise.all([...waiting].map(act));
  }

  return { hidden, later, finish };
});
