import { onBeforeUnmount, onMounted, type Ref, ref } from "vue";

/** How long a row must rest before its place counts, in milliseconds: while it glides, it would name every card on its way. */
const REST = 120;

/** A row of cards that is scrolled sideways, a card at a time. The cards are its children. */
export function useCarousel(row: Readonly<Ref<HTMLElement | null>>) {
  const current = ref(0);
  /** Whether all cards are in sight. */
  const fits = ref(false);
  let timer = 0;
  let watcher: ResizeObserver | undefined;

  function cards(): HTMLElement[] {
    return [...(row.value?.children ?? [])] as HTMLElement[];
  }

  /** How far a card is from where the row begins, in pixels of the screen; positive to the right. */
  function distance(card: HTMLElement, track: HTMLElement): number {
    const [a, b] = [card.getBoundingClientRect(), track.getBoundingClientRect()];
    return getComputedStyle(track).direction === "rtl" ? a.right - b.right : a.left - b.left;
  }

  /** Goes to a card; beyond the ends nowhere. */
  function go(to: number): void {
    const card = cards()[to];
    if (!card || !row.value) return;
    current.value = to;
    row.value.scrollBy({ left: distance(card, row.value) });
  }

  function settle(): void {
    const track = row.value;
    if (!track) return;
    const all = cards();
    const far = all.map((card) => Math.abs(distance(card, track)));
    const atEnd = Math.abs(track.scrollLeft) + track.clientWidth >= track.scrollWidth - 2;
    current.value = atEnd && track.scrollLeft !== 0 ? all.length - 1 : far.indexOf(Math.min(...far));
  }

  function scrolled(): void {
    clearTimeout(timer);
    timer = window.setTimeout(settle, REST);
  }

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !row.value) return;
    const forward = getComputedStyle(row.value).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const last = cards().length - 1;
    const to = { Home: 0, End: last, ArrowLeft: current.value - 1, ArrowRight: current.value - 1, [forward]: current.value + 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(Math.min(Math.max(to, 0), last));
  }

  onMounted(() => {
    watcher = new ResizeObserver(() => {
      const track = row.value;
      fits.value = track !== null && track.clientWidth > 0 && track.scrollWidth <= track.clientWidth + 1;
    });
    if (row.value) watcher.observe(row.value);
  });
  onBeforeUnmount(() => {
    watcher?.disconnect();
    clearTimeout(timer);
  });

  return { current, fits, go, scrolled, pressed };
}
