import type { Ref } from "vue";

/**
 * Arrow keys, Home and End in a grid whose columns follow the width: goes to what lies there on the screen.
 * Tiles are the descendants with `data-tile`.
 */
export function useGrid(container: Readonly<Ref<HTMLElement | null>>) {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tiles = [...(container.value?.querySelectorAll<HTMLElement>("[data-tile]") ?? [])];
    const from = tiles.findIndex((tile) => tile === event.target);
    if (from < 0) return;
    const to = step(event.key, from, tiles.length, columnsOf(tiles), getComputedStyle(tiles[from] as HTMLElement).direction === "rtl");
    if (to === null) return;
    event.preventDefault();
    tiles[to]?.focus();
  }

  return { onKey };
}

/** Number of tiles in the first row. */
function columnsOf(tiles: readonly HTMLElement[]): number {
  const top = tiles[0]?.getBoundingClientRect().top;
  const second = tiles.findIndex((tile) => tile.getBoundingClientRect().top !== top);
  return second < 0 ? tiles.length : second;
}

/** Index that a key leads to, or `null` when it leads nowhere. */
export function step(key: string, from: number, count: number, columns: number, rightToLeft: boolean): number | null {
  const forward = rightToLeft ? "ArrowLeft" : "ArrowRight";
  const backward = rightToLeft ? "ArrowRight" : "ArrowLeft";
  const last = count - 1;
  const lastRow = Math.floor(last / columns);
  switch (key) {
    case forward:
      return from < last ? from + 1 : null;
    case backward:
      return from > 0 ? from - 1 : null;
    case "ArrowDown":
      // From above a short last row one comes to its end.
      return Math.floor(from / columns) < lastRow ? Math.min(from + columns, last) : null;
    case "ArrowUp":
      return from >= columns ? from - columns : null;
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
