import { computed, ref, type Ref, watch } from "vue";

/** How much larger a picture can be than what fits. */
const LARGEST = 8;
/** One step of enlarging. */
const STEP = 1.5;

/** Enlarges what is in a scrolling frame, and drags it. Begins anew with each `subject`. */
export function useZoom(frame: Readonly<Ref<HTMLElement | null>>, subject: () => unknown) {
  const scale = ref(1);
  /** Where the pointer began to drag, with how far the frame was scrolled. */
  let grip: { x: number; y: number } | null = null;

  watch(subject, () => (scale.value = 1));

  /** Takes so many steps, and keeps the middle where it is. */
  function zoom(steps: number): void {
    const before = scale.value;
    scale.value = Math.min(LARGEST, Math.max(1, before * STEP ** steps));
    const [element, by] = [frame.value, scale.value / before];
    if (!element || by === 1) return;
    const middle = { x: element.scrollLeft + element.clientWidth / 2, y: element.scrollTop + element.clientHeight / 2 };
    requestAnimationFrame(() => element.scrollTo(middle.x * by - element.clientWidth / 2, middle.y * by - element.clientHeight / 2));
  }

  function wheel(event: WheelEvent): void {
    if (event.deltaY !== 0) zoom(event.deltaY < 0 ? 1 : -1);
  }

  function press(event: PointerEvent): void {
    const element = frame.value;
    if (!element || scale.value === 1 || event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    grip = { x: event.clientX + element.scrollLeft, y: event.clientY + element.scrollTop };
  }

  function drag(event: PointerEvent): void {
    if (grip) frame.value?.scrollTo(grip.x - event.clientX, grip.y - event.clientY);
  }

  function release(): void {
    grip = null;
  }

  const size = computed(() => `${scale.value * 100}%`);
  return { scale, size, zoom, wheel, press, drag, release, largest: computed(() => scale.value >= LARGEST) };
}
