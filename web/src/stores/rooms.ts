import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { NewRoom, Room, RoomChange, RoomConfig } from "../generated/im";
import type { Frame } from "../im/client";
import { useIm } from "./im";

/** The default room (im.md 5). */
const DEFAULT = "1";
/** The blank room (im.md 5). */
const BLANK = "2";
/** What is assigned to rooms, by its number (6.8). */
const KINDS = { contact: 1, group: 2 } as const;
/** Letters of a password that nobody knows; the longest that there may be is 64. */
const UNKNOWN = 48;

/** How long messages of a room live, by its number; chosen when it is made (im.md 5). */
export const LIFETIMES = [4, 3, 2, 1, 0] as const satisfies RoomConfig["b_exp"][];
export type Lifetime = RoomConfig["b_exp"];

/** Most texts that notifications of a room show in turn, and their most letters (6.6). */
const MOST_NOTICES = 50;
const LONGEST_NOTICE = 200;

/** Texts for notifications, one in a line. */
export function readNotices(lines: string): string[] {
  const texts = lines.split("\n").map((line) => [...line.trim()].slice(0, LONGEST_NOTICE).join(""));
  return texts.filter((text) => text !== "").slice(0, MOST_NOTICES);
}

/** The rooms that the open one knows of: the default room all but the hidden ones, every other one none. */
export const useRooms = defineStore("rooms", () => {
  const im = useIm();
  const current = shallowRef<Room | null>(null);
  const others = shallowRef<Room[]>([]);
  /** Whether the open room is in no list. */
  const hidden = shallowRef(false);
  const inDefault = computed(() => current.value?.b_id === DEFAULT);

  im.follow({ fill, take, empty });

  async function fill(): Promise<void> {
    const { block } = im.engine();
    current.value = await block.currentBlock();
    hidden.value = (await block.exportCurrentBlockConfig()).b_hide === 1;
    others.value = await block.getBlockNotDefaultAndBlankBlockAndHide();
  }

  function take(frame: Frame): void {
    if (frame.type === "roomChanged" || frame.type === "roomDeleted") im.meanwhile(fill());
  }

  function empty(): void {
    current.value = null;
    others.value = [];
    hidden.value = false;
  }

  /** Makes a room that a password opens, unlike all others. Its notifications say `notice` instead of what was said. */
  async function create(name: string, password: string, notice: string, exp: NewRoom["exp"]): Promise<void> {
    await im.engine().block.crateBlock({ blockName: name, loginPassword: password, isOpenMsg: 1, messages: [notice], exp, pfp: -1, pfpUrl: "" });
    await fill();
  }

  /** What a room is like, and what its notifications say. */
  async function look(id: string): Promise<{ config: RoomConfig; notices: string[] }> {
    const { block } = im.engine();
    const [config, notices] = await Promise.all([block.getConfigById({ bId: id }), block.getNoticeListByBid({ bId: id })]);
    return { config, notices: notices.sort((a, b) => a.bmn_order - b.bmn_order).map(({ bmn_cry }) => bmn_cry) };
  }

  /** Changes a room; what is left out stays. */
  async function change(id: string, what: Omit<RoomChange, "bId">): Promise<void> {
    await im.engine().block.updateBlock({ bId: id, ...what });
    await fill();
  }

  /** Deletes a room with all that was said in it; its contacts come back to the default one. */
  async function remove(id: string): Promise<void> {
    await im.engine().block.deleteBlock({ bId: id });
    await fill();
  }

  /** Moves a contact or a group of the open room, with the chat, into another. Out of a room the way is to the default one. */
  async function assign(address: string, room: string, kind: keyof typeof KINDS = "contact"): Promise<void> {
    await im.engine().block.changeToBlock({ toBId: room, cidOrGid: address, type: KINDS[kind], isUpdateP2p: true });
  }

  /** Changes the password of the account or, in a room, of that room, so that both look alike. */
  async function changeOwnPassword(password: string): Promise<void> {
    const { block, login } = im.engine();
    const room = current.value?.b_id ?? DEFAULT;
    if (room === DEFAULT) await login.exportChangeImPwd({ imPwd: password, type: "text" });
    else await block.updatePwd({ bId: room, loginPassword: password });
  }

  /** Whether a password opens the room that is open. */
  async function opens(password: string): Promise<boolean> {
    return (await im.engine().block.checkOldPassword({ bid: current.value?.b_id ?? DEFAULT, editPwd: password })).status;
  }

  /** Whether there are a blank and a wipe password. Rooms but the default one know of none. */
  async function guards(): Promise<{ blank: boolean; wipe: boolean }> {
    const { block, user } = im.engine();
    const blank = inDefault.value && (await block.getBlankBlock()).b_login_pwd !== "";
    return { blank, wipe: (await user.hasEmptyPassword()).status };
  }

  /** Sets a password that opens the blank room or wipes; `null` for one that nobody knows, since none can be taken away. */
  async function guard(which: "blank" | "wipe", password: string | null): Promise<void> {
    const { block, user } = im.engine();
    const secret = password ?? unknown();
    if (which === "wipe") await user.updateEmptyPassword({ password: secret });
    else await block.updatePwd({ bId: BLANK, loginPassword: secret });
  }

  /** Where contacts of the open room can go. */
  const ways = computed(() => (inDefault.value ? others.value.map(({ b_id, b_name }) => ({ id: b_id, name: b_name })) : current.value ? [{ id: DEFAULT, name: null }] : []));

  return { current, others, hidden, inDefault, ways, create, look, change, remove, assign, changeOwnPassword, opens, guards, guard };
});

/** A password that is thrown away. */
function unknown(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(UNKNOWN / 2)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
