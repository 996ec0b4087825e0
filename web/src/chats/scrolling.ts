import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/vue-virtual";
import { computed, nextTick, onBeforeUnmount, onMounted, ref, type Ref, watch } from "vue";
import { type Thread, useChats } from "../stores/chats";
import { useIm } from "../stores/im";
import type { Row } from "./days";
import { guessHeight } from "./heights";

/** How near to the end counts as at it, in pixels. */
const NEAR = 80;
/** How near to the end what grows keeps the end in sight, in pixels. */
const STUCK = 8;
/** How near to an end of what is at hand more is asked for, in pixels. */
const EARLY = 1_200;
/** Space above the first and below the last message, in pixels. */
const ABOVE = 10;
const BELOW = 14;
/** How long a message that was looked for stands out, in milliseconds. */
const FLASH = 1_600;
/** Frames that a message may take to appear. */
const FRAMES = 60;

/** What a list of messages scrolls: the element, its content, and the rows in it. */
export interface Scrolled {
  id: string;
  thread: () => Thread;
  rows: Ref<readonly Row[]>;
  scroller: Readonly<Ref<HTMLElement | null>>;
  content: Readonly<Ref<HTMLElement | null>>;
}

/**
 * Which messages are made, and where the list stands: at the end as long as the user does not scroll up, else where the user reads, whatever comes or
 * goes before and behind that.
 */
