// Generated from the route table in crates/im by its tests; UPDATE_GENERATED=1 writes it anew.

/** A message, by its id (8.19). */
export interface AboutMessage {
  /** Id of the message. */
  msgId: string;
}

/** An application to accept (4.37). */
export interface AcceptedApplication {
  /** Id of the group. */
  gid: string;
  /** Id of the application, or node address of the applicant. */
  applyNoId: string;
}

/** Messages that were read (7.21). */
export interface Acknowledge {
  /** Id of the conversation. */
  conversationId: string;
  /** Node address of the contact or id of the group. */
  cid: string;
  /** With a contact or in a group. */
  conversationType: 1 | 2;
  /** Ids of the messages. */
  messageIds: string[];
  /** Key of the contact in hex; empty for groups. */
  pub: string;
  /** Whether to tell it again although it was told before. */
  isRetry: boolean;
}

/** A user (8.23). */
export interface Address {
  /** Node address. */
  nodeId: string;
}

/** Which kind of login a device needs (2.11). */
export interface AgainType {
  /** 1 directly, 2 the primary device authorises, 3 the primary device scans a code. */
  value: 1 | 2 | 3;
}

/** A friend request to accept (3.3). */
export interface Agreement {
  /** Node address of who asked. */
  nodeId: string;
  /** Remark for the contact; at most 128 characters. */
  remark?: string | null;
}

/** The version of the program (8.10). */
export interface AppInfo {
  /** The newest version that is known. */
  version: string;
  /** Size of an update, empty if there is none. */
  size: string;
  /** 1 development, 2 test, 3 for everybody. */
  env: 1 | 2 | 3;
  /** 1 Android, 2 iOS, 3 computer. */
  platform: 1 | 2 | 3;
  /** Where the update is, empty if there is none. */
  urlUpgrade: string;
  /** What is new, in simplified Chinese. */
  upgradeContextZH: string[];
  /** What is new, in traditional Chinese. */
  upgradeContextZHTW: string[];
  /** What is new, in English. */
  upgradeContextCN: string[];
  /** Whether there is an update. */
  upgrade: boolean;
  /** Whether the program can no longer be used without it. */
  forceUpgrade: boolean;
  /** 1 by the hash of a file, 2 in the browser. */
  updateMode: 1 | 2;
}

/** A device that asks to be let in. */
export interface Applicant {
  /** When the code was made, in milliseconds since 1970. */
  t: number;
  /** Network node address of the device. */
  n: string;
  /** Whether the primary device was lost. */
  is: boolean;
  /** 1 Android, 2 iOS, 3 computer. */
  pf: 1 | 2 | 3;
  /** Name of its system. */
  pn: string;
  /** Its id; ends with `_temp` until it belongs to an account. */
  mId: string;
  /** The user's note for it. */
  mn: string;
  /** Whether the account is a new one. */
  ir: boolean;
  /** Node address of the user; `-` while the device does not know whom it will belong to. */
  la: string;
  /** Version of the program. */
  cv: string;
}

/** Somebody who has applied to join a group (beyond 7). */
export interface Application {
  /** Id of the application. */
  id: string;
  /** Id of the group. */
  gId: string;
  /** Node address. */
  address: string;
  /** Name. */
  nickname: string;
  /** Number of the built-in picture, -1 for none. */
  pfpId: number;
  /** Address of the own picture. */
  pfpUrl: string;
  /** When it came, in milliseconds since 1970. */
  createdTime: number;
}

/** Which applications to list (beyond 7). */
export interface ApplicationsTo {
  /** Id of the group; all that the user leads if absent. */
  gId?: string | null;
}

/** Who becomes an administrator, or is one no more (4.35). */
export interface Appointment {
  /** Id of the group. */
  gId: string;
  /** Which of the two. */
  type: 2 | 3;
  /** The members; their `u_nd_add` counts. */
  mSelectGroupItems: GroupMember[];
}

/** Where something is to be moved (6.8). */
export interface Assignment {
  /** Id of the room. */
  toBId: string;
  /** Node address of the contact or id of the group. */
  cidOrGid: string;
  /** What it is. */
  type: 1 | 2;
  /** Whether the account's other devices are told. */
  isUpdateP2p: boolean;
}

/** Letting a device in (2.15). */
export interface Authorisation {
  /** What its QR code says as `content`. */
  mLoginQrCode: Applicant;
}

/** Who listens to the authorisation of devices (2.22). */
export interface AuthorisationListener {
  /** What the caller will know the events by: at most 256 bytes, and at most 16 for one topic. */
  id: string;
}

/** Whether the recovery words were backed up (8.11). */
export interface BackupState {
  /** 0 not, 1 backed up, 2 ignored. */
  value: 0 | 1 | 2;
}

/** Which part of the blacklist (3.12). */
export interface BlacklistPage {
  /** Id of the room; the open one if absent. */
  blockId?: string | null;
  /** Part of a name, a remark, a domain name or an address; all if absent or empty. */
  keyword?: string | null;
  /** Number of the page, from 1, which is also what counts if it is absent. */
  page?: number | null;
  /** How many at most; 20 if absent, never more than 500. */
  size?: number | null;
}

/** Somebody on the blacklist (3.12). */
export interface Blocked {
  /** Number of the built-in picture, -1 for none. */
  pfpId: number;
  /** Address of the own picture. */
  pfpUrl: string;
  /** The user's remark, else the name. */
  nic: string;
  /** Node address. */
  ndAdd: string;
  /** X25519 key in hex. */
  pubCurve: string;
  /** Whether the user blocked them. */
  blackState: "yes" | "no";
  /** Whether they blocked the user. */
  beBlackState: "yes" | "no";
  /** Domain name. */
  domain: string;
}

/** A picture. */
export interface BotPicture {
  /** The media type, such as `image/png`. */
  type: string;
  /** The bytes in base64. */
  data: string;
}

/** How long messages live after they were read (5.7). */
export interface BurnTime {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** Milliseconds, at most a year; 0 for ever. */
  time: number;
}

/** A contact who was chosen (4.2); the address counts, the rest is known. */
export interface ChosenContact {
  /** Node address. */
  cId: string;
  /** Number of the built-in picture, -1 for none. */
  cPfpId: number;
  /** Address of the own picture. */
  cPfpUrl: string;
  /** Name. */
  cNic: string;
  /** Node address. */
  cNdAdd: string;
  /** The user's remark. */
  cPs: string;
  /** X25519 key in hex. */
  cPubCurve: string;
}

/** A red envelope that a phrase opens (4.42). */
export interface CommandEnvelope {
  /** Most that the sender pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** What is in it, in 10⁻⁹ of the coin. */
  amount: number;
  /** How many shares there are. */
  count: number;
  /** The phrase. */
  command: string;
  /** The wallet password. */
  password: string;
  /** Account that pays. */
  srcAddress: string;
  /** A word with it. */
  remark?: string | null;
  /** Its cover; the usual one if absent. */
  cover?: 1 | 2 | null;
}

/** A change of a group's configuration (4.12). */
export interface ConfigChange {
  /** Id of the group. */
  gId: string;
  /** What changes. */
  types: 10 | 11 | 12 | 13 | 14 | 17;
  /** What it is to be: 0 or 1, for the most members a number up to 500. */
  editContent: number;
}

/** State of the connection to a node (8.13). */
export interface Connection {
  /** The state. */
  value: 0 | 1 | 2;
}

/** A contact (3.1). */
export interface Contact {
  /** Node address. */
  c_id: string;
  /** Node address. */
  c_nd_add: string;
  /** Name that the contact chose. */
  c_nic: string;
  /** Number of the built-in picture, -1 for none. */
  c_pfp_id: number;
  /** X25519 key in hex; empty until the network told it. */
  c_pub_curve: string;
  /** Ed25519 key in hex. */
  c_pub_key: string;
  /** Version of the contact's profile. */
  c_version: number;
  /** 0 asked, 1 unknown to the network, -1 refused, 2 contacts. */
  c_state: -1 | 0 | 1 | 2;
  /** Whether the user blocked the contact. */
  c_black_state: 0 | 1;
  /** Whether the contact blocked the user. */
  c_be_black_state: 0 | 1;
  /** Address of the own picture. */
  c_pfp_url: string;
  /** The user's remark, shown instead of the name. */
  c_ps: string;
  /** For what comes; empty. */
  c_number_id: string;
  /** When the contact was added, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Whether the conversation is pinned. */
  c_is_top: 0 | 1;
  /** Whether messages make no noise. */
  c_is_disturb: 0 | 1;
  /** Room that the contact is assigned to. */
  b_id: string;
  /** Until when the contact is hidden, in milliseconds since 1970; 0 if not. */
  b_hide_state: number;
  /** Always 0: a group is no contact. */
  c_is_group: 0 | 1;
  /** Domain name. */
  c_domain: string;
  /** Whether messages burn after reading. */
  b_exp: 0 | 1;
  /** How long messages are there after they were read, in milliseconds. */
  b_exp_time: number;
  /** 1 if the conversation is marked as unread. */
  mark_unread: number;
  /** Address to pay to, if known. */
  wallet_address?: string | null;
  /** Key of that address, if known. */
  wallet_puk?: string | null;
  /** Index of that address, if known. */
  wallet_index?: number | null;
  /** 1 if it is a bot. */
  c_is_bot: 0 | 1;
}

/** A conversation with its last message (5.1). */
export interface Conversation {
  /** Id: node address of the contact or id of the group. */
  rs_id: string;
  /** Room it is in. */
  b_id: string;
  /** Unread messages. */
  rs_unread: number;
  /** Node address of the contact or id of the group. */
  c_nd_add: string;
  /** The same as `c_nd_add`. */
  c_id: string;
  /** 1 single, 2 group. */
  rs_type: 1 | 2;
  /** When it began, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Name to show for the writer of the last message. */
  msgNic: string;
  /** When the last message was written, in milliseconds since 1970; 0 if there is none. */
  msg_created_time: number;
  /** Number of the built-in picture, -1 for none. */
  pfpid: number;
  /** Address of the own picture. */
  pfpurl: string;
  /** Name to show. */
  nic: string;
  /** Key of the contact in hex; empty for groups. */
  pubCurve: string;
  /** 1 if its messages make no noise. */
  disturb: 0 | 1;
  /** Until when it is hidden, in milliseconds since 1970; 0 if it is not. */
  hideState: number;
  /** When it was pinned, in milliseconds since 1970; 0 if it is not. */
  top_time: number;
  /** Id of the last message, empty if there is none. */
  msg_id: string;
  /** Type of the last message, 0 if there is none. */
  msg_type: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;
  /** Content of the last message as a string of JSON. */
  msg_cry: string;
  /** Node address of the writer of the last message. */
  msgCndadd: string;
  /** Whether a call was missed. */
  hasAvTips: boolean;
  /** Domain name of the contact or group. */
  c_domain: string;
  /** Domain name of the writer of the last message. */
  msg_domain: string;
  /** The user's remark for the contact. */
  cps: string;
  /** The user's remark for the group. */
  gps: string;
  /** The user's remark for the writer of the last message. */
  msgCps: string;
  /** Name that the contact or group chose. */
  orgNic: string;
  /** 1 if the group protects its members. */
  isMbrChat: 0 | 1;
  /** 1 if the user is an administrator of the group. */
  isAdmin: 0 | 1;
  /** 1 if the user owns the group. */
  isOwner: 0 | 1;
  /** State of the contact or of the group. */
  state: number;
  /** For what comes; empty. */
  ext: string;
  /** Up to nine members of the group as a string of JSON: an array of strings of JSON; empty for contacts. */
  items: string;
  /** 1 if somebody mentioned the user, else 0. */
  tip_status: 0 | 1;
}

/** A conversation by its partner (5.3). */
export interface ConversationOf {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Whether to begin a conversation with a contact if there is none; does nothing for groups. */
  createIfNeed: boolean;
}

/** Whether a conversation is read (5.6). */
export interface ConversationRead {
  /** Id of the conversation. */
  conversationId: string;
  /** Read or unread. */
  isRead: boolean;
}

/** A new time for a conversation (5.2). */
export interface ConversationTime {
  /** Id of the conversation. */
  conversationId: string;
  /** The time in milliseconds since 1970; later than now counts as now. */
  updateTime?: number | null;
}

/** Whether a conversation is pinned (7.26). */
export interface ConversationTop {
  /** Id of the conversation. */
  conversationId: string;
  /** Pinned or not. */
  isTop: boolean;
}

/** A conversation that is to begin (5.5). */
export interface CreateConversation {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** With a contact or in a group. */
  conversationType: 1 | 2;
}

/** A group that was made (4.2). */
export interface CreatedGroup {
  /** Id of the group. */
  g_id: string;
}

/** The conversation that is looked at (5.8). */
export interface CurrentConversation {
  /** Id of the conversation. */
  rsId: string;
}

