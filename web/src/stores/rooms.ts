import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { Room } from "../generated/im";
import type { Frame } from "../im/client";
import { useIm } from "./im";

/** The default room (im.md 5). */
const DEFAULT = "1";
/** Messages of a new room stay for ever (im.md 5). */
const FOR_EVER = 4;
/** A contact, as rooms count who is assigned. */
const CONTACT = 1;

/** The rooms that the open one knows of: the default room all but the hidden ones, every other one none. */
export const useRooms = defineStore("rooms", () => {
  const im = useIm();
  const current = shallowRef<Room | null>(null);
  const others = shallowRef<Room[]>([]);
  const inDefault = computed(() => current.value?.b_id === DEFAULT);

  im.follow({ fill, take, empty });

  async function fill(): Promise<void> {
    const { block } = im.engine();
    current.value = await block.currentBlock();
    others.value = await block.getBlockNotDefaultAndBlankBlockAndHide();
  }

  function take(frame: Frame): void {
    if (frame.type === "roomChanged" || frame.type === "roomDeleted") im.meanwhile(fill());
  }

  function empty(): void {
    current.value = null;
    others.value = [];
  }

  /** Makes a room that a password opens, unlike all others. Its notifications say `notice` instead of what was said. */
  async function create(name: string, password: string, notice: string): Promise<void> {
    await im.engine().block.crateBlock({ blockName: name, loginPassword: password, isOpenMsg: 1, messages: [notice], exp: FOR_EVER, pfp: -1, pfpUrl: "" });
    await fill();
  }

  /** Deletes a room with all that was said in it; its contacts come back to the default one. */
  async function remove(id: string): Promise<void> {
    await im.engine().block.deleteBlock({ bId: id });
    await fill();
  }

  /** Moves a contact of the open room, with the chat, into another. Out of a room the way is to the default one. */
  async function assign(address: string, room: string): Promise<void> {
    await im.engine().block.changeToBlock({ toBId: room, cidOrGid: address, type: CONTACT, isUpdateP2p: true });
  }

  /** Where contacts of the open room can go. */
  const ways = computed(() => (inDefault.value ? others.value.map(({ b_id, b_name }) => ({ id: b_id, name: b_name })) : current.value ? [{ id: DEFAULT, name: null }] : []));

  return { current, others, inDefault, ways, create, remove, assign };
});
