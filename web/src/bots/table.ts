import type { BasicPart, Cell } from "./protocol";

/** A cell at its place in a CSS grid. */
export interface Placed {
  part: BasicPart;
  gridColumn: string;
  gridRow: string;
}

/** A table as a CSS grid. */
export interface Plan {
  /** Value of `grid-template-columns`. */
  columns: string;
  /** Number of columns. */
  width: number;
  cells: Placed[];
}

interface Box {
  part: BasicPart;
  row: number;
  height: number;
  from: number;
  to: number;
}

/** Places cells as a table does: each row beside what reaches into it from above. */
export function planOf(rows: readonly (readonly Cell[])[]): Plan {
  const boxes: Box[] = [];
  /** For each column the row below what stands in it. */
  const below: number[] = [];
  rows.forEach((cells, row) => {
    let column = 0;
    for (const { part, colSpan, rowSpan } of cells) {
      while (below.slice(column, column + colSpan).some((end) => end > row)) column += 1;
      const height = Math.min(rowSpan, rows.length - row);
      boxes.push({ part, row, height, from: column, to: column + colSpan });
      while (below.length < column + colSpan) below.push(0);
      below.fill(row + height, column, column + colSpan);
      column += colSpan;
    }
  });
  return gridOf(boxes);
}

/** Columns that only a wider cell covers become one that is as wide, so that no span leaves gaps behind. */
function gridOf(boxes: readonly Box[]): Plan {
  const edges = [...new Set(boxes.flatMap((box) => [box.from, box.to]))].sort((a, b) => a - b);
  const line = new Map(edges.map((edge, index) => [edge, index + 1]));
  const tracks = edges.slice(1).map((edge, index) => `minmax(var(--least, 52px), ${edge - (edges[index] ?? 0)}fr)`);
  const cells = boxes.map(({ part, row, height, from, to }) => ({
    part,
    gridColumn: `${line.get(from)} / ${line.get(to)}`,
    gridRow: `${row + 1} / span ${height}`,
  }));
  return { columns: tracks.join(" "), width: tracks.length, cells };
}
