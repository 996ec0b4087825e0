import { defineStore } from "pinia";
import { computed, ref, shallowReactive, shallowRef } from "vue";
import type { Blocked, Contact, ReceivedRequest } from "../generated/im";
import { currentTag } from "../i18n";
import type { Frame } from "../im/client";
import { useIm } from "./im";
import { useUndo } from "./undo";

/** Most of the blacklist that is shown. */
const BLOCKED = 500;

/** People and bots, and who wants to be a contact. */
export const useContacts = defineStore("contacts", () => {
  const im = useIm();
  const undo = useUndo();
  const all = shallowReactive(new Map<string, Contact>());
  const requests = shallowRef<ReceivedRequest[]>([]);
  /** Requests that were not looked at. */
  const badge = ref(0);
  const online = shallowReactive(new Set<string>());

  /** The contacts by name, in the order of the language. */
  const list = computed(() => {
    const order = new Intl.Collator(currentTag.value, { numeric: true, sensitivity: "base" });
    const shown = [...all.values()].filter(({ c_nd_add, c_state, c_black_state }) => c_state === 2 && c_black_state === 0 && !undo.hidden.has(c_nd_add));
    return shown.sort((a, b) => order.compare(nameOf(a), nameOf(b)) || order.compare(a.c_nd_add, b.c_nd_add));
  });

  /** Those who were asked and have not answered. */
  const asked = computed(() => [...all.values()].filter(({ c_state, c_black_state }) => c_state !== 2 && c_black_state === 0));

  /** Requests that wait for an answer. */
  const open = computed(() => requests.value.filter(({ applyState }) => applyState === 0));

  im.follow({ fill, take, empty });

  async function fill(): Promise<void> {
    const contacts = await im.engine().contact.getContacts();
    all.clear();
    for (const contact of contacts) all.set(contact.c_nd_add, contact);
    await fillRequests();
  }

  async function fillRequests(): Promise<void> {
    const { contact } = im.engine();
    const [list, count] = await Promise.all([contact.getApplyList(), contact.getApplyBridge()]);
    requests.value = list;
    badge.value = count.value;
  }

  function empty(): void {
    all.clear();
    online.clear();
    requests.value = [];
    badge.value = 0;
  }

  function take(frame: Frame): void {
    switch (frame.type) {
      case "contactChanged":
        im.meanwhile(refresh(frame.data.address));
        break;
      case "contactDeleted":
        all.delete(frame.data.address);
        break;
      case "requestChanged":
        im.meanwhile(fillRequests());
        break;
      case "presence":
        if (frame.data.online) online.add(frame.data.address);
        else online.delete(frame.data.address);
        break;
    }
  }

  async function refresh(address: string): Promise<void> {
    try {
      all.set(address, await im.engine().contact.getContactByNoId({ nodeId: address }));
    } catch {
      // Who is not found any more is gone.
      all.delete(address);
    }
  }

  /** Asks somebody to become a contact, or adds a bot by its address and secret. Gives the address of who is new, `null` if nobody is. */
  async function add(nodeId: string, content: string): Promise<string | null> {
    const before = new Set(all.keys());
    await im.engine().contact.addFriend({ nodeId, content });
    await fill();
    return [...all.keys()].find((address) => !before.has(address)) ?? null;
  }

  /** The address of who has a short name; empty if nobody has. */
  async function named(domain: string): Promise<string> {
    return (await im.engine().domain.getAddressByDomain({ domain })).value;
  }

  /** Accepts a request. */
  async function accept(address: string): Promise<void> {
    await im.engine().contact.agreeApplySync({ nodeId: address });
  }

  /** Deletes a request; who sent it is not told. */
  async function ignore(address: string): Promise<void> {
    await im.engine().contact.deleteApply({ nodeId: address });
    await fillRequests();
  }

  /** Says that the requests were looked at. */
  async function seen(): Promise<void> {
    if (badge.value === 0) return;
    await im.engine().contact.clearApplyBridge();
    badge.value = 0;
  }

  /** Sets what is shown instead of a name; empty for the name itself. */
  async function remark(address: string, text: string): Promise<void> {
    await im.engine().contact.updateRemake({ nodeId: address, remake: text });
  }

  /** Puts somebody on the blacklist. */
  async function block(address: string): Promise<void> {
    await im.engine().contact.onBlack({ nodeId: address });
  }

  /** Takes somebody from the blacklist. */
  async function unblock(address: string): Promise<void> {
    await im.engine().contact.deleteBlack({ nodeId: address });
    await fill();
  }

  /** Those who are on the blacklist, the first of them. */
  function blocked(): Promise<Blocked[]> {
    return im.engine().contact.getBlacklist({ size: BLOCKED });
  }

  /** Deletes a contact with the conversation. */
  async function remove(address: string): Promise<void> {
    await im.engine().contact.deleteFriend({ nodeId: address });
  }

  return { all, list, asked, requests, open, badge, online, add, named, accept, ignore, seen, remark, block, unblock, blocked, remove };
});

/** The short name that somebody typed, with or without `@`; `null` if it is none. */
export function handleOf(typed: string): string | null {
  return /^[a-z0-9-]{3,32}$/u.exec(typed.trim().replace(/^@/u, "").toLowerCase())?.[0] ?? null;
}

/** What a contact is called here. */
export function nameOf(contact: Contact): string {
  return contact.c_ps || contact.c_nic || shortAddress(contact.c_nd_add);
}

/** An address as short as people can compare it. */
export function shortAddress(address: string): string {
  return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-6)}` : address;
}
