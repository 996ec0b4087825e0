import { onScopeDispose, watch } from "vue";
import { useRouter } from "vue-router";
import { useIm } from "../stores/im";
import { useView } from "../stores/view";

/** How often it is looked whether the messenger was used, in milliseconds. */
const LOOK = 5_000;
/** What counts as use. */
const USES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** Locks by Ctrl+L, and when nobody has used the page for as long as the settings say. An account without a password is never locked. */
export function useQuickLock(): void {
  const im = useIm();
  const view = useView();
  const router = useRouter();
  /** By a clock that goes on while the computer sleeps. */
  let used = Date.now();

  function lock(): void {
    if (im.phase !== "in" || im.anonymous) return;
    view.settings = false;
    im.meanwhile(im.lock());
  }

  function use(): void {
    if (!due()) used = Date.now();
  }

  function due(): boolean {
    return view.lockAfter > 0 && Date.now() - used >= view.lockAfter * 60_000;
  }

  function look(): void {
    if (im.phase !== "in") used = Date.now();
    else if (due()) lock();
  }

  function press(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== "l" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (im.phase !== "in" || im.anonymous) return;
    event.preventDefault();
    lock();
  }

  for (const kind of USES) window.addEventListener(kind, use, { passive: true, capture: true });
  window.addEventListener("keydown", press);
  const timer = window.setInterval(look, LOOK);
  // The address of a page tells nothing of what was open, and whoever comes next begins at the list.
  watch(
    () => im.phase,
    async (phase, before) => {
      used = Date.now();
      if (before !== "in" || phase === "in") return;
      const { name } = router.currentRoute.value;
      if (name === "chats") await router.replace({ name, params: { id: "" } });
      if (name === "contacts") await router.replace({ name, params: { who: "" } });
    },
  );
  onScopeDispose(() => {
    for (const kind of USES) window.removeEventListener(kind, use, { capture: true });
    window.removeEventListener("keydown", press);
    window.clearInterval(timer);
  });
}
