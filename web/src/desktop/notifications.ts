import { onScopeDispose, watch } from "vue";
import { useI18n } from "vue-i18n";
import { useRouter } from "vue-router";
import { readContent } from "../chats/content";
import { ALL, divideNames } from "../chats/mentions";
import { useSummary } from "../chats/summary";
import type { Message } from "../generated/im";
import { useChats } from "../stores/chats";
import { useGroups } from "../stores/groups";
import { useIm } from "../stores/im";
import { useShell } from "../stores/shell";
import { useView } from "../stores/view";

/** What stands for a closed room, of whose messages nothing is told but a text that the user chose. */
const ROOM = "room";
/** Kinds of content that nobody wrote to the user. */
const SILENT = ["group", "recalled", "unknown", "burn"];

/** Has new messages told by the desktop, in a browser by the browser, unless the user sees them. */
export function useNotifications(): void {
  const { t } = useI18n();
  const im = useIm();
  const chats = useChats();
  const groups = useGroups();
  const shell = useShell();
  const view = useView();
  const router = useRouter();
  const summary = useSummary();
  /** Those of a browser, by chat. */
  const shown = new Map<string, Notification>();

  function isSeen(chat: string): boolean {
    return document.visibilityState === "visible" && document.hasFocus() && chats.current === chat && router.currentRoute.value.name === "chats";
  }

  /** Whether a message of a group names the user. */
  function isMeant(message: Message): boolean {
    const content = readContent(message);
    if (message.rs_type !== 2 || !("text" in content)) return false;
    const self = groups.all.get(message.rs_id)?.groupItems.find(({ u_nd_add }) => u_nd_add === im.profile?.u_nd_add);
    const leads = message.is_owner === 1 || message.is_admin === 1;
    return divideNames(content.text, [self?.g_nick || (im.profile?.u_nick ?? ""), ...(leads ? [ALL] : [])]).some(({ name }) => name !== null);
  }

  function arrived(message: Message): void {
    const chat = message.rs_id;
    const content = readContent(message);
    const conversation = chats.all.get(chat);
    if (message.msg_source !== 1 || SILENT.includes(content.kind) || (conversation?.disturb === 1 && !isMeant(message)) || isSeen(chat)) return;
    const name = conversation ? conversation.gps || conversation.cps || conversation.nic : message.cps || message.nic;
    const writer = message.rs_type === 2 ? message.cps || message.nic : "";
    const said = writer ? t("desktop.said", { name: writer, text: summary(content) }) : summary(content);
    tell(chat, view.notify === "quiet" ? "CocoCat" : name, view.notify === "all" ? said : t("desktop.newMessage"));
  }

  function tell(chat: string, title: string, text: string): void {
    if (view.notify === "off") return;
    if (shell.withApps) {
      // A desktop may show none, and nothing is lost by it.
      shell.request({ op: "notify", chat, title, text, sound: view.sound }).catch(() => undefined);
      return;
    }
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const notification = new Notification(title, { body: text, tag: chat, silent: !view.sound });
    notification.onclick = () => {
      window.focus();
      open(chat);
    };
    shown.set(chat, notification);
  }

  function open(chat: string): void {
    if (im.phase === "in" && chats.all.has(chat)) void router.push({ name: "chats", params: { id: chat } });
  }

  /** Takes a chat's notification away, or all. */
  function withdraw(chat: string | null): void {
    if (shell.withApps) shell.request({ op: "withdraw", chat }).catch(() => undefined);
    for (const [id, notification] of shown) {
      if (chat !== null && id !== chat) continue;
      notification.close();
      shown.delete(id);
    }
  }

  onScopeDispose(
    im.hear((frame) => {
      if (frame.type === "messageAdded") arrived(frame.data.message);
      else if (frame.type === "noticeOfRoom") tell(ROOM, "CocoCat", frame.data.text);
      else if (frame.type === "conversationChanged" && frame.data.conversation.rs_unread === 0) withdraw(frame.data.conversation.rs_id);
    }),
  );
  onScopeDispose(shell.hear((event) => event.type === "openChat" && open(event.chat)));
  // What a notification says is nobody's business when the messenger is locked.
  watch(
    () => im.phase,
    (phase, before) => before === "in" && phase !== "in" && withdraw(null),
  );
}
