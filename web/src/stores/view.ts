import { defineStore } from "pinia";
import { ref } from "vue";

/** The one dialog that is open, with what it is about. */
export type Dialog =
  | { kind: "details"; address: string }
  | { kind: "uninstall"; address: string }
  | { kind: "older"; path: string }
  | { kind: "unlock" }
  | { kind: "password" }
  | { kind: "words" };

/** What is shown beside the list of apps: dialogs, settings, search, the drop target. */
export const useView = defineStore("view", () => {
  const dialog = ref<Dialog | null>(null);
  const settings = ref(false);
  const query = ref("");
  const dragging = ref(false);

  function show(next: Dialog): void {
    dialog.value = next;
  }

  function close(): void {
    dialog.value = null;
  }

  return { dialog, settings, query, dragging, show, close };
});
