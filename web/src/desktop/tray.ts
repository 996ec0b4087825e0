import { onScopeDispose, watch } from "vue";
import { useI18n } from "vue-i18n";
import { useChats } from "../stores/chats";
import { useIm } from "../stores/im";
import { useShell } from "../stores/shell";
import { useView } from "../stores/view";

/** Shows the number of unread messages in the desktop's tray, and locks when its menu says so. */
export function useTray(): void {
  const { t } = useI18n();
  const im = useIm();
  const chats = useChats();
  const shell = useShell();
  const view = useView();

  const texts = () => ({ open: t("desktop.open"), lock: t("rail.lock"), quit: t("desktop.quit") });

  watch(
    () => [shell.withApps && shell.state !== null, chats.unread, t("desktop.open")] as const,
    async ([program, unread]) => {
      if (!program) return;
      view.tray = await shell.request({ op: "setTray", unread, texts: texts() }).then(
        () => true,
        () => false,
      );
    },
    { immediate: true },
  );
  onScopeDispose(shell.hear((event) => event.type === "lock" && im.phase === "in" && im.meanwhile(im.lock())));
}
