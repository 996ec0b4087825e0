import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import type { Contact, ConfigChange, GroupMember, WholeGroup } from "../generated/im";
import type { Frame } from "../im/client";
import { useIm } from "./im";

/** What a group may allow or not, by the number that a change names (im.md 8), and where its configuration has it. */
export const SWITCHES = {
  g_is_all_chat: 12,
  g_is_astrict: 11,
  g_is_applied: 17,
  g_is_rename: 13,
} as const satisfies Record<string, ConfigChange["types"]>;

/** Something that a group allows or not. */
export type Switch = keyof typeof SWITCHES;

/** The name of a group is what changes (im.md 8). */
const NAME = 5;
/** Administrators are what changes (im.md 8). */
const ADD_ADMIN = 2;
const REMOVE_ADMIN = 3;

/** Groups that were looked at, with their members. */
export const useGroups = defineStore("groups", () => {
  const im = useIm();
  const all = shallowReactive(new Map<string, WholeGroup>());

  im.follow({ fill: () => Promise.resolve(), take, empty: () => all.clear() });

  function take(frame: Frame): void {
    if (frame.type === "groupChanged" && all.has(frame.data.group)) load(frame.data.group).catch(() => all.delete(frame.data.group));
    if (frame.type === "groupDeleted") all.delete(frame.data.group);
  }

  /** Asks for a group with its members; it is kept up to date from then on. */
  async function load(id: string): Promise<void> {
    all.set(id, await im.engine().group.getGroupAllInfo({ gId: id, isGetPs: true }));
  }

  /** Makes a group of the user and contacts, and gives its id. */
  async function create(name: string, contacts: Contact[]): Promise<string> {
    const { g_id } = await im.engine().group.createGroup({ groupName: name || null, itemList: contacts.map(chosen) });
    return g_id;
  }

  /** Invites contacts. */
  async function invite(id: string, contacts: Contact[]): Promise<void> {
    await im.engine().sync.addGroupMemberWith({ gId: id, mContacts: contacts.map(chosen) });
  }

  /** Removes a member. */
  async function remove(id: string, member: GroupMember): Promise<void> {
    await im.engine().sync.removeGroupMemberWith({ gId: id, mSelectGroupItems: [member] });
  }

  /** Makes a member an administrator, or an administrator a member. */
  async function appoint(id: string, member: GroupMember, admin: boolean): Promise<void> {
    await im.engine().sync.updateGroupWithAdmins({ gId: id, type: admin ? ADD_ADMIN : REMOVE_ADMIN, mSelectGroupItems: [member] });
  }

  /** Hands a group over to another member. */
  async function handOver(id: string, member: GroupMember): Promise<void> {
    await im.engine().sync.transferGroupWithGid({ gId: id, owner: member });
  }

  /** Gives a group another name. */
  async function rename(id: string, name: string): Promise<void> {
    await im.engine().sync.updateGroupInfo({ gId: id, type: NAME, editContent: name });
  }

  /** Changes what a group allows. */
  async function allow(id: string, what: Switch, on: boolean): Promise<void> {
    await im.engine().sync.changeGroupConfig({ gId: id, types: SWITCHES[what], editContent: on ? 1 : 0 });
  }

  /** Leaves a group, or ends it for everybody if it is the user's. */
  async function leave(id: string, owner: boolean): Promise<void> {
    const { group } = im.engine();
    if (owner) await group.dissolveGroup({ gId: id });
    else await group.quiteGroup({ gId: id });
  }

  return { all, load, create, invite, remove, appoint, handOver, rename, allow, leave };
});

function chosen(contact: Contact) {
  return {
    cId: contact.c_id, cNdAdd: contact.c_nd_add, cPfpId: contact.c_pfp_id, cPfpUrl: contact.c_pfp_url, cNic: contact.c_nic, cPs: contact.c_ps, cPubCurve: contact.c_pub_curve,
  };
}
