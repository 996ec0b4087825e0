import { defineStore } from "pinia";
import { ref } from "vue";

/** The one dialog that is open, with what it is about. */
export type Dialog =
  | { kind: "uninstall"; address: string }
  | { kind: "clearData"; address: string }
  | { kind: "rollBack"; address: string }
  | { kind: "older"; path: string }
  | { kind: "link"; url: string }
  | { kind: "unlock" }
  | { kind: "password" }
  | { kind: "words" };

/** What is shown beside the list of apps: dialogs, settings, an app's page, search, the drop target. */
export const useView = defineStore("view", () => {
  const dialog = ref<Dialog | null>(null);
  const settings = ref(false);
  /** App whose page is open, below any dialog. */
  const page = ref<string | null>(null);
  const query = ref("");
  const dragging = ref(false);
  /** What notifications say: who wrote what, who wrote, that somebody wrote; or there are none. */
  const notify = ref<"all" | "names" | "quiet" | "off">("all");
  /** Whether they make a sound. */
  const sound = ref(true);
  /** Whether the desktop has a tray, and the program an icon in it. */
  const tray = ref(false);

  function show(next: Dialog): void {
    dialog.value = next;
  }

  function close(): void {
    dialog.value = null;
  }

  return { dialog, settings, page, query, dragging, notify, sound, tray, show, close };
});
