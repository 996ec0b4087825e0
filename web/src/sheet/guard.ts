import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from "vue";

/** How long a question must have been seen before it can be answered, in milliseconds. */
export const GUARD = 500;

/**
 * Whether the buttons of a question may do what they say. What has just come up under a moving pointer, or under a key that was meant for
 * another window, must not be answered by that.
 */
export function useGuard(): Readonly<Ref<boolean>> {
  const ready = ref(false);
  let timer: number | undefined;

  function seen(): void {
    window.clearTimeout(timer);
    ready.value = false;
    if (document.visibilityState === "visible") timer = window.setTimeout(() => (ready.value = true), GUARD);
  }

  onMounted(() => {
    document.addEventListener("visibilitychange", seen);
    seen();
  });
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", seen);
    window.clearTimeout(timer);
  });
  return readonly(ready);
}