export function useScrolling({ id, thread, rows, scroller, content }: Scrolled) {
  const im = useIm();
  const chats = useChats();
  const atEnd = ref(true);
  /** Messages that came while the user was elsewhere. */
  const missed = ref(0);
  /** The message that has the focus, which stays although it is out of sight. */
  const focused = ref<string | null>(null);
  /** How many messages are being brought into sight; what is seen is no matter of the user's then. */
  let moving = 0;
  let [ready, placed, stuck, gone, top] = [false, false, true, false, 0];

  const placeOf = (message: string | null) => rows.value.findIndex(({ message: { msg_id } }) => msg_id === message);

  function range(seen: Range): number[] {
    const places = defaultRangeExtractor(seen);
    const place = placeOf(focused.value);
    return place < 0 || places.includes(place) ? places : [...places, place].sort((a, b) => a - b);
  }

  function guess(at: number): number {
    const row = rows.value[at];
    return row ? guessHeight(row, virtualizer.value.scrollRect?.width ?? 0) : 0;
  }

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: rows.value.length,
      getScrollElement: () => scroller.value,
      estimateSize: guess,
      getItemKey: (at: number) => rows.value[at]?.message.msg_id ?? at,
      rangeExtractor: range,
      overscan: 8,
      anchorTo: "end" as const,
      paddingStart: ABOVE,
      paddingEnd: BELOW,
    })),
  );

  /** The rows that are made, and where they begin, in pixels. They follow each other but for one that is kept far away. */
  const shown = computed(() => {
    const items = virtualizer.value.getVirtualItems();
    return items.flatMap(({ index, start }, at) => {
      const row = rows.value[index];
      const alone = items[at - 1]?.index !== index - 1 && items[at + 1]?.index !== index + 1;
      return row ? [{ index, start, row, pinned: alone && items.length > 1 }] : [];
    });
  });
  /** Where the first of the rows that follow each other begins, in pixels. */
  const above = computed(() => shown.value.find(({ pinned }) => !pinned)?.start ?? 0);
  const height = computed(() => virtualizer.value.getTotalSize());

  function measure(element: unknown): void {
    virtualizer.value.measureElement(element instanceof HTMLElement ? element : null);
  }

  function fromEnd(): number {
    const element = scroller.value;
    return element ? element.scrollHeight - element.scrollTop - element.clientHeight : 0;
  }

  function down(behavior: ScrollBehavior = "instant"): void {
    stuck = true;
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior });
  }

  function scrolled(): void {
    const element = scroller.value;
    if (!element || !ready || moving > 0) return;
    const { more, newer, loading } = thread();
    // Only who scrolls up leaves the end; heights that become known do not.
    stuck = !newer && (fromEnd() < STUCK || (stuck && element.scrollTop >= top));
    atEnd.value = stuck || (!newer && fromEnd() < NEAR);
    top = element.scrollTop;
    if (atEnd.value) missed.value = 0;
    chats.look(id, atEnd.value);
    if (loading) return;
    if (more && element.scrollTop < EARLY) extend("DESC");
    else if (newer && fromEnd() < EARLY) extend("ASC");
  }

  /** What could not be had is asked for again with the next scroll. */
  function extend(order: "ASC" | "DESC"): void {
    im.meanwhile(chats.extend(id, order).then(() => nextTick(scrolled)));
  }

  /** Goes to the newest message. */
  async function toEnd(smooth = false): Promise<void> {
    if (thread().newer) await chats.newest(id);
    await nextTick();
    const far = fromEnd() > 2 * (scroller.value?.clientHeight ?? 0);
    down(smooth && !far ? "smooth" : "instant");
    missed.value = 0;
  }

  /** Brings a message before the user's eyes, from wherever it is; whether it is there. */
  async function show(message: string): Promise<boolean> {
    moving += 1;
    try {
      if (!(await chats.reach(id, message))) return false;
      await nextTick();
      placed = true;
      [stuck, atEnd.value] = [false, false];
      virtualizer.value.scrollToIndex(placeOf(message), { align: "center" });
      const element = await appearance(message);
      element?.focus({ preventScroll: true });
      element?.animate([{ boxShadow: "0 0 0 3px var(--accent)" }, { boxShadow: "0 0 0 3px transparent" }], FLASH);
      return true;
    } finally {
      moving -= 1;
      if (placed) scrolled();
      else begin();
    }
  }

  async function appearance(message: string): Promise<HTMLElement | null> {
    const find = () => scroller.value?.querySelector<HTMLElement>(`[data-message="${CSS.escape(message)}"]`) ?? null;
    for (let frame = 0; frame < FRAMES && !gone; frame += 1) {
      await new Promise(requestAnimationFrame);
      if (find()) break;
    }
    // The rows around it have their heights a frame later.
    await new Promise(requestAnimationFrame);
    return find();
  }

  /** What grows, in the list as a picture or below it as the entry, does not push the end out of sight. */
  const watcher = new ResizeObserver(() => {
    if (stuck) down();
  });

  onMounted(async () => {
    for (const element of [scroller.value, content.value]) if (element) watcher.observe(element);
    await nextTick();
    ready = true;
    if (moving === 0) begin();
  });

  /** Shows the line above what is unread, else the end. */
  function begin(): void {
    placed = true;
    const unread = rows.value.findIndex((row) => row.unread);
    if (unread >= 0) {
      stuck = false;
      virtualizer.value.scrollToIndex(unread, { align: "center" });
    } else down();
    requestAnimationFrame(scrolled);
  }

  onBeforeUnmount(() => {
    gone = true;
    watcher.disconnect();
  });

  let newest = rows.value.at(-1)?.message.msg_id;
  /** Where the list stood before its rows changed, as its events told and as it was, in pixels. */
  let before = { told: 0, real: 0 };

  watch(rows, () => (before = { told: virtualizer.value.scrollOffset ?? 0, real: scroller.value?.scrollTop ?? 0 }), { flush: "sync" });

  watch(
    rows,
    () => {
      const [element, last, wanted] = [scroller.value, rows.value.at(-1)?.message.msg_id, virtualizer.value.scrollOffset];
      const added = last !== newest;
      newest = last;
      if (!element || moving > 0) return;
      if (!thread().newer && (stuck || (added && atEnd.value))) down();
      // What came before moves what is seen, which the list is high enough for only now.
      else if (wanted !== null && wanted !== before.told) element.scrollTop = before.real + wanted - before.told;
      if (focused.value !== null && placeOf(focused.value) < 0) element.focus({ preventScroll: true });
    },
    { flush: "post" },
  );

  watch(
    () => thread().latest,
    (message) => {
      if (atEnd.value) return;
      if (message?.msg_source === 0) im.meanwhile(toEnd());
      else missed.value += 1;
    },
    { flush: "post" },
  );

  return { atEnd, missed, focused, shown, above, height, measure, scrolled, toEnd, show };
}
