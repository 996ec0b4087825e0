// Generated from the route table in crates/im by its tests; UPDATE_GENERATED=1 writes it anew.

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
  rs_type: number;
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
  disturb: number;
  /** Until when it is hidden, in milliseconds since 1970; 0 if it is not. */
  hideState: number;
  /** When it was pinned, in milliseconds since 1970; 0 if it is not. */
  top_time: number;
  /** Id of the last message, empty if there is none. */
  msg_id: string;
  /** Type of the last message, 0 if there is none. */
  msg_type: number;
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
  isMbrChat: number;
  /** 1 if the user is an administrator of the group. */
  isAdmin: number;
  /** 1 if the user owns the group. */
  isOwner: number;
  /** State of the contact or of the group. */
  state: number;
  /** For what comes; empty. */
  ext: string;
  /** The first members of the group as a string of JSON; empty for contacts. */
  items: string;
  /** 1 if somebody mentioned the user, else 0. */
  tip_status: number;
}

/** An answer without content. */
export type Empty = Record<string, never>;

/** A message (7.1). */
export interface Message {
  /** Id: 64 hexadecimal digits. */
  msg_id: string;
  /** Id of the conversation: node address of the contact or id of the group. */
  rs_id: string;
  /** Type: 1 text, 2 system, 3 voice, 4 video, 5 file, 6 image, 10 card, 11 forward, 12 quote, 13 group operation, 14 call, 15 blacklist, 16 recall, 17 red envelope, 18 transfer. */
  msg_type: number;
  /** Who wrote it: 0 the user, 1 somebody else, 2 the program. */
  msg_source: number;
  /** Content as a string of JSON; its form depends on the type. */
  msg_cry: string;
  /** 1 unread, 2 read, 3 delivered. */
  msg_state: number;
  /** When it was written, in milliseconds since 1970. */
  created_time: number;
  /** When it last changed, in milliseconds since 1970. */
  updated_time: number;
  /** 0 on its way, 1 sent, 2 failed. */
  msg_is_send: number;
  /** 1 if it burns after reading. */
  b_exp: number;
  /** Node address of who wrote it. */
  c_nd_add: string;
  /** Counts the messages of a conversation. */
  msg_version: number;
  /** 1 single, 2 group. */
  rs_type: number;
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
  is_mbr_chat: number;
  /** 1 if the writer is an administrator of the group. */
  is_admin: number;
  /** 1 if the writer owns the group. */
  is_owner: number;
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

/** What each route takes and answers, by module and method. */
export interface Routes {
  chat: {
    /** Lists the conversations of the open room: the pinned ones first, then by the time of their last change. (5.1) */
    getConversations: { request: Empty; answer: Conversation[] };
    /** Sends a text. (7.1) */
    sendTextMessage: { request: SendText; answer: Message[] };
    /** Pages through the messages of a conversation. (7.2) */
    getMessagesByConversationId: { request: MessagePage; answer: Message[] };
  };
}

/** The methods of each module. */
export const methods = {
  chat: [
    "getConversations",
    "sendTextMessage",
    "getMessagesByConversationId",
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
  /** The list of the account's devices changed. */
  | { type: "devicesChanged"; data: Record<string, never> }
  /** Somebody logged in on this engine. */
  | { type: "loggedIn"; data: { room: string; } }
  /** The user logged out; no more events come until the next login. */
  | { type: "loggedOut"; data: Record<string, never> }
  /** Whether the mnemonic was backed up changed. */
  | { type: "backupChanged"; data: { value: number; } };
