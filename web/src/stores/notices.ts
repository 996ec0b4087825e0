import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { NoticeLevel, ShellErrorKind } from "../generated/shell";
import type { Messages } from "../i18n";
import { isErrorKind, ShellFailure } from "../transport/transport";

/** Keys of `notices.*` that are sentences, not labels of the list itself. */
export type NoticeKey = Exclude<keyof Messages["notices"], "region" | "dismiss" | "open" | "undo">;

/** What a notice can bring back. */
export interface Offer {
  /** Brings it back. */
  undo(): void;
  /** The notice has gone, whether or not it was brought back. */
  gone(): void;
}

/** One message in the corner. Texts are kept as keys, so that they follow a change of language. */
export interface Notice {
  readonly id: number;
  readonly level: NoticeLevel;
  readonly key: NoticeKey;
  readonly values: Readonly<Record<string, string>>;
  /** Why, and what to do: a key of `errors.*`. */
  readonly reason: ShellErrorKind | null;
  /** English detail, folded away. */
  readonly detail: string | null;
  /** App that the notice offers to open. */
  readonly opens: string | null;
  /** How to bring back what the notice tells of, and what to do when it goes. */
  readonly offer: Offer | null;
}

const SENTENCES: Record<NoticeKey, true> = {
  installed: true,
  updated: true,
  unchanged: true,
  uninstalled: true,
  crashed: true,
  passwordSet: true,
  passwordChanged: true,
  unlocked: true,
  dataCleared: true,
  rolledBack: true,
  downloadDone: true,
  revocationsImported: true,
  messageGone: true,
  messageDeleted: true,
  chatDeleted: true,
  contactDeleted: true,
  chatHidden: true,
  blocked: true,
  askedToJoin: true,
  favouriteRemoved: true,
  development: true,
  installFailed: true,
  openFailed: true,
  uninstallFailed: true,
  settingFailed: true,
  clearFailed: true,
  rollBackFailed: true,
  forgetFailed: true,
  downloadFailed: true,
  authorityFailed: true,
  other: true,
};

/** Notices beyond this number push out the oldest. */
const MOST = 4;

function isNoticeKey(key: string): key is NoticeKey {
  return Object.hasOwn(SENTENCES, key);
}

/** The messages in the corner of the window, oldest first. */
export const useNotices = defineStore("notices", () => {
  const list = shallowRef<Notice[]>([]);
  let lastId = 0;

  function add(notice: Omit<Notice, "id">): void {
    lastId += 1;
    const all = [...list.value, { ...notice, id: lastId }];
    list.value = all.slice(-MOST);
    for (const { offer } of all.slice(0, -MOST)) offer?.gone();
  }

  /** Says that something was done; `opens` is the address of an app to offer. */
  function tell(key: NoticeKey, values: Record<string, string> = {}, opens: string | null = null): void {
    add({ level: "info", key, values, reason: null, detail: null, opens, offer: null });
  }

  /** Says that something was done which can be brought back. */
  function offer(key: NoticeKey, offered: Offer): void {
    add({ level: "info", key, values: {}, reason: null, detail: null, opens: null, offer: offered });
  }

  /** Says that something failed, why, and what to do. */
  function fail(key: NoticeKey, thrown: unknown, values: Record<string, string> = {}): void {
    const failure = ShellFailure.from(thrown);
    add({ level: "error", key, values, reason: failure.kind, detail: failure.detail, opens: null, offer: null });
  }

  /**
   * A notice that the shell sends on its own. It may carry the values `name`, `address`, `kind` (a kind of error), `file` and `message` (both detail); a
   * key that this page does not know becomes the general one.
   */
  function receive(level: NoticeLevel, key: string, values: Record<string, string>): void {
    const reason = isErrorKind(values["kind"]) ? values["kind"] : null;
    const known = isNoticeKey(key);
    const detail = [values["file"], values["message"]].filter(Boolean).join(": ");
    add({
      level,
      key: known ? key : "other",
      values: { name: "", download: "", target: "", ...values },
      reason,
      detail: detail || (known ? null : key),
      opens: level === "info" || key === "crashed" ? (values["address"] ?? null) : null,
      offer: null,
    });
  }

  function dismiss(id: number): void {
    const gone = list.value.find((notice) => notice.id === id);
    list.value = list.value.filter((notice) => notice.id !== id);
    gone?.offer?.gone();
  }

  return { list, tell, offer, fail, receive, dismiss };
});
