import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from "vue";

/** How long a question must have been seen before it can be answered, in milliseconds. */
export const GUARD = 500;

/**
 * Whether the buttons of a question may do what they say. What has just come up under a moving pointer, or under a key that was meant for
 * another window, must not be answered by that.
 */
export function useGuard(): Readonly<Ref<boolean>> {
  const ready = ref(false);
  let frame = 0;
  let timer: number | undefined;

  function forget(): void {
    window.cancelAnimationFrame(frame);
    window.clearTimeout(timer);
    ready.value = false;
  }

  function drawn(): void {
    timer = window.setTimeout(() => (ready.value = true), GUARD);
  }

  function seen(): void {
    forget();
    if (document.visibilityState !== "visible") return;
    // The first call comes before the question is drawn, the second one after it.
    frame = window.requestAnimationFrame(() => (frame = window.requestAnimationFrame(drawn)));
  }

  onMounted(() => {
    document.addEventListener("visibilitychange", seen);
    seen();
  });
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", seen);
    forget();
  });
  return readonly(ready);
}
