import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { Favourite, FavouritePage, Message } from "../generated/im";
import { EngineFailure } from "../im/client";
import { useIm } from "./im";

/** Types of messages that can be kept: text, voice, video, file, image (im.md 9). */
export const KEPT: readonly number[] = [1, 3, 4, 5, 6];
/** Favourites that are asked for at once. */
const PAGE = 60;
/** It is one already (codes). */
const ALREADY = 20093;
const TYPES: Record<string, number> = { text: 1, voice: 3, video: 4, file: 5, image: 6 };

/** What the user keeps of what was said. */
export const useFavourites = defineStore("favourites", () => {
  const im = useIm();
  const list = shallowRef<Favourite[]>([]);
  const more = ref(false);
  let types: FavouritePage["types"] = [1, 3, 4, 5, 6];
  let pages = 0;

  im.follow({ fill: () => Promise.resolve(), take: () => undefined, empty });

  function empty(): void {
    list.value = [];
    more.value = false;
    pages = 0;
  }

  async function page(number: number): Promise<Favourite[]> {
    return im.engine().user.getFavoriteList({ types, page: number, size: PAGE, startTime: 0, endTime: 0 });
  }

  /** Asks for the newest ones of some types. */
  async function load(wanted: FavouritePage["types"]): Promise<void> {
    types = wanted;
    const first = await page(1);
    [list.value, more.value, pages] = [first, first.length === PAGE, 1];
  }

  /** Asks for older ones. */
  async function older(): Promise<void> {
    const next = await page(pages + 1);
    [list.value, more.value, pages] = [[...list.value, ...next], next.length === PAGE, pages + 1];
  }

  /** Keeps a message; one that is kept already stays so. */
  async function keep(message: Message): Promise<void> {
    const origin = (message.nic || (message.msg_source === 0 ? im.profile?.u_nick : message.c_nd_add) || "?").slice(0, 64);
    try {
      await im.engine().user.addFavorite({ msgId: message.msg_id, type: message.msg_type, origin, originType: 0, msgContent: message.msg_cry, originNdAdd: message.c_nd_add });
    } catch (thrown) {
      if (!(thrown instanceof EngineFailure) || thrown.code !== ALREADY) throw thrown;
    }
  }

  /** Keeps one no longer. */
  async function remove(id: string): Promise<void> {
    await im.engine().user.deleteFavorite({ id });
    list.value = list.value.filter((other) => other.id !== id);
  }

  return { list, more, load, older, keep, remove };
});

/** A favourite as a message, for what shows messages. */
export function messageOf({ msgId, type, origin, msgContent, originNdAdd, createdTime }: Favourite): Pick<Message, "msg_id" | "msg_type" | "msg_cry" | "msg_source" | "nic" | "c_nd_add" | "created_time"> {
  return { msg_id: msgId, msg_type: (TYPES[type] ?? 1) as Message["msg_type"], msg_cry: msgContent, msg_source: 0, nic: origin, c_nd_add: originNdAdd, created_time: createdTime };
}
