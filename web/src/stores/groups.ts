import { defineStore } from "pinia";
import { nextTick, shallowReactive } from "vue";
import type { Application, Contact, ConfigChange, GroupMember, ScannedGroup, WholeGroup } from "../generated/im";
import type { Frame } from "../im/client";
import type { GroupLead } from "../links-in";
import { useIm } from "./im";

/** What a group may allow or not, by the number that a change names (im.md 8), and where its configuration has it. */
export const SWITCHES = {
  g_is_all_chat: 12,
  g_is_astrict: 11,
  g_is_applied: 17,
  g_is_rename: 13,
  g_mbr_chat_: 10,
} as const satisfies Record<string, ConfigChange["types"]>;

/** Something that a group allows or not. */
export type Switch = keyof typeof SWITCHES;

/** Most members are what changes (im.md 8). */
const LIMIT = 14;
/** What of a group itself changes (im.md 8). */
const TEXTS = { name: 5, picture: 6, notice: 9 } as const;
/** Most members that a group may ever have (im.md 8). */
export const MOST = 500;
/** Administrators are what changes (im.md 8). */
const ADD_ADMIN = 2;
const REMOVE_ADMIN = 3;

/** Groups that were looked at, with their members. */
export const useGroups = defineStore("groups", () => {
  const im = useIm();
  const all = shallowReactive(new Map<string, WholeGroup>());
  /** Who wants to be in a group that the user leads. */
  const applications = shallowReactive(new Map<string, Application[]>());

  /** Whether the applications are going to be asked for. */
  let due = false;

  im.follow({ fill, take, empty });

  /** Asks who wants to be in the groups that the user leads. */
  async function fill(): Promise<void> {
    due = false;
    const waiting = await im.engine().group.getGroupApplications({});
    applications.clear();
    for (const application of waiting) applications.set(application.gId, [...(applications.get(application.gId) ?? []), application]);
  }

  function take(frame: Frame): void {
    if (frame.type !== "groupChanged" && frame.type !== "applicationChanged" && frame.type !== "groupDeleted") return;
    const { group } = frame.data;
    if (frame.type === "groupDeleted") all.delete(group);
    else if (all.has(group)) load(group).catch(() => all.delete(group));
    // Whoever is made an administrator decides from now on. Much that happens at once is asked about once.
    if (!due) im.meanwhile(nextTick(fill));
    due = true;
  }

  function empty(): void {
    all.clear();
    applications.clear();
  }

  /** Asks for a group with its members; it is kept up to date from then on. */
  async function load(id: string): Promise<void> {
    all.set(id, await im.engine().group.getGroupAllInfo({ gId: id, isGetPs: true }));
  }

  /** Whether the user decides about a group. */
  function leads({ groupData, groupItems }: WholeGroup): boolean {
    const self = groupItems.find(({ u_nd_add }) => u_nd_add === im.profile?.u_nd_add);
    return groupData.state === 1 && self?.state === 1 && (self.g_is_owner === 1 || self.g_is_admin === 1);
  }

  /** Lets somebody in who asked, or not. */
  async function decide(id: string, { id: applyNoId }: Application, yes: boolean): Promise<void> {
    const { sync } = im.engine();
    if (yes) await sync.agreeGroupEntryApplication({ gid: id, applyNoId });
    else await sync.ignoreGroupEntryApplication({ gid: id, applyNoId });
    await fill();
  }

  /** Asks to be let into a group that a link told of. The user is in it when the group says so. */
  async function join(lead: GroupLead): Promise<void> {
    const { sync } = im.engine();
    const request = { gId: lead.id, curUserItem: memberOf(lead.id, im.profile?.u_nd_add ?? "", 0), groupAllBean: scanned(lead) };
    if (lead.approval) await sync.scanJoinGroupApply(request);
    else await sync.scanJoinGroup(request);
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

  /** Gives a group another name, picture or notice; `-1` is no picture. */
  async function edit(id: string, what: keyof typeof TEXTS, editContent: string): Promise<void> {
    await im.engine().sync.updateGroupInfo({ gId: id, type: TEXTS[what], editContent });
  }

  /** Gives the user another name in a group. */
  async function nickname(id: string, nickName: string): Promise<void> {
    await im.engine().sync.updateGroupWithNickName({ gId: id, nickName });
  }

  /** Sets how many a group may have at most. */
  async function limit(id: string, most: number): Promise<void> {
    await im.engine().sync.changeGroupConfig({ gId: id, types: LIMIT, editContent: most });
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

  return { all, applications, load, leads, join, decide, create, invite, remove, appoint, handOver, edit, nickname, limit, allow, leave };
});

function chosen(contact: Contact) {
  return {
    cId: contact.c_id, cNdAdd: contact.c_nd_add, cPfpId: contact.c_pfp_id, cPfpUrl: contact.c_pfp_url, cNic: contact.c_nic, cPs: contact.c_ps, cPubCurve: contact.c_pub_curve,
  };
}

/** A group as the engine wants it that knows nothing of it yet. */
function scanned({ id, name, approval, leaders }: GroupLead): ScannedGroup {
  const none = { created_time: 0, updated_time: 0, id, g_id: id };
  return {
    groupData: { ...none, g_name: name || id, g_info: "", g_pfp_id: -1, g_pfp_url: "", g_msg_version: 0, state: 1, b_id: "-", b_hide_state: 0, c_domain: "" },
    groupConfigData: {
      ...none, g_is_rename: 0, g_is_astrict: 0, g_is_all_chat: 0, g_is_qr_allow: 1, g_is_applied: approval ? 1 : 0, g_num: MOST, g_admin_num: 0, g_mbr_chat_: 0, g_mbr_ac: 0, g_mbr_vc: 0,
      g_is_disturb: 0, g_is_top: 0, g_version: 0,
    },
    groupItems: leaders.map((leader, at) => memberOf(id, leader, at === 0 ? 2 : 1)),
  };
}

/** Somebody in a group: 2 its owner, 1 an administrator, 0 neither. */
function memberOf(group: string, address: string, rank: 0 | 1 | 2): GroupMember {
  return {
    id: `${group}${address}`, g_id: group, g_is_admin: rank === 1 ? 1 : 0, g_is_owner: rank === 2 ? 1 : 0, u_pfp_url: "", g_nick: "", created_time: 0, updated_time: 0, g_ps: "", state: 1, pubkey: "",
    u_nd_add: address, u_pfp_id: -1, c_domain: "", g_is_edit_nice: "0",
  };
}
