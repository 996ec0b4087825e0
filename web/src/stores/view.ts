import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { applyContrast, type Contrast, keptContrast } from "../contrast";

/** The one dialog that is open, with what it is about. */
export type Dialog =
  | { kind: "uninstall"; address: string }
  | { kind: "clearData"; address: string }
  | { kind: "rollBack"; address: string }
  | { kind: "share"; address: string }
  | { kind: "older"; path: string }
  | { kind: "link"; url: string }
  | { kind: "unlock" }
  | { kind: "password" }
  | { kind: "words" };

/** What notifications say: who wrote what, who wrote, that somebody wrote; or there are none. */
export const NOTIFY = ["all", "names", "quiet", "off"] as const;
export type Notify = (typeof NOTIFY)[number];

/** After how many minutes of not being used the messenger locks; 0 is never. */
export const LOCK_AFTER = [0, 1, 5, 15, 60] as const;
export type LockAfter = (typeof LOCK_AFTER)[number];

/** Under which name the choices are kept. */
const KEPT = "cococat.view";

interface Kept {
  notify: Notify;
  sound: boolean;
  lockAfter: LockAfter;
}

/** What was chosen before. What stands there and is no choice counts as none. */
export function readKept(text: string | null): Kept {
  let kept: Partial<Record<keyof Kept, unknown>> = {};
  try {
    kept = (JSON.parse(text ?? "{}") as typeof kept | null) ?? {};
  } catch {
    // Nothing is lost but choices.
  }
  return {
    notify: NOTIFY.find((one) => one === kept.notify) ?? "all",
    sound: kept.sound !== false,
    lockAfter: LOCK_AFTER.find((one) => one === kept.lockAfter) ?? 0,
  };
}

/** What is shown beside the list of apps: dialogs, settings, an app's page, search, the drop target. And how the page is wanted on this computer. */
export const useView = defineStore("view", () => {
  const dialog = ref<Dialog | null>(null);
  const settings = ref(false);
  /** App whose page is open, below any dialog. */
  const page = ref<string | null>(null);
  const query = ref("");
  const dragging = ref(false);
  const kept = readKept(localStorage.getItem(KEPT));
  const notify = ref<Notify>(kept.notify);
  /** Whether notifications make a sound. */
  const sound = ref(kept.sound);
  const lockAfter = ref<LockAfter>(kept.lockAfter);
  const contrast = ref<Contrast>(keptContrast());
  /** Whether the desktop has a tray, and the program an icon in it. */
  const tray = ref(false);

  watch([notify, sound, lockAfter], () => localStorage.setItem(KEPT, JSON.stringify({ notify: notify.value, sound: sound.value, lockAfter: lockAfter.value })));
  watch(contrast, applyContrast);

  function show(next: Dialog): void {
    dialog.value = next;
  }

  function close(): void {
    dialog.value = null;
  }

  return { dialog, settings, page, query, dragging, notify, sound, lockAfter, contrast, tray, show, close };
});