/** A conversation whose messages go on both sides (7.35). */
export interface DeleteBoth {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A conversation that is to go (5.4). */
export interface DeleteConversation {
  /** Id of the conversation. */
  conversationId: string;
  /** Whether its messages go as well; yes unless told. */
  deleteMessages?: boolean | null;
  /** Whether the writers of unread messages are told that they were read; no unless told. */
  isSendUnReadMessage?: boolean | null;
}

/** How all conversations are to go (5.9). */
export interface DeleteConversations {
  /** Whether the writers of unread messages are told that they were read. */
  isSendUnReadMessage: boolean;
}

/** A message that is to go (7.24). */
export interface DeleteMessage {
  /** Id of the message. */
  messageId: string;
}

/** Messages that are to go (7.20). */
export interface DeleteMessages {
  /** Ids of the messages. */
  messageIds: string[];
  /** Whether a conversation takes the time of what is its last message then; no unless told. */
  isUpdateSession?: boolean | null;
}

/** Whose domain name to ask for (9.1). */
export interface DomainAsked {
  /** Node address, or id of a group. */
  nodeId: string;
  /** What it is the address of. */
  type: 1 | 2 | 3 | 4 | 5 | 6;
}

/** Whose domain name to look up (9.2). */
export interface DomainKnown {
  /** Node address, or id of a group. */
  nodeId: string;
  /** What it is the address of. */
  type: 1 | 2 | 3 | 4 | 5 | 6;
  /** Id of the group whose member is meant; any group of the open room if absent. */
  gid?: string | null;
}

/** A domain name (beyond 8). */
export interface DomainName {
  /** 3–32 small letters of English, digits and hyphens. */
  domain: string;
}

/** An answer without content. */
export type Empty = Record<string, never>;

/** A login that worked (2.1). */
export interface Entered {
  /** What the password was for. */
  value: -3 | -2 | -1 | 0;
}

/** A claim of a red envelope (4.43). */
export interface EnvelopeClaim {
  /** The user's own node address. */
  cnd: string;
  /** The phrase that opens it, or the group's password. */
  groupPassword: string;
  /** Node address of who claims. */
  receiveNodeId: string;
  /** Name of who claims. */
  receiveNickName: string;
  /** The message that the envelope came in. */
  message: Record<string, unknown>;
}

/** A red envelope for one member (4.43). */
export interface ExclusiveEnvelope {
  /** Node address of the member. */
  cnd: string;
  /** Most that the sender pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** What is in it, in 10⁻⁹ of the coin. */
  amount: number;
  /** The wallet password. */
  password: string;
  /** Account that pays. */
  srcAddress: string;
  /** A word with it. */
  remark?: string | null;
  /** Its cover; the usual one if absent. */
  cover?: 1 | 2 | null;
}

/** Whether fast login is wanted (8.12). */
export interface FastLogin {
  /** True for on. */
  isOpen: boolean;
}

/** A favourite (8.16). */
export interface Favourite {
  /** Id. */
  id: string;
  /** Id of the message. */
  msgId: string;
  /** text, voice, video, file or image. */
  type: string;
  /** Name of who wrote it. */
  origin: string;
  /** Content as a string of JSON. */
  msgContent: string;
  /** Node address of who wrote it. */
  originNdAdd: string;
  /** message or local. */
  originType: string;
  /** When it was kept, in milliseconds since 1970. */
  createdTime: number;
  /** When it last changed, in milliseconds since 1970. */
  updatedTime: number;
  /** Domain name of who wrote it. */
  domain: string;
  /** The user's remark for who wrote it. */
  ps: string;
}

/** Which favourites (8.16). */
export interface FavouritePage {
  /** Types that are wanted. */
  types: (1 | 3 | 4 | 5 | 6)[];
  /** Number of the page, from 1. */
  page: number;
  /** How many at most; never more than 500. */
  size: number;
  /** Only those kept at this time or later, in milliseconds since 1970. */
  startTime: number;
  /** Only those kept at this time or earlier; 0 for no end. */
  endTime: number;
}

/** A favourite to delete (8.15). */
export interface FavouriteToDelete {
  /** Id of the favourite. */
  id: string;
  /** Content, which decides nothing. */
  msgCry?: string | null;
}

/** What to forget of a group (4.27). */
export interface Forgetting {
  /** Id of the group. */
  gId: string;
  /** Whether the conversation with its messages goes too. */
  isDeleteConversation: boolean;
}

/** A red envelope whose shares are drawn by lot (4.41). */
export interface FortuneEnvelope {
  /** Most that the sender pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** What is in it, in 10⁻⁹ of the coin. */
  amount: number;
  /** How many shares there are. */
  count: number;
  /** The wallet password. */
  password: string;
  /** Account that pays. */
  srcAddress: string;
  /** A word with it. */
  remark?: string | null;
  /** Its cover; the usual one if absent. */
  cover?: 1 | 2 | null;
}

/** Messages that are sent on one by one (7.10). */
export interface ForwardEach {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** To a contact or a group. */
  conversationType: 1 | 2;
  /** Always 10. */
  cmd: 10;
  /** A text that follows them. */
  text?: string | null;
  /** The messages, at most 100. */
  forwards: Forwarded[];
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** Messages that are sent on as one (7.11). */
export interface ForwardMerged {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** The messages, at most 100. */
  forwards: Forwarded[];
  /** Lines that stand for them. */
  title: string[];
  /** Domain name of where they come from. */
  formDomain: string;
  /** Domain name of where they go. */
  toDomain: string;
  /** Node address of the contact or id of the group that they come from. */
  fromCnd: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A message that is sent on (7.10, 7.11). */
export interface Forwarded {
  /** Id of the message. */
  msgId: string;
  /** Name of its writer. */
  nic: string;
  /** Node address of its writer. */
  ndAdd: string;
  /** Number of the writer's built-in picture, -1 for none. */
  pfpId: number;
  /** Address of the writer's own picture. */
  pfpUrl: string;
  /** Type. */
  msgType: 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;
  /** Content as a string of JSON. */
  msgContent: string;
  /** When it was written, in milliseconds since 1970. */
  sendTime: number;
  /** Domain name of its writer. */
  domain: string;
}

/** A friend request to send (3.2). */
export interface FriendRequest {
  /** Node address of who is asked, or `https://…` of a bot, or `file:///…` for the folder of one on this computer. */
  nodeId: string;
  /** What the user writes, or the secret of a bot; at most 2,000 characters. */
  content: string;
  /** Remark for the contact, kept on this account's devices alone; at most 128 characters. */
  remark?: string | null;
}

/** A red envelope to pay (7.27). */
export interface FundEnvelope {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** Fee of the transaction. */
  gas: number;
  /** How much. */
  amount: number;
  /** The wallet's password. */
  password: string;
  /** Address that pays. */
  srcAddress: string;
  /** A remark. */
  remark?: string | null;
  /** What it looks like. */
  cover?: 1 | 2 | null;
}

/** A transfer to pay (7.30). */
export interface FundTransfer {
  /** Node address of the contact. */
  cnd: string;
  /** Fee of the transaction. */
  gas: number;
  /** How much. */
  amount: number;
  /** The wallet's password. */
  password: string;
  /** Address that pays. */
  srcAddress: string;
  /** Name of who sends it. */
  senderNickname: string;
  /** Node address of who sends it. */
  senderNodeAddress: string;
  /** A remark. */
  remark?: string | null;
}

/** A group (4.4). */
export interface Group {
  /** Id of the row. */
  id: string;
  /** Id of the group. */
  g_id: string;
  /** Name. */
  g_name: string;
  /** Notice. */
  g_info: string;
  /** Number of the built-in picture, -1 for none. */
  g_pfp_id: number;
  /** Address of the own picture. */
  g_pfp_url: string;
  /** Counts the group's messages. */
  g_msg_version: number;
  /** When the group was made or joined, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** 1 normal, 2 left, 3 dissolved, 4 being created. */
  state: 1 | 2 | 3 | 4;
  /** Room that the group is assigned to. */
  b_id: string;
  /** Whether the group is hidden. */
  b_hide_state: 0 | 1;
  /** Domain name. */
  c_domain: string;
}

/** Which group (4.24). */
export interface GroupById {
  /** Id of the group. */
  groupId: string;
}

/** A change of a group (4.3). */
export interface GroupChange {
  /** Id of the group. */
  gId: string;
  /** What it is to be. */
  editContent: string;
  /** What changes. */
  type: 5 | 6 | 9;
}

/** What a group allows, and how the user looks at it (4.5). */
export interface GroupConfig {
  /** Id of the row. */
  id: string;
  /** Id of the group. */
  g_id: string;
  /** Whether only the owner and administrators change name and picture. */
  g_is_rename: 0 | 1;
  /** Whether only the owner and administrators bring in new members. */
  g_is_astrict: 0 | 1;
  /** Whether only the owner and administrators may write. */
  g_is_all_chat: 0 | 1;
  /** Whether a QR code lets people in. */
  g_is_qr_allow: 0 | 1;
  /** Whether new members must be approved. */
  g_is_applied: 0 | 1;
  /** Most members. */
  g_num: number;
  /** Most administrators. */
  g_admin_num: number;
  /** Whether members are protected from each other. */
  g_mbr_chat_: 0 | 1;
  /** Whether voice calls are allowed. */
  g_mbr_ac: 0 | 1;
  /** Whether video calls are allowed. */
  g_mbr_vc: 0 | 1;
  /** Whether messages make no noise. */
  g_is_disturb: 0 | 1;
  /** Whether the conversation is pinned. */
  g_is_top: 0 | 1;
  /** Counts what was done to the group. */
  g_version: number;
  /** When the configuration was made, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
}

/** A member of a group (4.1). */
export interface GroupMember {
  /** Id of the row: the group's id and the member's address. */
  id: string;
  /** Id of the group. */
  g_id: string;
  /** Whether the member is an administrator. */
  g_is_admin: 0 | 1;
  /** Whether the member owns the group. */
  g_is_owner: 0 | 1;
  /** Address of the own picture. */
  u_pfp_url: string;
  /** Name in the group. */
  g_nick: string;
  /** When the member joined, in milliseconds since 1970. */
  created_time: number;
  /** When the member last changed, in milliseconds since 1970. */
  updated_time: number;
  /** The user's remark for the member. */
  g_ps: string;
  /** 1 in the group, 0 not any more, -1 unknown. */
  state: -1 | 0 | 1;
  /** X25519 key in hex. */
  pubkey: string;
  /** Node address. */
  u_nd_add: string;
  /** Number of the built-in picture, -1 for none. */
  u_pfp_id: number;
  /** Domain name. */
  c_domain: string;
  /** Whether the member chose a name of their own for this group. */
  g_is_edit_nice: "0" | "1";
}

/** A transfer to a member (4.44). */
export interface GroupTransfer {
  /** Node address of the member. */
  cnd: string;
  /** Most that the sender pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** How much, in 10⁻⁹ of the coin. */
  amount: number;
  /** The wallet password. */
  password: string;
  /** Account that pays. */
  srcAddress: string;
  /** Name of the sender. */
  senderNickname: string;
  /** Node address of the sender. */
  senderNodeAddress: string;
  /** A word with it. */
  remark?: string | null;
}

/** Groups in which state (4.21). */
export interface GroupsInState {
  /** 1 normal, 2 left, 3 dissolved, 4 being created. */
  groupState: 1 | 2 | 3 | 4;
}

/** Which room's groups (4.19). */
export interface GroupsOfRoom {
  /** Id of the room. */
  bId: string;
}

/** Who is to own a group (4.36). */
export interface HandOver {
  /** Id of the group. */
  gId: string;
  /** The member; its `u_nd_add` counts. */
  owner: GroupMember;
}

/** How long to hide a contact (3.15). */
export interface Hiding {
  /** Node address of the contact. */
  nodeId: string;
  /** How long, in milliseconds; 0 shows it again. */
  time: number;
}

/** How long to hide a group (4.22). */
export interface HidingGroup {
  /** Id of the group. */
  gId: string;
  /** How long, in milliseconds; 0 shows it again. */
  time: number;
}

/** An application to ignore (4.34). */
export interface IgnoredApplication {
  /** Id of the group. */
  gid: string;
  /** Id of the application, or node address of the applicant. */
  applyNoId: string;
}

/** Whom to invite (4.7). */
export interface Invitation {
  /** Id of the group. */
  gId: string;
  /** Contacts to invite. */
  mContacts: ChosenContact[];
}

/** A group to join (4.31). */
export interface Joining {
  /** Id of the group. */
  gId: string;
  /** The user as a member. */
  curUserItem: GroupMember;
  /** The group as the QR code tells. */
  groupAllBean: ScannedGroup;
  /** Version of the QR code. */
  version?: number | null;
}

/** Somebody in a group, the user if nobody is named (4.14). */
export interface Leading {
  /** Id of the group. */
  gId: string;
  /** Who is meant; its `u_nd_add` counts. */
  curItem?: GroupMember | null;
}

/** Who listens. */
export interface Listener {
  /** What the caller will know the events by: at most 256 bytes, and at most 16 for one topic. */
  identifier: string;
}

/** Whether to keep a log (8.28). */
export interface LogSwitch {
  /** On or off. */
  isOpen: boolean;
}

/** A login (2.1). */
export interface Login {
  /** A password of the account; none for an anonymous one. */
  password?: string | null;
  /** How the user logs in. */
  loginType?: "face" | "fingerprint" | "voice" | "gesture" | "text" | null;
}

/** How an account is logged in to (2.3). Nothing in it can be turned back into a password. */
export interface LoginInfo {
  /** Token of the wallet password, empty if there is none or it is not known here. */
  wallet: string;
  /** Token of the login password, empty if it is not known here. */
  walletImPwd: string;
  /** Id of this device. */
  uuid: string;
  /** The means of logging in. */
  loginPwd: LoginPasswords;
  /** Whether the account is entered without a password. */
  isAnonLogin: boolean;
  /** Whether there is a wallet password. */
  isSetWallet: boolean;
  /** The same as `wallet`. */
  oldWallet: string;
  /** Whether the recovery words were backed up. */
  backUp: 0 | 1 | 2;
}

/** Means of logging in; each is a token, empty if it is not used. */
export interface LoginPasswords {
  /** Which one is used: 0 face, 1 finger, 2 voice, 3 gesture, 4 text. */
  curType: 0 | 1 | 2 | 3 | 4;
  /** The text. */
  editText: string;
  /** The gesture. */
  gesture: string;
  /** The finger. */
  fingerprint: string;
  /** The face. */
  face: string;
  /** The voice. */
  voice: string;
}

/** A device of the account (2.17). */
export interface Machine {
  /** Node address of the user. */
  addr: string;
  /** Id of the device. */
  machineId: string;
  /** Whether it is there. */
  inOnline: boolean;
  /** Name of its system. */
  devName: string;
  /** 1 primary, 2 default, 3 further one. */
  devType: 1 | 2 | 3;
  /** Whether it is the one in use. */
  isInUse: boolean;
  /** The user's note for it. */
  devNote: string;
  /** When it last came or went, in milliseconds since 1970. */
  lastOutTime: number;
  /** Version of its program. */
  clientVersion: string;
  /** Counts its changes. */
  Version: number;
  /** Messages that were brought to it. */
  msgCount: number;
  /** Whether it logs in by itself. */
  autoLogin: boolean;
  /** Whether there is something for it. */
  isNewData: boolean;
}

/** A device by its id. */
export interface MachineName {
  /** Id of the device. */
  machineId: string;
}

/** A note for a device (2.20). */
export interface MachineNote {
  /** Id of the device. */
  machineId: string;
  /** The note. */
  note: string;
}

/** A piece of a file: at most 1 MiB. */
export interface MediaPiece {
  /** The bytes in base64. */
  data: string;
  /** Where it begins. */
  offset: number;
  /** Bytes of the whole file. */
  size: number;
  /** Name of the file. */
  name: string;
}

/** Which part of a group's members (4.13). */
export interface MemberPage {
  /** Id of the group. */
  gId: string;
  /** Where the page starts: the key of the page before; 0 if absent. */
  startVersion?: number | null;
}

/** Which group's members (4.11). */
export interface MembersOf {
  /** Id of the group. */
  gId: string;
  /** Whether the user's remarks are wanted; they are unless this is false. */
  isGetPs?: boolean | null;
}

/** A message (7.1). */
export interface Message {
  /** Id: 64 hexadecimal digits. */
  msg_id: string;
  /** Id of the conversation: node address of the contact or id of the group. */
  rs_id: string;
  /** Type: 1 text, 2 system, 3 voice, 4 video, 5 file, 6 image, 10 card, 11 forward, 12 quote, 13 group operation, 14 call, 15 blacklist, 16 recall, 17 red envelope, 18 transfer. */
  msg_type: 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;
  /** Who wrote it: 0 the user, 1 somebody else, 2 the program. */
  msg_source: 0 | 1 | 2;
  /** Content as a string of JSON; its form depends on the type. */
  msg_cry: string;
  /** 1 unread, 2 read, 3 delivered. */
  msg_state: 1 | 2 | 3;
  /** When it was written, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** 0 on its way, 1 sent, 2 failed. */
  msg_is_send: 0 | 1 | 2;
  /** 1 if it burns after reading. */
  b_exp: 0 | 1;
  /** Node address of who wrote it. */
  c_nd_add: string;
  /** Counts the messages of a conversation. */
  msg_version: number;
  /** 1 single, 2 group. */
  rs_type: 1 | 2;
  /** Number of the writer's built-in picture, -1 for none. */
  pfp_id: number;
  /** Address of the writer's own picture. */
  pfp_url: string;
  /** Name to show for the writer. */
  nic: string;
  /** Domain name of the writer. */
  msg_domain: string;
  /** The user's remark for the writer. */
  cps: string;
  /** Name that the writer chose. */
  origin_nic: string;
  /** When it burns, in milliseconds since 1970; 0 if it does not or was not read yet. */
  exp_red_time: number;
  /** 1 if the group protects its members. */
  is_mbr_chat: -1 | 0 | 1;
  /** 1 if the writer is an administrator of the group. */
  is_admin: -1 | 0 | 1;
  /** 1 if the writer owns the group. */
  is_owner: -1 | 0 | 1;
}

/** A message by its id (7.14). */
export interface MessageId {
  /** Id of the message. */
  messageId: string;
}

/** Messages by their ids (7.16). */
export interface MessageIds {
  /** Ids of the messages, at most 1,000. */
  messageIds: string[];
}

/** Which messages of a conversation (7.2). */
export interface MessagePage {
  /** Id of the conversation. */
  conversationId: string;
  /** Time in milliseconds since 1970 after which (`ASC`) or before which (`DESC`) messages are wanted, that moment included; -1 for all. */
  startTime: number;
  /** How many at most; between 1 and 500. */
  pageSize: number;
  /** The order. */
  orderBy: "ASC" | "DESC";
}

/** The recovery words (8.4). */
export interface Mnemonic {
  /** Twelve words with blanks between them. */
  mnemonic: string;
}

/** Recovery words, and what they are for (2.2). */
export interface MnemonicChoice {
  /** The words, in any language. */
  mnemonic: string[];
  /** Only check them against the account on this device, to set a new login password; false by default. */
  isUpdateIm?: boolean | null;
  /** Whether this device is to become the primary one; false by default. */
  isResetPrimary?: boolean | null;
  /** Whether that alone is to happen, without anything on this device being replaced; false by default. */
  isOnlySetPrimary?: boolean | null;
}

/** Which recovery words are wanted (8.4). */
export interface MnemonicExport {
  /** Language of the words; `en` by default. */
  lang?: string | null;
  /** The wallet password, or the login password if there is none. */
  password: string;
}

/** The end of a login by recovery words (2.4). */
export interface MnemonicLogin {
  /** What step 2 answered. */
  loginInfo: LoginInfo;
  /** Only set a new login password; nothing on this device is lost. False by default: everything on this device is replaced. */
  isUpdateIm?: boolean | null;
  /** Whether the user logs in; true by default. */
  isLogin?: boolean | null;
  /** How the user logs in from now on. */
  type: "face" | "fingerprint" | "voice" | "gesture" | "text";
  /** The new login password, 6 to 64 characters. Without one the account is anonymous on this device. */
  password?: string | null;
}

/** Recovery words again (2.3). */
export interface MnemonicLookup {
  /** The words, in any language. */
  mnemonic: string[];
  /** Only check them against the account on this device, to set a new login password; false by default. */
  isUpdateIm?: boolean | null;
  /** Whether the user logs in; true by default. */
  isLogin?: boolean | null;
}

/** Which way a login goes (2.2). */
export interface MnemonicWay {
  /** 0 directly, 1 the primary device authorises, 2 the primary device scans a code. */
  value: 0 | 1 | 2;
}

/** A red envelope or a transfer. */
export interface MoneyContent {
  /** Its id. */
  uid: string;
  /** Hash of its transaction. */
  hash: string;
  /** How much, in the smallest unit. */
  amount: number;
  /** For how many. */
  count: number;
  /** Address that pays. */
  fromAddress: string;
  /** Until when it can be taken, in milliseconds since 1970. */
  expirationTime: number;
  /** Name of who sends it. */
  senderNickname: string;
  /** Node address of who sends it. */
  senderNodeAddress: string;
  /** Address that is paid. */
  toAddress?: string | null;
  /** Password that must be known. */
  password?: string | null;
  /** Text of the message. */
  msgContent?: string | null;
  /** Key of the address that is paid. */
  toAddressPublicKey?: string | null;
  /** Node address of the only person who may take it. */
  toNodeAddr?: string | null;
  /** Name of that person. */
  toNic?: string | null;
  /** A remark. */
  remark?: string | null;
  /** Whether it is too late. */
  isExpire?: boolean | null;
  /** Who took how much. */
  receives?: (Record<string, unknown>)[] | null;
  /** Kind. */
  type: 1 | 2 | 3 | 4 | 5;
  /** What it looks like. */
  cover: 1 | 2;
  /** What became of it. */
  status: 0 | 1 | 2 | 3 | 4 | 5;
  /** With a contact or in a group. */
  conversationType: 1 | 2;
  /** Who writes the message. */
  msgType: 1 | 2;
}

/** Where something was moved (6.8). */
export interface Moved {
  /** Whether it is in the open room now. */
  value: boolean;
}

/** Whose messages are to make no noise, or noise again (3.19). */
export interface Muting {
  /** Node address of the contact. */
  cId: string;
}

/** Whose messages are to make no noise, or noise again (4.40). */
export interface MutingGroup {
  /** Id of the group. */
  gid: string;
}

/** A favourite to add (8.14). */
export interface NewFavourite {
  /** Id of the message. */
  msgId: string;
  /** Type of the message: 1 text, 3 voice, 4 video, 5 file, 6 image. */
  type: number;
  /** Name of who wrote it; at most 64 characters. */
  origin: string;
  /** Content as a string of JSON; at most 64 KiB. */
  msgContent: string;
  /** Node address of who wrote it. */
  originNdAdd: string;
  /** Where it comes from. */
  originType: 0 | 1;
}

/** A group to make (4.2). */
export interface NewGroup {
  /** Its name, at most 64 characters; the names of its members if absent or empty. */
  groupName?: string | null;
  /** Contacts to invite. */
  itemList: ChosenContact[];
}

/** Who is to be in a group (4.23). */
export interface NewMember {
  /** The member; `g_id` and `u_nd_add` say whom and where. */
  groupItemData: GroupMember;
}

/** A new name in a group (4.33). */
export interface NewNickname {
  /** Id of the group. */
  gId: string;
  /** The name; at most 64 characters. */
  nickName: string;
}

/** A node to add (8.31). */
export interface NewNode {
  /** Code of the country that it is in; at most 8 characters. */
  code: string;
  /** Its IP address. */
  ip: string;
  /** Its port. */
  port: string;
  /** Its id: its key, or its ticket; at most 1,024 characters. */
  nodeId: string;
}

/** A changed profile (8.2). */
export interface NewProfile {
  /** Whether contacts are told when the network is there; they are unless this is false. */
  cache?: boolean | null;
  /** Name; 1 to 64 characters. */
  nickname?: string | null;
  /** Number of the built-in picture, -1 for none. */
  pfpId?: number | null;
  /** Address of the own picture; at most 2,048 characters. */
  pfpUrl?: string | null;
  /** Domain name; 3 to 32 lower-case letters, digits and hyphens, or empty for none. */
  mDomain?: string | null;
  /** Whether the account is to be backed up on its node. */
  backUp?: boolean | null;
}

/** A new remark (3.5). */
export interface NewRemark {
  /** Node address of the contact. */
  nodeId: string;
  /** The remark; at most 128 characters. */
  remake: string;
  /** Whether the account's other devices are told; they are unless this is false. */
  isUpdateP2p?: boolean | null;
}

/** A room to make (6.6). */
export interface NewRoom {
  /** Name; 1 to 64 characters. */
  blockName: string;
  /** Password that opens it; 6 to 64 characters, unlike all others. */
  loginPassword: string;
  /** Whether new messages are told. */
  isOpenMsg: 0 | 1;
  /** What notifications say instead of the messages; at most 50 texts of at most 200 characters. */
  messages: string[];
  /** How long messages live. */
  exp: 0 | 1 | 2 | 3 | 4;
  /** Number of the built-in picture, -1 for none. */
  pfp: number;
  /** Address of the own picture; at most 2,048 characters. */
  pfpUrl: string;
}

/** Changed settings (8.18). */
export interface NewSettings {
  /** Name that is shown to others; at most 64 characters. */
  shNic?: string | null;
  /** Whether invitations to calls are told. */
  rcAcVcInviteInfo?: 0 | 1 | null;
  /** Whether new messages are told. */
  rcNewMsgInfo?: 0 | 1 | null;
  /** Whether others see when the user was last there. */
  showLastOnlineTime?: 0 | 1 | null;
  /** Whether mobile data may be used. */
  useMobileData?: 0 | 1 | null;
  /** Whether wireless networks may be used. */
  useWifiData?: 0 | 1 | null;
  /** Whether invitations to calls ring. */
  infoAcVcInviteRg?: 0 | 1 | null;
  /** Whether invitations to calls shake the device. */
  infoAcVcInviteSk?: 0 | 1 | null;
  /** Whether new messages ring. */
  newMsgRingTone?: 0 | 1 | null;
  /** Whether new messages shake the device. */
  newMsgSk?: 0 | 1 | null;
  /** Whether shaking the device clears the messages. */
  sharkItOff?: 0 | 1 | null;
  /** Language: en, zh-cn, zh-tw, th, es, ko, ja or ar. */
  lang?: string | null;
}

/** A new wipe password (6.17). */
export interface NewWipePassword {
  /** The new one; 6 to 64 characters. */
  password: string;
  /** The old one. */
  oldCleanPwd: string;
}

/** A node to use (8.33). */
export interface NodeChoice {
  /** The node. */
  info: NodeInfo;
  /** Whether it is to be used for the cloud storage only. */
  isCloud: boolean;
}

/** A node (8.33). */
export interface NodeInfo {
  /** IP address and port with a colon between. */
  host: string;
  /** Its id. */
  nodeId: string;
  /** Code of the country that it is in. */
  code: string;
  /** The id under which it is kept. */
  id: string;
  /** Whether it came with the program. */
  isDefault: boolean;
  /** Whether it is in use. */
  isCurrent: boolean;
}

/** A node to remove (8.32). */
export interface NodeToRemove {
  /** Its id, as it was added or as it is kept. */
  id: string;
}

/** What a room's notifications say instead of a message (6.14). */
export interface Notice {
  /** Id. */
  id: string;
  /** Id of the room. */
  b_id: string;
  /** Place in the list, from 1. */
  bmn_order: number;
  /** Type. */
  bmn_type: 1;
  /** When it was made, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** The text. */
  bmn_cry: string;
}

/** A single number. */
export interface Number {
  /** The number; the route says what it counts or means. */
  value: number;
}

/** A group, by its id. */
export interface OfGroup {
  /** Id of the group. */
  gId: string;
}

/** Which group's configuration (4.5). */
export interface OfGroupConfig {
  /** Id of the group. */
  gid: string;
}

/** Which room's contacts (3.1). */
export interface OfRoom {
  /** Id of the room; the open one if absent. */
  blockId?: string | null;
}

/** Somebody in a group (4.1). */
export interface OneMember {
  /** Id of the group. */
  gId: string;
  /** Node address. */
  ndAdd: string;
}

/** An ordinary red envelope (4.42). */
export interface OrdinaryEnvelope {
  /** Most that the sender pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** What is in it, in 10⁻⁹ of the coin. */
  amount: number;
  /** The wallet password. */
  password: string;
  /** Account that pays. */
  srcAddress: string;
  /** A word with it. */
  remark?: string | null;
  /** Its cover; the usual one if absent. */
  cover?: 1 | 2 | null;
}

/** A member of a group of whom not everything is told (4.25). */
export interface PartOfMember {
  /** Id of the row. */
  id?: string | null;
  /** Id of the group. */
  g_id?: string | null;
  /** Node address; the user's if absent. */
  u_nd_add?: string | null;
  /** Whether the member is an administrator. */
  g_is_admin?: 0 | 1 | null;
  /** Whether the member owns the group. */
  g_is_owner?: 0 | 1 | null;
  /** Address of the own picture. */
  u_pfp_url?: string | null;
  /** Name in the group. */
  g_nick?: string | null;
  /** When the member joined, in milliseconds since 1970. */
  created_time?: number | null;
  /** When the member last changed, in milliseconds since 1970. */
  updated_time?: number | null;
  /** The user's remark for the member. */
  g_ps?: string | null;
  /** 1 in the group, 0 not any more, -1 unknown. */
  state?: -1 | 0 | 1 | null;
  /** X25519 key in hex. */
  pubkey?: string | null;
  /** Number of the built-in picture, -1 for none. */
  u_pfp_id?: number | null;
  /** Domain name. */
  c_domain?: string | null;
  /** Whether the member chose a name of their own for this group. */
  g_is_edit_nice?: "0" | "1" | null;
}

/** A change of the login password (8.9). */
export interface PasswordChange {
  /** The new one, 6 to 64 characters. */
  imPwd: string;
  /** How the user logs in from now on. */
  type: "face" | "fingerprint" | "voice" | "gesture" | "text";
}

/** A password that may be in use (6.11). */
export interface PasswordToCheck {
  /** The password; 6 to 64 characters. */
  password: string;
}

/** What a password is used for (6.11). */
export interface PasswordUse {
  /** The use. */
  value: 0 | 1 | 2 | 3;
}

/** A picture to fetch. */
export interface PictureOf {
  /** Where it is. */
  url: string;
}

/** Whether to pin a contact (3.18). */
export interface Pinning {
  /** Node address of the contact. */
  cnd: string;
  /** Whether the conversation is to be above the others. */
  isTop: boolean;
}

/** Whether to pin a group (4.39). */
export interface PinningGroup {
  /** Id of the group. */
  gid: string;
  /** Whether the conversation is to be above the others. */
  isTop: boolean;
}

/** The user's profile (8.1). */
export interface Profile {
  /** Id of the account on this device. */
  u_id: string;
  /** Name. */
  u_nick: string;
  /** Node address. */
  u_nd_add: string;
  /** Number of the built-in picture, -1 for none. */
  u_pfp_id: number;
  /** Address of the own picture. */
  u_pfp_url: string;
  /** Not used any more; empty. */
  u_empty_pwd: string;
  /** Address by which the network sees this device; empty while that is not known. */
  u_ip: string;
  /** Ed25519 key in hex. */
  c_pub_key: string;
  /** X25519 key in hex. */
  c_pub_curve: string;
  /** Not used any more; empty. */
  u_anon_pwd: string;
  /** Most rooms. */
  u_max_bolcks: number;
  /** Most members of a group. */
  u_max_gp_mbr: number;
  /** Version of the profile. */
  u_version: number;
  /** Version of the list of contacts; 0 in any room but the default one. */
  c_list_version: number;
  /** Most members of a group video call. */
  u_max_gp_vc_mbr: number;
  /** When the account was made, in milliseconds since 1970. */
  created_time: number;
  /** When the profile last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Domain name. */
  u_domain: string;
  /** Whether the account is backed up on its node. */
  back_back_file: 0 | 1;
}

/** What the QR code of a device says (2.9). */
export interface QrCode {
  /** 7: a device asks to be let in. */
  type: 7;
  /** The device. */
  content: Applicant;
  /** Empty: what is signed is the authorisation. */
  sign: string;
  /** Empty, as `sign`. */
  pub: string;
}

/** A message as it is quoted: as it was answered (7.9). */
export interface QuotedMessage {
  /** Id, empty if it is not known. */
  msg_id: string;
  /** Id of the conversation. */
  rs_id: string;
  /** Type. */
  msg_type: 1 | 2 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;
  /** Who wrote it: 0 the user, 1 somebody else, 2 the program. */
  msg_source: 0 | 1 | 2;
  /** Content as a string of JSON. */
  msg_cry: string;
  /** 1 unread, 2 read, 3 delivered. */
  msg_state: 1 | 2 | 3;
  /** When it was written, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** 0 on its way, 1 sent, 2 failed. */
  msg_is_send: 0 | 1 | 2;
  /** 1 if it burns after reading. */
  b_exp: 0 | 1;
  /** Node address of who wrote it. */
  c_nd_add: string;
  /** Counts the messages of a conversation. */
  msg_version: number;
  /** 1 single, 2 group. */
  rs_type: 1 | 2;
  /** Number of the writer's built-in picture, -1 for none. */
  pfp_id: number;
  /** Address of the writer's own picture. */
  pfp_url: string;
  /** Name to show for the writer. */
  nic: string;
  /** Domain name of the writer. */
  msg_domain: string;
  /** The user's remark for the writer. */
  cps: string;
  /** Name that the writer chose. */
  origin_nic: string;
  /** When it burns, in milliseconds since 1970. */
  exp_red_time: number;
  /** 1 if the group protects its members. */
  is_mbr_chat: -1 | 0 | 1;
  /** 1 if the writer owns the group. */
  is_owner: -1 | 0 | 1;
  /** 1 if the writer is an administrator of the group. */
  is_admin: -1 | 0 | 1;
}

/** Somebody in a group, the user if nobody is named (4.25). */
export interface RankOf {
  /** Id of the group. */
  gId: string;
  /** Who is meant; its `u_nd_add` counts. */
  curItem?: PartOfMember | null;
}

/** A piece of a message's file. */
export interface ReadMedia {
  /** Id of the message. */
  messageId: string;
  /** Which file; what was sent unless told. */
  part?: 0 | 1 | null;
  /** Where the piece begins, in bytes; 0 unless told. */
  offset?: number | null;
}

/** What the engine found when it was prepared (1.1). */
export interface Readiness {
  /** Whether there is an account on this device. */
  account: boolean;
  /** Whether it is entered without a password. */
  anonymous: boolean;
}

/** A message that is to be recalled (7.22). */
export interface Recall {
  /** Id of the conversation. */
  conversationId: string;
  /** Node address of the contact or id of the group. */
  cid: string;
  /** With a contact or in a group. */
  conversationType: 1 | 2;
  /** Id of the message. */
  messageId: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A red envelope to take (7.28). */
export interface ReceiveEnvelope {
  /** Node address of who sent it. */
  cnd?: string | null;
  /** Fee of the transaction. */
  gas: number;
  /** The wallet's password. */
  password: string;
  /** The message of the red envelope. */
  message: Record<string, unknown>;
}

/** A transfer to take (7.32). */
export interface ReceiveTransfer {
  /** Fee of the transaction. */
  gas: number;
  /** The wallet's password. */
  password: string;
  /** Node address of who takes it. */
  receiveNodeId: string;
  /** Name of who takes it. */
  receiveNickName: string;
  /** The message of the transfer. */
  message: Record<string, unknown>;
}

/** A friend request that was received (3.16). */
export interface ReceivedRequest {
  /** Node address of who asked. */
  id: string;
  /** Number of the built-in picture, -1 for none. */
  pfpId: number;
  /** Address of the own picture. */
  pfpUrl: string;
  /** Name. */
  nickname: string;
  /** Node address of who asked. */
  nodeId: string;
  /** The user's remark. */
  remake: string;
  /** X25519 key in hex. */
  pubCurve: string;
  /** Id of the request. */
  applyId: string;
  /** 0 open, 1 accepted, 2 refused. */
  applyState: number;
  /** How often it was sent. */
  applyCount: number;
  /** What was written with it. */
  applyRemark: string;
  /** Where the address was found; 0 if that is not known. */
  applySrc: number;
  /** Domain name. */
  domain: string;
}

/** A new account (1.2). */
export interface Registration {
  /** Wallet password, 6 to 64 characters. Without one there is none. */
  walletPwd?: string | null;
  /** Login password, 6 to 64 characters. Without one the account is anonymous. */
  imPwd?: string | null;
  /** How the user logs in. */
  type: "face" | "fingerprint" | "voice" | "gesture" | "text";
}

/** Whom to remove (4.8). */
export interface Removal {
  /** Id of the group. */
  gId: string;
  /** Members to remove; their `u_nd_add` counts. */
  mSelectGroupItems: GroupMember[];
}

/** A room (6.1). */
export interface Room {
  /** Id: "1" for the default one, "2" for the blank one. */
  b_id: string;
  /** Name. */
  b_name: string;
  /** Number of the built-in picture, -1 for none. */
  c_pfp: number;
  /** Address of the own picture. */
  c_pfp_url: string;
  /** Token of the wipe password, empty if there is none; told in the default room alone. */
  b_clr_pwd: string;
  /** Token of the password that opens the room, empty if there is none. It says that the password changed, and nothing about what it is. */
  b_login_pwd: string;
  /** Token of the wallet password, empty if there is none; told in the default room alone. */
  b_wallet_pwd: string;
  /** When the room was made, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Friend requests that were not looked at. */
  u_apply_count: number;
  /** The same as `b_login_pwd`. */
  b_old_pwd: string;
  /** 0 being made, 1 known to the account's node. */
  b_state: 0 | 1;
}

/** A room, by its id (6.7). */
export interface RoomAsked {
  /** Id of the room. */
  bid: string;
}

/** A changed room (6.15). */
export interface RoomChange {
  /** Id of the room. */
  bId: string;
  /** Name; 1 to 64 characters. */
  blockName?: string | null;
  /** Password that opens it; 6 to 64 characters, unlike all others. */
  loginPassword?: string | null;
  /** Whether new messages are told. */
  isOpenMsg?: 0 | 1 | null;
  /** Whether the room appears in no list. */
  isHide?: boolean | null;
  /** What notifications say instead of the messages; at most 50 texts of at most 200 characters. */
  messages?: string[] | null;
}

/** Configuration of a room (6.4). */
export interface RoomConfig {
  /** Id of the configuration, which is that of the room. */
  id: string;
  /** Id of the room. */
  b_id: string;
  /** Most contacts and groups in it. */
  b_num: number;
  /** Whether it is the default room. */
  b_default: 0 | 1;
  /** Whether new messages are told. */
  b_enable_msg: 0 | 1;
  /** How long messages live: 0 one day, 1 three days, 2 seven days, 3 thirty days, 4 for ever. */
  b_exp: 0 | 1 | 2 | 3 | 4;
  /** When the room was made, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Whether it is the blank room. */
  b_empty: 0 | 1;
  /** Whether it appears in no list. */
  b_hide: 0 | 1;
}

/** A room, by its id. */
export interface RoomId {
  /** Id of the room. */
  bId: string;
}

/** A room's new password (6.10). */
export interface RoomPassword {
  /** Id of the room. */
  bId: string;
  /** The password; 6 to 64 characters. */
  loginPassword: string;
}

/** A password that may open a room (6.18). */
export interface RoomPasswordToCheck {
  /** Id of the room. */
  bid: string;
  /** The password. */
  editPwd: string;
}

/** A message's file that the user wants to have elsewhere. */
export interface SaveMedia {
  /** Id of the message. */
  messageId: string;
  /** Path of the file to write; one that is there is replaced. */
  path: string;
}

/** A group as a QR code tells (4.31). */
export interface ScannedGroup {
  /** The group. */
  groupData: Group;
  /** What it allows. */
  groupConfigData: GroupConfig;
  /** Who is in it. */
  groupItems: GroupMember[];
}

/** What is looked for. */
export interface Search {
  /** What to look for. */
  text: string;
  /** Id of the only conversation to look through. */
  conversationId?: string | null;
  /** The only type of messages to look for. */
  msgType?: 1 | 3 | 4 | 5 | 6 | 10 | 11 | 12 | null;
  /** Id of the last message found so far, to find older ones. */
  before?: string | null;
  /** How many at most, between 1 and 100; 50 unless told. */
  size?: number | null;
}

/** A card to send (7.4). */
export interface SendCard {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Node address of the contact on the card. */
  contactId: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A file to send (7.6). */
export interface SendFile {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Path of the file. */
  filePath: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** An image to send (7.7). */
export interface SendImage {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Path of the image. */
  filePath: string;
  /** Path of the original. */
  originalFilePath?: string | null;
  /** Whether the original is sent. */
  checkBoxSelected?: boolean | null;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** The message of a red envelope or transfer (7.27, 7.31). */
export interface SendMoney {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
  /** The red envelope or transfer. */
  content: MoneyContent;
}

/** The message that a red envelope or transfer was taken (7.29, 7.33). */
export interface SendMoneyReceived {
  /** Id of the message of the red envelope or transfer. */
  msgId: string;
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** The red envelope or transfer. */
  content: MoneyContent;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** Something that was tapped. */
export interface SendPostback {
  /** Node address of the bot. */
  cnd: string;
  /** What is shown as the user's message: `displayText` or `postback` of the action. */
  text: string;
  /** What the bot hears: `postbackFull` or `postback` of the action. */
  postback: string;
  /** Whether the bot is to greet anew, as after a `welcome` action; no unless told. */
  open?: boolean | null;
}

/** A text that quotes a message (7.9). */
export interface SendQuote {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** The message that is quoted. */
  message: QuotedMessage;
  /** The text. */
  text: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A text to send (7.1). */
export interface SendText {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
  /** The text. */
  text: string;
}

/** A video to send (7.5). */
export interface SendVideo {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Path of the video. */
  filePath: string;
  /** How long it is, in seconds. */
  second: number;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** A voice message to send (7.3). */
export interface SendVoice {
  /** Node address of the contact or id of the group. */
  cnd: string;
  /** The same as `cnd`. */
  cid: string;
  /** Contact or group. */
  conversationType: 0 | 1;
  /** Path of the sound. */
  filePath: string;
  /** How long it is, in seconds. */
  second: number;
  /** Path of its waveform. */
  wavePath: string;
  /** Key of the contact in hex; empty for groups. */
  pub: string;
}

/** The user's settings (8.17). */
export interface Settings {
  /** Id of the account on this device. */
  u_id: string;
  /** Name that is shown to others; empty if it is that of the profile. */
  sh_nic: string;
  /** Whether invitations to calls are told. */
  rc_ac_vc_invit_info: 0 | 1;
  /** Whether new messages are told. */
  rc_new_msg_info: 0 | 1;
  /** Whether others see when the user was last there. */
  show_last_online_time: 0 | 1;
  /** Whether mobile data may be used. */
  use_mobile_data: 0 | 1;
  /** Whether wireless networks may be used. */
  use_wifi_data: 0 | 1;
  /** Whether invitations to calls ring. */
  info_ac_vc_invit_rg: 0 | 1;
  /** Whether invitations to calls shake the device. */
  info_ac_vc_invit_sk: 0 | 1;
  /** Whether new messages ring. */
  new_msg_ring_tone: 0 | 1;
  /** Whether new messages shake the device. */
  new_msg_sk: 0 | 1;
  /** Language: en, zh-cn, zh-tw, th, es, ko, ja or ar. */
  lang: string;
  /** When the account was made, in milliseconds since 1970. */
  created_time: number;
  /** When the settings last changed, in milliseconds since 1970. */
  updated_time: number;
  /** Whether shaking the device clears the messages. */
  shark_it_off: 0 | 1;
}

/** Somebody, by node address. */
export interface Somebody {
  /** Node address. */
  nodeId: string;
}

/** Room on the network (7.13). */
export interface Space {
  /** All of it, in bytes. */
  total: number;
  /** What is left, in bytes. */
  free: number;
}

/** A file for which there must be room (7.13). */
export interface SpaceFor {
  /** Path of the file. */
  filePath: string;
}

/** A piece of a file that is handed over. */
export interface StageMedia {
  /** Path of the file as it was answered; empty or left out to begin one. */
  path?: string | null;
  /** Name of the file; it counts where the file begins. */
  name: string;
  /** Where the piece begins, in bytes: where the last one ended. */
  offset: number;
  /** The bytes in base64; at most 1 MiB of them. */
  data: string;
}

/** A file as far as it was handed over. */
export interface StagedMedia {
  /** Its path. */
  path: string;
  /** Bytes that are there. */
  size: number;
}

/** Whether something is so or was done. */
export interface Status {
  /** The answer to the route's question. */
  status: boolean;
}

/** State of the connection to the cloud storage (8.29). */
export interface Storage {
  /** The state. */
  value: 1 | 2 | 3;
}

/** A message of the program (7.23). */
export interface SystemMessage {
  /** Node address of the contact or id of the group. */
  cid: string;
  /** The same as `cid`. */
  cnd: string;
  /** With a contact or in a group. */
  conversationType: 1 | 2;
  /** The content as it will be answered. */
  content: string;
}

/** A connection for the time of an authorisation (2.24). */
export interface TemporaryConnection {
  /** Whether to wait until it is there. */
  isAwait: boolean;
}

/** A claim of a transfer (4.45). */
export interface TransferClaim {
  /** Most that the receiver pays in fees, in 10⁻⁹ of the coin. */
  gas: number;
  /** The wallet password. */
  password: string;
  /** Node address of who claims. */
  receiveNodeId: string;
  /** Name of who claims. */
  receiveNickName: string;
  /** The message that the transfer came in. */
  message: Record<string, unknown>;
}

/** Whether the user is typing (7.8). */
export interface Typing {
  /** Node address of the contact. */
  cnd: string;
  /** Typing or not. */
  isInputting: boolean;
}

/** A conversation whose unread messages are asked for (7.18, 7.19). */
export interface UnreadOf {
  /** Id of the conversation. */
  conversationId: string;
}

/** Unread messages of a conversation (7.17). */
export interface UnreadPage {
  /** Id of the conversation. */
  conversationId: string;
  /** How many at most; 500 unless told. */
  pageSize?: number | null;
}

/** What is known of a user (3.7). */
export interface UserInfo {
  /** Name. */
  nic: string;
  /** Number of the built-in picture, -1 for none. */
  pfpId: number;
  /** Address of the own picture. */
  pfpUrl: string;
  /** Ed25519 key in hex. */
  pubKey: string;
  /** X25519 key in hex. */
  pubCurve: string;
  /** Version of the profile. */
  version: number;
  /** Version of the list of contacts; 0 for others than the user. */
  listVersion: number;
  /** Most members of a group video call. */
  maxGpVcMbr: number;
  /** Domain name. */
  domainList: string;
}

/** How often shared data has changed (8.21). */
export interface Versions {
  /** Contacts. */
  contactVersion: number;
  /** Groups. */
  groupVersion: number;
  /** The profile. */
  userVersion: number;
  /** Rooms. */
  blockVersion: number;
  /** Domain names. */
  domainName: number;
  /** Login information. */
  loginPwd: number;
  /** Favourites. */
  favoriteVersion: number;
  /** The blacklist. */
  blackVersion: number;
  /** Messages of groups. */
  groupMessage: number;
  /** Messages of contacts. */
  userMessage: number;
}

/** A change of the wallet password (8.5). */
export interface WalletPasswordChange {
  /** The new one, 6 to 64 characters. */
  newPwd: string;
  /** The old one, or the login password if there is none. */
  oldWallet: string;
}

/** A group with all that belongs to it (4.17). */
export interface WholeGroup {
  /** The group. */
  groupData: Group;
  /** What it allows. */
  groupConfigData: GroupConfig;
  /** Who is in it. */
  groupItems: GroupMember[];
  /** Domain name. */
  domain: string;
  /** 1 if the group is hidden, else 0. */
  bHideState: number;
  /** How many are in it. */
  groupItemSum: number;
}

/** Which group (4.17). */
export interface WholeGroupOf {
  /** Id of the group. */
  gId: string;
  /** Whether the user's remarks for the members are wanted. */
  isGetPs: boolean;
}

/** A wipe password (8.34, 8.36). */
export interface WipePassword {
  /** The password; 6 to 64 characters. */
  password: string;
}

/** A single text. */
export interface Word {
  /** The text; the route says what it is. */
  value: string;
}

/** What each route takes and answers, by module and method. */
export interface Routes {
  login: {
    /** Prepares the engine; called first. Called again, it changes nothing. (1.1) */
    init: { request: Empty; answer: Readiness };
    /** Makes an account, its recovery words, the default and the blank room. Without a login password it is anonymous. Nobody is logged in by this. 500 if there is an account already, 20065 for a password of the wrong length. (1.2) */
    register: { request: Registration; answer: (Record<string, unknown>)[] };
    /** Logs in, opens another room, or wipes, by what the password is for; without a password an anonymous account. 20008 if there is no account, 20010 if the password is wrong, 20011 and 20012 while none is looked at. (2.1) */
    exportLogin: { request: Login; answer: Entered };
    /** Step 1 of logging in by recovery words: finds out which way the account needs. 20002 if the words are not right, or not those of the account on this device where that is asked for. (2.2) */
    exportMnemonicSelectByP2pV2: { request: MnemonicChoice; answer: MnemonicWay };
    /** Step 2: what is known of how the account is logged in to. The passwords in it are opaque. (2.3) */
    mnemonicSelectByP2p: { request: MnemonicLookup; answer: LoginInfo };
    /** Step 3: sets the login password, and enters. 20001 if the steps before were left out, 20087 if the primary device has to let this one in and has not. (2.4) */
    mnemonicLoginByLoginInfo: { request: MnemonicLogin; answer: (Record<string, unknown>)[] };
    /** Step 2 for an account without a primary device; goes on with the words of step 1. (2.5) */
    loginByMn: { request: Empty; answer: LoginInfo };
    /** Whether the account is entered without a password. (8.3) */
    exportIsAnonLogin: { request: Empty; answer: Status };
    /** The recovery words, for whoever knows the wallet password, or the login password if there is none. 20010 if it is wrong, 1004 for an unknown language. (8.4) */
    exportMnemonic: { request: MnemonicExport; answer: Mnemonic };
    /** Changes the wallet password, or sets the first one for whoever knows the login password. 20092 if the old one is wrong, 20090 if the new one is the old one, 20065 for its length. (8.5) */
    exportChangeWalletPwd: { request: WalletPasswordChange; answer: Status };
    /** Whether there is a wallet password. (8.6) */
    exportIsSettingWallet: { request: Empty; answer: Status };
    /** The wallet password is kept in no form that it could be given back in: always 20071. (8.7) */
    exportWalletPwd: { request: Empty; answer: Word };
    /** Logs out. (8.8) */
    exportLogout: { request: Empty; answer: Status };
    /** Changes the login password; an anonymous account then has one. Only in the default room, else 20031. 20065 for its length, 20090 if it is the old one, 20076 or 20078 if it is a room's or the wipe's. (8.9) */
    exportChangeImPwd: { request: PasswordChange; answer: Status };
    /** The version of the program. Updates come with the program that the engine is in. (8.10) */
    appInfo: { request: Empty; answer: AppInfo };
    /** Whether the recovery words were backed up. (8.11) */
    exportGetBackUp: { request: Empty; answer: BackupState };
    /** Turns fast login on or off. (8.12) */
    switchFastLogin: { request: FastLogin; answer: Status };
  };
  authLogin: {
    /** Prepares the steps of an authorisation. (2.6) */
    initAuth: { request: Empty; answer: Empty };
    /** Gives up a request for authorisation. (2.7) @deprecated */
    cancelLoginReq: { request: Empty; answer: Empty };
    /** The user's note for this device; at first the name of its system. (2.8) */
    getDeviceNote: { request: Empty; answer: Word };
    /** What the QR code says by which this device asks to be let in; valid for ten minutes. (2.9) */
    getQrCodeInfo: { request: Empty; answer: QrCode };
    /** Asks the primary device, after recovery words were given; 20087 before that, 20003 if it cannot be reached. (2.10) */
    reqAuthByMn: { request: Empty; answer: Empty };
    /** Which kind of login this device needs to get in again. (2.11) */
    getLogInAgainTypeInMobile: { request: Empty; answer: AgainType };
    /** Asks the primary device; 20017 if the QR code has expired, 20003 if the device cannot be reached. (2.12) */
    requestAuthorize: { request: Empty; answer: Empty };
    /** Whether another device must go before this one can come: an account has ten. (2.13) */
    checkIsNeedRemoveDevice: { request: MachineName; answer: Status };
    /** Whether there is a login password. (2.14) */
    checkHasTextPwd: { request: Empty; answer: Status };
    /** Lets a device in. 20017 if its QR code has expired, 20071 if it asks for another account, 20087 if this is not the primary device, 20000 if the network cannot be reached. (2.15) */
    authorize: { request: Authorisation; answer: Status };
    /** Whether this is the primary device. (2.16) */
    checkIsPrimaryDevice: { request: Empty; answer: Status };
    /** The account's devices. (2.17) */
    getLocalAllMachine: { request: Empty; answer: Machine[] };
    /** Removes another device from the account: it is logged out, and can neither read what is new nor act for the user. 20094 if there is none of this id, 500 for this device itself, 20087 if this device is not the primary one and so may not. (2.18) */
    deleteMachine: { request: MachineName; answer: Empty };
    /** Logs another device out. 20094 if there is none of this id, 500 for this device itself: log out instead. (2.19) */
    offlineMachine: { request: MachineName; answer: Empty };
    /** Sets the note of a device. 20094 if there is none of this id, 20045 for more than 128 characters. (2.20) */
    setMachineNote: { request: MachineNote; answer: Empty };
    /** Makes a device the primary one, which is handed the recovery words. 20094 if there is none of this id, 20087 if this device is not the primary one and so may not decide it. (2.21) */
    setPrimaryMachine: { request: MachineName; answer: Empty };
    /** Connects to where the primary device can be asked; 20003 if nothing can be reached. (2.24) */
    connectTempP2p: { request: TemporaryConnection; answer: Empty };
  };
  contact: {
    /** Lists the contacts of the open room that are not hidden, in the order of their addresses, with those who were asked and have not answered. Asked for another room, it lists none. (3.1) */
    getContacts: { request: OfRoom; answer: Contact[] };
    /** Asks somebody to become a contact. The request is queued until the network takes it; asking again sends it again. Asking somebody who has asked already accepts. The address of a bot, with its secret as what is written, makes that a contact at once. (3.2) */
    addFriend: { request: FriendRequest; answer: Empty };
    /** Accepts a friend request: both sides are contacts, and the conversation begins. (3.3) */
    agreeApplySync: { request: Agreement; answer: Empty };
    /** Gives one contact of the open room. (3.4) */
    getContactByNoId: { request: Somebody; answer: Contact };
    /** Changes the remark that is shown instead of a contact's name. (3.5) */
    updateRemake: { request: NewRemark; answer: Empty };
    /** Deletes a contact with the conversation. What the other side has stays there. (3.6) */
    deleteFriend: { request: Somebody; answer: Empty };
    /** Tells what is known of a user: the user, a contact, a member of a group, or whoever asked to be a contact. Others are known to the network alone. (3.7) */
    getUserInfo: { request: Somebody; answer: UserInfo };
    /** Whether somebody is a contact who agreed to be one. (3.8) */
    isFriend: { request: Somebody; answer: Status };
    /** Counts the friend requests that were not looked at. (3.9) */
    getApplyBridge: { request: Empty; answer: Number };
    /** Takes somebody from the blacklist. (3.10) */
    deleteBlack: { request: Somebody; answer: Empty };
    /** Puts somebody on the blacklist, a contact or not: what they send is dropped, and contacts are told so when they send. Whoever is no contact does not become one; a request of theirs is refused. (3.11) */
    onBlack: { request: Somebody; answer: Empty };
    /** Pages through the blacklist of the open room. Asked for another room, it lists nobody. (3.12) */
    getBlacklist: { request: BlacklistPage; answer: Blocked[] };
    /** Says that the friend requests were looked at. (3.13) */
    clearApplyBridge: { request: Empty; answer: Empty };
    /** Deletes a friend request. Who sent it is not told. (3.14) */
    deleteApply: { request: Somebody; answer: Empty };
    /** Hides a contact for a time. (3.15) */
    editHideState: { request: Hiding; answer: Empty };
    /** Lists the friend requests that were received in the open room, the newest first. (3.16) */
    getApplyList: { request: Empty; answer: ReceivedRequest[] };
  };
  group: {
    /** Gives somebody who is or was in a group. (4.1) */
    getGroupItemByNAddAndGid: { request: OneMember; answer: GroupMember };
    /** Makes a group of the user, who owns it, and of contacts, who are invited. (4.2) */
    createGroup: { request: NewGroup; answer: CreatedGroup };
    /** Gives a group. (4.4) */
    getGroupByGid2: { request: OfGroup; answer: Group };
    /** Gives what a group allows, and how the user looks at it. (4.5) */
    getGroupConfigByGId: { request: OfGroupConfig; answer: GroupConfig };
    /** Lists the groups of the open room, whatever their state, the oldest first. (4.6) */
    getAllGroups: { request: Empty; answer: Group[] };
    /** Leaves a group, which its owner cannot. What was said stays here. (4.9) */
    quiteGroup: { request: OfGroup; answer: Status };
    /** Dissolves a group for everybody; the owner alone may. What was said stays. (4.10) */
    dissolveGroup: { request: OfGroup; answer: Status };
    /** Lists who is in a group: the owner, the administrators, then by the time of joining. (4.11) */
    getGroupItemByGid: { request: MembersOf; answer: GroupMember[] };
    /** Pages through who is in a group, a hundred at a time. The answer's only key is where the next page starts, 0 after the last one. (4.13) */
    getGroupMemberByService: { request: MemberPage; answer: Record<string, GroupMember[]> };
    /** Whether somebody, the user if nobody is named, is the owner or an administrator of a group. (4.14) */
    checkIsAdminOrOwn: { request: Leading; answer: Status };
    /** Lists the groups of the open room that the user is in. (4.15) */
    getAllNormalGroup: { request: Empty; answer: Group[] };
    /** Gives the user as a member of a group. (4.16) */
    getCurUserItem: { request: OfGroup; answer: GroupMember };
    /** Gives a group with its configuration and its members. (4.17) */
    getGroupAllInfo: { request: WholeGroupOf; answer: WholeGroup };
    /** Lists the groups of the default room with all that belongs to them; none while another room is open. (4.18) */
    getGroupDefaultBlock: { request: Empty; answer: WholeGroup[] };
    /** Lists the groups of the open room with all that belongs to them. Asked for another room, it lists none. (4.19) */
    getGroupByBid: { request: GroupsOfRoom; answer: WholeGroup[] };
    /** Whether the user may write to a group: members may while it is not muted, the owner and administrators always. (4.20) */
    checkGroupAllChatPermission: { request: OfGroup; answer: Status };
    /** Lists the groups of the open room that are in a state and not hidden, with all that belongs to them. (4.21) */
    getGroupByCurBlockAndNotHide: { request: GroupsInState; answer: WholeGroup[] };
    /** Hides a group for a time. (4.22) */
    setGroupHideState: { request: HidingGroup; answer: Status };
    /** Brings one more member into a group, without any rights there, as an invitation does. (4.23) */
    addGroupItem: { request: NewMember; answer: Empty };
    /** Whether a group is there and the user in it. (4.24) */
    checkGroupStateById: { request: GroupById; answer: Status };
    /** Whether somebody, the user if nobody is named, is an administrator of a group. (4.25) */
    checkIsAdmin: { request: RankOf; answer: Status };
    /** Whether somebody, the user if nobody is named, owns a group. (4.26) */
    checkIsOwn: { request: RankOf; answer: Status };
    /** Forgets a group here with its configuration and its members. Nobody is told, and the user does not leave it. (4.27) */
    deleteGroupAllInfo: { request: Forgetting; answer: Status };
    /** Forgets a group here, but not its configuration and its members. (4.28) */
    deleteGroupByGId: { request: OfGroup; answer: Status };
    /** Forgets a group's configuration here. (4.29) */
    deleteGroupConfigByGid: { request: OfGroup; answer: Status };
    /** Forgets a group's members here. (4.30) */
    deleteGroupItemByGid: { request: OfGroup; answer: Status };
    /** Funds a red envelope whose shares are drawn by lot. (4.41) */
    groupFortuneInsertRedEnvelope: { request: FortuneEnvelope; answer: Empty };
    /** Funds a red envelope that a phrase opens. (4.42) */
    groupCommandRedEnvelope: { request: CommandEnvelope; answer: Empty };
    /** Funds an ordinary red envelope. (4.42) */
    groupOrdinaryInsertRedEnvelope: { request: OrdinaryEnvelope; answer: Empty };
    /** Funds a red envelope for one member. (4.43) */
    groupExclusiveInsertRedEnvelope: { request: ExclusiveEnvelope; answer: Empty };
    /** Claims a share of a red envelope. (4.43) */
    groupReceiveEnvelope: { request: EnvelopeClaim; answer: Empty };
    /** Funds a transfer to a member. (4.44) */
    groupInsertTransfer: { request: GroupTransfer; answer: Empty };
    /** Lists who has applied to join a group and waits for an answer, who has waited longest first; the owner and administrators may. Without a group, lists those of all groups of the open room that the user leads. (beyond 7) */
    getGroupApplications: { request: ApplicationsTo; answer: Application[] };
  };
  sync: {
    /** Pins the conversation with a contact above the others, or unpins it. (3.18) */
    updateContactWithTop: { request: Pinning; answer: Conversation };
    /** Lets messages of a contact make no noise, or noise again. (3.19) */
    updateWithDisturb: { request: Muting; answer: Status };
    /** Changes a group's name, picture or notice. Notices are for the owner and administrators; names and pictures are too while the group restricts that. (4.3) */
    updateGroupInfo: { request: GroupChange; answer: Group };
    /** Invites contacts into a group. While joining is restricted or must be approved, only the owner and administrators may. (4.7) */
    addGroupMemberWith: { request: Invitation; answer: Empty };
    /** Removes members from a group: administrators remove members, the owner anybody else. (4.8) */
    removeGroupMemberWith: { request: Removal; answer: Empty };
    /** Changes one thing that a group allows; the owner and administrators may. (4.12) */
    changeGroupConfig: { request: ConfigChange; answer: GroupConfig };
    /** Joins a group whose QR code was scanned. The request waits for the network; the user is in the group when the group says so. (4.31) */
    scanJoinGroup: { request: Joining; answer: Status };
    /** Applies to join a group whose QR code was scanned. (4.32) */
    scanJoinGroupApply: { request: Joining; answer: Status };
    /** Changes the user's name in a group. (4.33) */
    updateGroupWithNickName: { request: NewNickname; answer: Empty };
    /** Ignores an application to join; the owner and administrators may. (4.34) */
    ignoreGroupEntryApplication: { request: IgnoredApplication; answer: Status };
    /** Makes members administrators of a group, or administrators members; the owner alone may. (4.35) */
    updateGroupWithAdmins: { request: Appointment; answer: Empty };
    /** Hands a group over to another member; the owner alone may. (4.36) */
    transferGroupWithGid: { request: HandOver; answer: Empty };
    /** Accepts an application to join; the owner and administrators may. (4.37) */
    agreeGroupEntryApplication: { request: AcceptedApplication; answer: Empty };
    /** Pins the conversation of a group above the others, or unpins it. (4.39) */
    updateGroupWithTop: { request: PinningGroup; answer: Conversation };
    /** Lets messages of a group make no noise, or noise again. (4.40) */
    updateGroupWithDisturb: { request: MutingGroup; answer: Status };
  };
  chat: {
    /** Accepts a transfer that a member of a group sent; the module `group` may be named too. (4.45) */
    groupReceiveTransfer: { request: TransferClaim; answer: Empty };
    /** Lists the conversations of the open room: the pinned ones first, then by the time of their last change. Those that are hidden now are left out. (5.1) */
    getConversations: { request: Empty; answer: Conversation[] };
    /** Moves a conversation to another place in the list by giving it another time, the present one unless told. (5.2) */
    updateConversionTime: { request: ConversationTime; answer: Empty };
    /** Finds a conversation by the node address of a contact or the id of a group. 20058 if there is none. (5.3) */
    getConversationByCidChat: { request: ConversationOf; answer: Conversation };
    /** Takes a conversation off the list, with its messages unless told otherwise, and answers what it was. If the messages are kept, the next one brings all of them back. (5.4) */
    deleteConversationById: { request: DeleteConversation; answer: Conversation };
    /** Begins a conversation with a contact or in a group. (5.5) */
    createConversation: { request: CreateConversation; answer: Conversation };
    /** Marks a conversation as read, with all its messages, or as unread. Their writers learn that they were read. (5.6) */
    setConversationReadById: { request: ConversationRead; answer: Empty };
    /** Sets how long messages live once they were read; for the messages to come, on both sides. In groups owner and administrators may. (5.7) */
    setBurnAfterTime: { request: BurnTime; answer: Status };
    /** Says which conversation the user looks at. An unknown one stands for none. (5.8) */
    setCurRsId: { request: CurrentConversation; answer: Empty };
    /** Deletes all conversations of the open room and their messages. (5.9) */
    deleteAllConversations: { request: DeleteConversations; answer: Empty };
    /** Sends a text of at most 64 KiB. (7.1) */
    sendTextMessage: { request: SendText; answer: Message[] };
    /** Pages through the messages of a conversation. No two of them have the same time, so the next page begins one millisecond after (`ASC`) or before (`DESC`) the last message of this one. (7.2) */
    getMessagesByConversationId: { request: MessagePage; answer: Message[] };
    /** Sends a voice message with its waveform. (7.3) */
    sendAudioMessage: { request: SendVoice; answer: Message };
    /** Sends the card of a contact, or the user's own. (7.4) */
    sendCardMessage: { request: SendCard; answer: Message };
    /** Sends a video. (7.5) */
    sendVideoMessage: { request: SendVideo; answer: Message };
    /** Sends a file. (7.6) */
    sendFileMessage: { request: SendFile; answer: Message };
    /** Sends an image, or the original that it was made from. (7.7) */
    sendImageMessage: { request: SendImage; answer: Message };
    /** Tells a contact that the user is typing or stopped. Only a connection carries it: nothing of it is kept or queued. (7.8) */
    sendInputStateMessage: { request: Typing; answer: Empty };
    /** Sends a text that quotes a message. (7.9) */
    sendQuoteMessage: { request: SendQuote; answer: Message[] };
    /** Sends messages on, each as a message of its own, and a text after them if there is one. (7.10) */
    sendStepForwardMessage: { request: ForwardEach; answer: Message[] };
    /** Sends messages on as one message that contains them. (7.11) */
    sendMergeForwardMessage: { request: ForwardMerged; answer: Message[] };
    /** Counts the unread messages of the open room; a conversation that is marked unread counts as one. (7.12) */
    getUnreadMessageCount: { request: Empty; answer: Number };
    /** Asks the network how much room there is for the user's files. (7.13) */
    checkSpaceIsSufficient: { request: SpaceFor; answer: Space };
    /** Finds a message. (7.14) */
    getMessageByIdChat: { request: MessageId; answer: Message };
    /** Has the number of unread messages told to whoever listens. (7.15) */
    updateUnReadTotal: { request: Empty; answer: Empty };
    /** Finds messages, in the order of the ids; unknown ones are left out. (7.16) */
    getMessageByIds: { request: MessageIds; answer: Message[] };
    /** Nothing: answers an empty list. (7.17) @deprecated */
    getUnreadMessagesByConversationId: { request: UnreadPage; answer: Message[] };
    /** Finds the newest unread message of a conversation; null if there is none. (7.18) */
    getLastUnreadMessageByConversationId: { request: UnreadOf; answer: Message | null };
    /** Nothing: answers null. (7.19) @deprecated */
    getFirstUnReadMessage: { request: UnreadOf; answer: Message | null };
    /** Deletes messages for this user alone, on all devices. Ids that are unknown do not matter. (7.20) */
    deleteMessagesByIds: { request: DeleteMessages; answer: Empty };
    /** Tells the senders of received messages that they were read; from then on those that burn do. Answers the ids of the messages that are known. (7.21) */
    sendMessageAckByIds: { request: Acknowledge; answer: string[] };
    /** Recalls an own message, 24 hours long: it loses its content here and with everybody who got it. (7.22) */
    recallMessageById: { request: Recall; answer: Empty };
    /** Writes a message of the program into a conversation, for this user alone. (7.23) */
    createSysMessage: { request: SystemMessage; answer: Message };
    /** Deletes a message for this user alone, on all devices. (7.24) */
    deleteMessageById: { request: DeleteMessage; answer: Empty };
    /** Deletes all messages of the open room for this user alone, on all devices; the conversations stay, empty. (7.25) */
    deleteAllMessages: { request: Empty; answer: Empty };
    /** Pins a conversation to the head of the list or loosens it. (7.26) */
    setConversationTopById: { request: ConversationTop; answer: Conversation };
    /** Pays a red envelope into the chain. (7.27) */
    insertRedEnvelope: { request: FundEnvelope; answer: Empty };
    /** Sends the message of a red envelope that was paid. (7.27) */
    sendRedPacketMessage: { request: SendMoney; answer: Empty };
    /** Takes a red envelope. (7.28) */
    receiveEnvelope: { request: ReceiveEnvelope; answer: Empty };
    /** Sends the message that a red envelope was taken. (7.29) */
    sendReceivedRedPacketMessage: { request: SendMoneyReceived; answer: Message[] };
    /** Pays a transfer into the chain. (7.30) */
    insertTransfer: { request: FundTransfer; answer: Empty };
    /** Sends the message of a transfer that was paid. (7.31) */
    sendTransferMessage: { request: SendMoney; answer: Empty };
    /** Takes a transfer. (7.32) */
    receiveTransfer: { request: ReceiveTransfer; answer: Empty };
    /** Sends the message that a transfer was taken. (7.33) */
    sendReceivedTransferMessage: { request: SendMoneyReceived; answer: Message[] };
    /** Deletes all messages of a conversation on both sides; in groups owner and administrators may. (7.35) */
    sendDelEachOtherMessage: { request: DeleteBoth; answer: Empty };
    /** Fetches a picture that a message of a bot shows, by `https://` alone: of at most 4 MiB and 8,192 pixels. 20058 if the address is none that is asked, 20000 if there is no such picture. (beyond 4) */
    getBotPicture: { request: PictureOf; answer: BotPicture };
    /** Reads a piece of a message's file. (beyond 2) */
    readMedia: { request: ReadMedia; answer: MediaPiece };
    /** Writes a message's file into another one, which is there whole or not at all. 20091 for an unknown message, 20081 if its file is not here yet, 20082 if it cannot be written there. (beyond 5) */
    saveMedia: { request: SaveMedia; answer: Empty };
    /** Finds the messages of the open room that contain all that is typed, the newest first: words by how they begin, and any part of texts in scripts without spaces. (beyond 1) */
    searchMessages: { request: Search; answer: Message[] };
    /** Sends a bot what something that was tapped in a message of its stands for. The bot hears the postback; the conversation shows the text. (beyond 3) */
    sendPostbackMessage: { request: SendPostback; answer: Message };
    /** Hands over a piece of a file which the client has, but this computer has not: the page in a browser, a recording. Its path can be used wherever a file is sent, once, by the same session. 20082 for an unknown path and a piece that does not fit, 20045 for one that is too long, 20067 when the file becomes larger than 1 GiB. (beyond 6) */
    stageMedia: { request: StageMedia; answer: StagedMedia };
  };
  block: {
    /** Gives the open room. (6.1) */
    currentBlock: { request: Empty; answer: Room };
    /** Gives the default room; in any other room that one. (6.2) */
    getDefaultBlock: { request: Empty; answer: Room };
    /** Gives the blank room. Only the default room and itself know of it. (6.3) */
    getBlankBlock: { request: Empty; answer: Room };
    /** Gives the configuration of the default room; in any other room that one's. (6.4) */
    getDefaultBlockConfig: { request: Empty; answer: RoomConfig };
    /** Gives the configuration of the blank room. Only the default room and itself know of it. (6.5) */
    getBlankBlockConfig: { request: Empty; answer: RoomConfig };
    /** Makes a room. Possible in the default room alone, and while there are fewer than ten, the default and the blank one included (else 20019). 20018 for the name, 20022 for the password's form, 20020, 20077 or 20078 if it is in use. (6.6) */
    crateBlock: { request: NewRoom; answer: Room };
    /** Gives a room. (6.7) */
    getBlockByBid: { request: RoomAsked; answer: Room };
    /** Moves a contact or a group from the open room to another, with the conversation and its messages, the favourites taken from it, and what waits to be sent. From any room but the default one the only way is to that one. (6.8) */
    changeToBlock: { request: Assignment; answer: Moved };
    /** Lists the rooms that are neither the default nor the blank one and not hidden. Rooms but the default one list none. (6.9) */
    getBlockNotDefaultAndBlankBlockAndHide: { request: Empty; answer: Room[] };
    /** Changes the password that opens a room; which, as for `getBlockByBid`. 20022 for its form, 20090 if it is the old one, 20020, 20077 or 20078 if it is in use, in any room but the default one 20031 instead. The default room opens by the login password, which this does not change (20031). (6.10) */
    updatePwd: { request: RoomPassword; answer: Room };
    /** Whether a password is free: 0 it is, 1 it opens a room, 2 it is the login password, 3 it is the wipe password. In any room but the default one only that room's own password is not free. (6.11) */
    checkPwdUnExist: { request: PasswordToCheck; answer: PasswordUse };
    /** Whether the blank room is open. (6.12) */
    exportIsBlankBlock: { request: Empty; answer: Status };
    /** Gives the configuration of a room. (6.13) */
    getConfigById: { request: RoomId; answer: RoomConfig };
    /** Lists what a room's notifications say instead of the messages. (6.14) */
    getNoticeListByBid: { request: RoomId; answer: Notice[] };
    /** Changes a room; what is absent stays as it is, and everything if something cannot be changed. (6.15) */
    updateBlock: { request: RoomChange; answer: Room };
    /** Deletes a room with its password, conversations, messages and favourites, for good. Its contacts, groups and friend requests are not lost with it, but move to the default room, from which alone a room can be deleted. (6.16) */
    deleteBlock: { request: RoomId; answer: Empty };
    /** Puts another wipe password in the place of the one there is. 20088 if there is none, which every room but the default one says; 20089 for a wrong old one, 20090 if the new one is the old one, 20065 for its form, 20076 or 20077 if it is in use. (6.17) */
    updateCleanPwdBlock: { request: NewWipePassword; answer: Empty };
    /** Whether a password opens a room; which, as for `getBlockByBid`. (6.18) */
    checkOldPassword: { request: RoomPasswordToCheck; answer: Status };
    /** Prepares a room, which needs nothing more than that it is there. (6.19) */
    initBlock: { request: RoomId; answer: Empty };
    /** Tells which room was remembered in the last five minutes: `b_id`, or nothing. (6.20) */
    restoreRecentBlock: { request: Empty; answer: Record<string, unknown> };
    /** Remembers the open room for five minutes. (6.21) @deprecated */
    storeRecentBlock: { request: Empty; answer: Empty };
    /** Gives the configuration of the open room. (6.22) */
    exportCurrentBlockConfig: { request: Empty; answer: RoomConfig };
  };
  user: {
    /** Gives the user's profile. (8.1) */
    getUserSingleInfo: { request: Empty; answer: Profile };
    /** Changes the user's profile; what is absent stays as it is. Contacts are told when the network is there. (8.2) */
    updateUserSingleInfo: { request: NewProfile; answer: Profile };
    /** Whether the engine is connected to a node: 0 it is trying, 1 it is, 2 it is not. (8.13) */
    connectionState: { request: Empty; answer: Connection };
    /** Keeps a message, or something of this device, as a favourite. (8.14) */
    addFavorite: { request: NewFavourite; answer: Empty };
    /** Deletes a favourite. (8.15) */
    deleteFavorite: { request: FavouriteToDelete; answer: Empty };
    /** Pages through the favourites of the open room, the newest first. (8.16) */
    getFavoriteList: { request: FavouritePage; answer: Favourite[] };
    /** Gives the user's settings. (8.17) */
    getUserSingleSetting: { request: Empty; answer: Settings };
    /** Changes the user's settings; what is absent stays as it is. (8.18) */
    updateUserSingleSetting: { request: NewSettings; answer: Settings };
    /** Whether a message is a favourite. (8.19) */
    isFavorite: { request: AboutMessage; answer: Status };
    /** Tells the id of this device: the letters of its system and 16 hexadecimal digits, for good. There is one before there is an account, and it stays when the account goes. (8.20) */
    getMachineId: { request: Empty; answer: Word };
    /** Tells how often each kind of data that devices share has changed. In any room but the default one this is told of the profile alone: the other counts, which go through all rooms, are 0. (8.21) */
    getVersion: { request: Empty; answer: Versions };
    /** Destroys everything of the account on this device, whichever room is open: messages, files, keys and passwords. Nobody is logged in then, and the engine is as if it had never been used. Only the recovery words bring the account back. What a crash interrupts is finished at the next start. (8.22) */
    cleanAccount: { request: Empty; answer: Empty };
    /** Asks the network for the domain name of a user; the user's own is known without it. (8.23) */
    getDomainByP2pToXNX: { request: Address; answer: Word };
    /** Tells how many sessions the user has on the node; none while there is no connection. (8.24) */
    getSessionNum: { request: Empty; answer: Word };
    /** Tells the address of the node that is in use; empty if none was chosen. (8.25) */
    getSuperNodeId: { request: Empty; answer: Word };
    /** Brings the favourites of all devices into step; without the network there is nothing to bring. (8.26) */
    pullCollectIndexList: { request: Empty; answer: Status };
    /** Sends the log to those who look after the network; possible while it is connected. (8.27) */
    sendLogToP2p: { request: Empty; answer: Empty };
    /** Turns the log of this engine on or off. It names routes and codes, never what was said. (8.28) */
    setLogSwitch: { request: LogSwitch; answer: Empty };
    /** Whether the cloud storage can be reached: 1 it can, 2 it is being tried, 3 it cannot. (8.29) */
    storageState: { request: Empty; answer: Storage };
    /** Prepares the menu. There is nothing to prepare, so this always succeeds. (8.30) */
    initMenu: { request: Empty; answer: Empty };
    /** Adds a node. The first one is used at once. (8.31) */
    addProxyInfo: { request: NewNode; answer: Empty };
    /** Removes a node. (8.32) */
    removeProxyInfo: { request: NodeToRemove; answer: Empty };
    /** Chooses the node that is used, for everything or for the cloud storage. (8.33) */
    setAllProxy: { request: NodeChoice; answer: Empty };
    /** Whether a password is the wipe password; false in any room but the default one. (8.34) */
    checkEmptyPassword: { request: WipePassword; answer: Status };
    /** Whether there is a wipe password; false in any room but the default one. (8.35) */
    hasEmptyPassword: { request: Empty; answer: Status };
    /** Sets the wipe password: who logs in with it destroys all messages, conversations, favourites and files of this device. Only from the default room (else 20031). (8.36) */
    updateEmptyPassword: { request: WipePassword; answer: Empty };
  };
  domain: {
    /** Asks the network for the domain name of an address; the user's own is known without it. (9.1) */
    getDomainByP2p: { request: DomainAsked; answer: Word };
    /** Tells the domain name of an address as far as it is known on this device; empty if it is not. (9.2) */
    getDomainByCnd: { request: DomainKnown; answer: Word };
    /** Asks the network whose a domain name is: the user's address, empty if no user has it. 20000 if no node answers, 600 if it is none. (beyond 8) */
    getAddressByDomain: { request: DomainName; answer: Word };
  };
  socketEvent: {
    /** Listens to the authorisation of devices. (2.22) */
    addAuthMessageEventHandler: { request: AuthorisationListener; answer: Empty };
    /** Listens to login and logout. (2.23) @deprecated */
    addLoginStateListener: { request: Listener; answer: Empty };
    /** Listens to contacts and friend requests. (3.17) */
    addContactEventHandler: { request: Listener; answer: Empty };
    /** Listens to groups. (4.38) */
    addGroupEventHandler: { request: Listener; answer: Empty };
    /** Listens to rooms. (6.23) */
    addBlockConnectEventHandler: { request: Listener; answer: Empty };
    /** Listens to conversations and messages. (7.34) */
    addReceive: { request: Listener; answer: Empty };
    /** Listens to whether the recovery words were backed up. (8.37) */
    addLoginPwdChangeEventHandler: { request: Listener; answer: Empty };
  };
}

/** The methods of each module. */
export const methods = {
  login: [
    "init",
    "register",
    "exportLogin",
    "exportMnemonicSelectByP2pV2",
    "mnemonicSelectByP2p",
    "mnemonicLoginByLoginInfo",
    "loginByMn",
    "exportIsAnonLogin",
    "exportMnemonic",
    "exportChangeWalletPwd",
    "exportIsSettingWallet",
    "exportWalletPwd",
    "exportLogout",
    "exportChangeImPwd",
    "appInfo",
    "exportGetBackUp",
    "switchFastLogin",
  ],
  authLogin: [
    "initAuth",
    "cancelLoginReq",
    "getDeviceNote",
    "getQrCodeInfo",
    "reqAuthByMn",
    "getLogInAgainTypeInMobile",
    "requestAuthorize",
    "checkIsNeedRemoveDevice",
    "checkHasTextPwd",
    "authorize",
    "checkIsPrimaryDevice",
    "getLocalAllMachine",
    "deleteMachine",
    "offlineMachine",
    "setMachineNote",
    "setPrimaryMachine",
    "connectTempP2p",
  ],
  contact: [
    "getContacts",
    "addFriend",
    "agreeApplySync",
    "getContactByNoId",
    "updateRemake",
    "deleteFriend",
    "getUserInfo",
    "isFriend",
    "getApplyBridge",
    "deleteBlack",
    "onBlack",
    "getBlacklist",
    "clearApplyBridge",
    "deleteApply",
    "editHideState",
    "getApplyList",
  ],
  group: [
    "getGroupItemByNAddAndGid",
    "createGroup",
    "getGroupByGid2",
    "getGroupConfigByGId",
    "getAllGroups",
    "quiteGroup",
    "dissolveGroup",
    "getGroupItemByGid",
    "getGroupMemberByService",
    "checkIsAdminOrOwn",
    "getAllNormalGroup",
    "getCurUserItem",
    "getGroupAllInfo",
    "getGroupDefaultBlock",
    "getGroupByBid",
    "checkGroupAllChatPermission",
    "getGroupByCurBlockAndNotHide",
    "setGroupHideState",
    "addGroupItem",
    "checkGroupStateById",
    "checkIsAdmin",
    "checkIsOwn",
    "deleteGroupAllInfo",
    "deleteGroupByGId",
    "deleteGroupConfigByGid",
    "deleteGroupItemByGid",
    "groupFortuneInsertRedEnvelope",
    "groupCommandRedEnvelope",
    "groupOrdinaryInsertRedEnvelope",
    "groupExclusiveInsertRedEnvelope",
    "groupReceiveEnvelope",
    "groupInsertTransfer",
    "getGroupApplications",
  ],
  sync: [
    "updateContactWithTop",
    "updateWithDisturb",
    "updateGroupInfo",
    "addGroupMemberWith",
    "removeGroupMemberWith",
    "changeGroupConfig",
    "scanJoinGroup",
    "scanJoinGroupApply",
    "updateGroupWithNickName",
    "ignoreGroupEntryApplication",
    "updateGroupWithAdmins",
    "transferGroupWithGid",
    "agreeGroupEntryApplication",
    "updateGroupWithTop",
    "updateGroupWithDisturb",
  ],
  chat: [
    "groupReceiveTransfer",
    "getConversations",
    "updateConversionTime",
    "getConversationByCidChat",
    "deleteConversationById",
    "createConversation",
    "setConversationReadById",
    "setBurnAfterTime",
    "setCurRsId",
    "deleteAllConversations",
    "sendTextMessage",
    "getMessagesByConversationId",
    "sendAudioMessage",
    "sendCardMessage",
    "sendVideoMessage",
    "sendFileMessage",
    "sendImageMessage",
    "sendInputStateMessage",
    "sendQuoteMessage",
    "sendStepForwardMessage",
    "sendMergeForwardMessage",
    "getUnreadMessageCount",
    "checkSpaceIsSufficient",
    "getMessageByIdChat",
    "updateUnReadTotal",
    "getMessageByIds",
    "getUnreadMessagesByConversationId",
    "getLastUnreadMessageByConversationId",
    "getFirstUnReadMessage",
    "deleteMessagesByIds",
    "sendMessageAckByIds",
    "recallMessageById",
    "createSysMessage",
    "deleteMessageById",
    "deleteAllMessages",
    "setConversationTopById",
    "insertRedEnvelope",
    "sendRedPacketMessage",
    "receiveEnvelope",
    "sendReceivedRedPacketMessage",
    "insertTransfer",
    "sendTransferMessage",
    "receiveTransfer",
    "sendReceivedTransferMessage",
    "sendDelEachOtherMessage",
    "getBotPicture",
    "readMedia",
    "saveMedia",
    "searchMessages",
    "sendPostbackMessage",
    "stageMedia",
  ],
  block: [
    "currentBlock",
    "getDefaultBlock",
    "getBlankBlock",
    "getDefaultBlockConfig",
    "getBlankBlockConfig",
    "crateBlock",
    "getBlockByBid",
    "changeToBlock",
    "getBlockNotDefaultAndBlankBlockAndHide",
    "updatePwd",
    "checkPwdUnExist",
    "exportIsBlankBlock",
    "getConfigById",
    "getNoticeListByBid",
    "updateBlock",
    "deleteBlock",
    "updateCleanPwdBlock",
    "checkOldPassword",
    "initBlock",
    "restoreRecentBlock",
    "storeRecentBlock",
    "exportCurrentBlockConfig",
  ],
  user: [
    "getUserSingleInfo",
    "updateUserSingleInfo",
    "connectionState",
    "addFavorite",
    "deleteFavorite",
    "getFavoriteList",
    "getUserSingleSetting",
    "updateUserSingleSetting",
    "isFavorite",
    "getMachineId",
    "getVersion",
    "cleanAccount",
    "getDomainByP2pToXNX",
    "getSessionNum",
    "getSuperNodeId",
    "pullCollectIndexList",
    "sendLogToP2p",
    "setLogSwitch",
    "storageState",
    "initMenu",
    "addProxyInfo",
    "removeProxyInfo",
    "setAllProxy",
    "checkEmptyPassword",
    "hasEmptyPassword",
    "updateEmptyPassword",
  ],
  domain: [
    "getDomainByP2p",
    "getDomainByCnd",
    "getAddressByDomain",
  ],
  socketEvent: [
    "addAuthMessageEventHandler",
    "addLoginStateListener",
    "addContactEventHandler",
    "addGroupEventHandler",
    "addBlockConnectEventHandler",
    "addReceive",
    "addLoginPwdChangeEventHandler",
  ],
} as const satisfies { readonly [M in keyof Routes]: readonly (keyof Routes[M])[] };

/** What the engine tells without being asked. */
export type EngineEvent =
  /** A message was stored in the open room: an own one, a received one or one of the program's. */
  | { type: "messageAdded"; data: { message: Message; } }
  /** A message changed: it was sent, failed, was delivered, read or recalled. */
  | { type: "messageChanged"; data: { message: Message; } }
  /** Messages are gone. */
  | { type: "messagesDeleted"; data: { conversation: string; messages: string[]; } }
  /** A file of a received message is on its way. When all is there the message changes. */
  | { type: "mediaProgress"; data: { message: string; part: number; done: number; total: number; } }
  /** A message came for a room that is not open, and the user wants another text to be told then: one of the room's, chosen at random. Nothing more of the room is told. */
  | { type: "noticeOfRoom"; data: { text: string; } }
  /** A contact types, or does not any more. */
  | { type: "typing"; data: { address: string; typing: boolean; } }
  /** A contact came online or went away, as far as it can be seen from here. */
  | { type: "presence"; data: { address: string; online: boolean; } }
  /** A conversation is new or changed in anything but its messages. */
  | { type: "conversationChanged"; data: { conversation: Conversation; } }
  /** A conversation is gone. */
  | { type: "conversationDeleted"; data: { conversation: string; } }
  /** The number of unread messages of the open room changed. */
  | { type: "unreadChanged"; data: { total: number; } }
  /** A contact is new or changed. */
  | { type: "contactChanged"; data: { address: string; } }
  /** A contact is gone from this room. */
  | { type: "contactDeleted"; data: { address: string; } }
  /** A friend request is new, changed or gone; ask for the list and the badge. */
  | { type: "requestChanged"; data: { address: string; } }
  /** A group, its configuration or its members changed. */
  | { type: "groupChanged"; data: { group: string; } }
  /** A group is gone from this room. */
  | { type: "groupDeleted"; data: { group: string; } }
  /** Somebody applied to join a group, or such an application was answered. */
  | { type: "applicationChanged"; data: { group: string; } }
  /** A room is new or changed. */
  | { type: "roomChanged"; data: { room: string; } }
  /** A room was deleted. */
  | { type: "roomDeleted"; data: { room: string; } }
  /** A device of somebody who has the recovery words wants to be let in: answer with `authorize`, or not at all. */
  | { type: "authorisationRequested"; data: { applicant: Applicant; } }
  /** The primary device let this one in; its user is logged in now. */
  | { type: "authorised"; data: Record<string, never> }
  /** The list of the account's devices changed. */
  | { type: "devicesChanged"; data: Record<string, never> }
  /** Somebody logged in on this engine. */
  | { type: "loggedIn"; data: { room: string; } }
  /** The user logged out; no more events come until the next login. */
  | { type: "loggedOut"; data: Record<string, never> }
  /** Whether the mnemonic was backed up changed. */
  | { type: "backupChanged"; data: { value: number; } };
