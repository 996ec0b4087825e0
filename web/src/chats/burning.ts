import { onBeforeUnmount, readonly, type Ref, ref } from "vue";

/** How often what is left of a time is shown anew, in milliseconds. */
const TICK = 1_000;

const now = ref(Date.now());
let [timer, users] = [0, 0];

/** The present moment, in milliseconds since 1970, for as long as the component is there; one clock for all. */
export function useNow(): Readonly<Ref<number>> {
  users += 1;
  if (users === 1) timer = window.setInterval(() => (now.value = Date.now()), TICK);
  now.value = Date.now();
  onBeforeUnmount(() => {
    users -= 1;
    if (users === 0) window.clearInterval(timer);
  });
  return readonly(now);
}
