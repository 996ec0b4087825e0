import { defineStore } from "pinia";
import { reactive } from "vue";
import { useChats } from "./chats";
import { useIm } from "./im";

/** Most files that wait in a chat at once. */
const MOST = 20;
/** Largest file, in bytes (im.md 7). */
export const LARGEST = 1 << 30;

/** A file that was chosen and is not sent yet. */
export interface Attached {
  readonly key: number;
  readonly name: string;
  /** Bytes; `null` where only the engine knows. */
  readonly size: number | null;
  /** A picture of it to show, `null` if there is none. */
  readonly url: string | null;
  /** Where it is: in the page, or on the computer. */
  readonly source: File | string;
}

/** Why a file was not taken. */
export type Refusal = { why: "large" | "empty" | "many"; name: string };

/** Files that wait in a chat until the user sends them. */
export const useAttached = defineStore("attached", () => {
  const im = useIm();
  const chats = useChats();
  const all = reactive(new Map<string, Attached[]>());
  let keys = 0;

  im.follow({ fill: () => Promise.resolve(), take: () => undefined, empty });

  function empty(): void {
    for (const chat of [...all.keys()]) clear(chat);
  }

  /** The files of a chat. */
  const of = (chat: string): readonly Attached[] => all.get(chat) ?? [];

  function clear(chat: string): void {
    for (const { url } of of(chat)) if (url !== null) URL.revokeObjectURL(url);
    all.delete(chat);
  }

  /** Has files wait: those of the page, or paths. The first that is not taken is told. */
  function add(chat: string, files: readonly (File | string)[]): Refusal | null {
    let refusal: Refusal | null = null;
    const taken = [...of(chat)];
    for (const source of files) {
      const name = typeof source === "string" ? (source.split(/[\\/]/u).at(-1) ?? source) : source.name;
      const size = typeof source === "string" ? null : source.size;
      const why = size === 0 ? "empty" : size !== null && size > LARGEST ? "large" : taken.length >= MOST ? "many" : null;
      if (why) {
        refusal ??= { why, name };
        continue;
      }
      const shown = typeof source !== "string" && /^image\/(?:png|jpeg|gif|webp)$/u.test(source.type);
      taken.push({ key: (keys += 1), name, size, url: shown ? URL.createObjectURL(source) : null, source });
    }
    if (taken.length > 0) all.set(chat, taken);
    return refusal;
  }

  /** Takes one away. */
  function remove(chat: string, key: number): void {
    const rest = of(chat).filter((one) => one.key !== key);
    const gone = of(chat).find((one) => one.key === key);
    if (gone?.url) URL.revokeObjectURL(gone.url);
    if (rest.length > 0) all.set(chat, rest);
    else all.delete(chat);
  }

  /** Sends them one after the other; what could not be sent goes on waiting. */
  async function send(chat: string): Promise<void> {
    for (const { key, name, source } of of(chat)) {
      await chats.sendFile(chat, source, name);
      remove(chat, key);
    }
  }

  return { all, of, add, remove, send };
});
