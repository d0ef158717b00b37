import { type KeyboardEvent, type PointerEvent, type RefObject, useRef, useState } from "react";

import { count } from "../../parts/time";
import { copyText } from "../copy";
import type { Rows } from "../useRows";
import type { Column } from "../value";
import { cellText, rawText } from "./columns";

/** A cell by its place on screen: the row as it is sorted. */
type Cell = { row: number; column: number };

/** Cells from one corner to the other. */
export type Range = { anchor: Cell; focus: Cell };

/** At most this many cells are copied at once; the CSV has all. */
const MAX_COPIED = 500_000;

type CellsOf = {
  scroller: RefObject<HTMLElement | null>;
  columns: readonly Column[];
  order: Uint32Array | undefined;
  nRows: number;
  rows: Rows;
  starts: readonly number[];
};

/** Choosing cells with pointer and keys, and copying them. */
export function useCells({ scroller, columns, order, nRows, rows, starts }: CellsOf) {
  const [range, setRange] = useState<Range>();
  const [copied, setCopied] = useState("");
  const dragging = useRef(false);

  const choose = (focus: Cell, extend: boolean) => {
    setRange((now) => ({ anchor: extend && now ? now.anchor : focus, focus }));
    setCopied("");
  };
  const copy = () => {
    if (!range) return;
    const { top, bottom, left, right } = edgesOf(range);
    const wide = right - left + 1;
    const last = Math.min(bottom, top + Math.floor(MAX_COPIED / wide) - 1);
    const lines: string[] = [];
    for (let at = top; at <= last; at += 1) {
      const row = order?.[at] ?? at;
      lines.push(columns.slice(left, right + 1).map(({ values }) => rawText(values[row]).replaceAll(/[\t\r\n]+/g, " ")).join("\t"));
    }
    const what = `${count((last - top + 1) * wide, "cell")} copied${last < bottom ? ", the first ones" : ""}`;
    void copyText(lines.join("\n")).then((done) => setCopied(done ? what : "The browser does not let the page copy"));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || nRows === 0) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "c" && range) copy();
    else if (command && event.key === "a") {
      setRange({ anchor: { row: 0, column: 0 }, focus: { row: nRows - 1, column: columns.length - 1 } });
    } else {
      const next = moved(range?.focus ?? { row: -1, column: 0 }, event.key, command, rows.nVisible, { row: nRows - 1, column: columns.length - 1 });
      if (!next) return;
      choose(next, event.shiftKey);
      rows.show(next.row);
      reveal(scroller.current, starts, next.column);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const cellAt = ({ currentTarget }: PointerEvent<HTMLElement>): Cell => {
    const [row = 0, column = 0] = (currentTarget.dataset.cell ?? "").split(" ").map(Number);
    return { row, column };
  };
  const at = range && (order?.[range.focus.row] ?? range.focus.row);
  const column = range && columns[range.focus.column];
  return {
    range,
    copied,
    copy: range && copy,
    onKeyDown,
    /** The cell in focus, for those who hear it. */
    spoken: column ? `${column.name} ${cellText(column.values[at ?? 0]) || "missing"}` : "",
    pointer: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0) return;
        dragging.current = true;
        choose(cellAt(event), event.shiftKey);
      },
      onPointerEnter(event: PointerEvent<HTMLElement>) {
        if (dragging.current && event.buttons === 1) choose(cellAt(event), true);
        else dragging.current = false;
      },
    },
  };
}

/** Whether a cell is among those that are chosen. */
export function isChosen(range: Range | undefined, row: number, column: number): boolean {
  if (!range) return false;
  const { top, bottom, left, right } = edgesOf(range);
  return row >= top && row <= bottom && column >= left && column <= right;
}

function edgesOf({ anchor, focus }: Range) {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

/** The cell that a key leads to. */
function moved({ row, column }: Cell, key: string, command: boolean, page: number, last: Cell): Cell | undefined {
  const to = {
    ArrowDown: { row: command ? last.row : row + 1, column },
    ArrowUp: { row: command ? 0 : row - 1, column },
    ArrowRight: { row, column: command ? last.column : column + 1 },
    ArrowLeft: { row, column: command ? 0 : column - 1 },
    PageDown: { row: row + page, column },
    PageUp: { row: row - page, column },
    Home: { row: command ? 0 : row, column: 0 },
    End: { row: command ? last.row : row, column: last.column },
  }[key];
  if (!to) return undefined;
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return { row: clamp(to.row, last.row), column: clamp(to.column, last.column) };
}

function reveal(element: HTMLElement | null, starts: readonly number[], column: number): void {
  if (!element) return;
  const [frozen = 0] = starts;
  const left = starts[column] ?? 0;
  const right = starts[column + 1] ?? left;
  if (left < element.scrollLeft + frozen) element.scrollLeft = left - frozen;
  else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth;
}
