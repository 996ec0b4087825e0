import { onScopeDispose, watchEffect } from "vue";
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
  watchEffect(() => {
    if (im.phase === "in") used = Date.now();
  });
  onScopeDispose(() => {
    for (const kind of USES) window.removeEventListener(kind, use, { capture: true });
    window.removeEventListener("keydown", press);
    window.clearInterval(timer);
  });
}
