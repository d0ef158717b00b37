import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { count } from "../parts/time";
import { formatNumber, summarise } from "./summary";
import styles from "./TableView.module.css";
import type { Column, Table } from "./value";

type Sort = { column: number; down: boolean };

const ROW = 25;
const SAMPLE = 40;

/** A table of any length: only what is in view is in the page, and sorting moves indices only. */
export function TableView({ table }: { table: Table; name?: string }) {
  const { columns } = table;
  const nRows = Math.max(0, ...columns.map(({ values }) => values.length));
  const [sort, setSort] = useState<Sort>();
  const order = useMemo(() => sorted(columns, nRows, sort), [columns, nRows, sort]);
  const widths = useMemo(() => columns.map(widthOf), [columns]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: nRows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    initialRect: { width: 600, height: 250 },
  });
  const cols = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => widths[at] ?? 80,
    overscan: 4,
    initialRect: { width: 600, height: 250 },
  });
  const visible = cols.getVirtualItems();
  const width = cols.getTotalSize();

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="table"
      aria-label={`Table, ${count(columns.length, "column")}, ${count(nRows, "row")}`}
      aria-rowcount={nRows + 1}
      aria-colcount={columns.length}
      // A scrolling region must be reachable with the keyboard.
      tabIndex={0}
    >
      <div role="row" aria-rowindex={1} className={styles.head} style={{ width }}>
        {visible.map(({ index, start, size }) => (
          <Head
            key={index}
            index={index}
            column={columns[index]}
            place={{ left: start, width: size }}
            down={sort?.column === index ? sort.down : undefined}
            onSort={() => setSort((now) => nextSort(now, index))}
          />
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), width, position: "relative" }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const row = order?.[index] ?? index;
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              className={styles.row}
              style={{ transform: `translateY(${start}px)`, width }}
            >
              {visible.map(({ index: at, start: left, size }) => (
                <div
                  key={at}
                  role="cell"
                  aria-colindex={at + 1}
                  className={styles.cell}
                  data-number={isNumeric(columns[at])}
                  style={{ left, width: size }}
                >
                  {cellText(columns[at]?.values[row])}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

type HeadProps = {
  index: number;
  column: Column | undefined;
  place: { left: number; width: number };
  /** How the rows are sorted by it, if they are. */
  down: boolean | undefined;
  onSort: () => void;
};

/** The name of a column, which sorts by it. */
function Head({ index, column, place, down, onSort }: HeadProps) {
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={down === undefined ? "none" : down ? "descending" : "ascending"}
      className={styles.cell}
      style={place}
    >
      <button type="button" data-number={isNumeric(column)} onClick={onSort}>
        {column?.name}
        <span aria-hidden="true">{down === undefined ? "" : down ? "↓" : "↑"}</span>
      </button>
    </div>
  );
}

function nextSort(now: Sort | undefined, column: number): Sort | undefined {
  if (now?.column !== column) return { column, down: false };
  return now.down ? undefined : { column, down: true };
}

/** The rows in order; empty cells come last, numbers before texts. */
function sorted(columns: readonly Column[], nRows: number, sort: Sort | undefined): Uint32Array | undefined {
  const values = sort && columns[sort.column]?.values;
  if (!values) return undefined;
  const words = new Intl.Collator(undefined, { numeric: true });
  const sign = sort.down ? -1 : 1;
  return Uint32Array.from({ length: nRows }, (_, at) => at).sort((a, b) => {
    const [left, right] = [values[a], values[b]];
    const [noLeft, noRight] = [isEmpty(left), isEmpty(right)];
    if (noLeft || noRight) return Number(noLeft) - Number(noRight) || a - b;
    const both = typeof left === "number" && typeof right === "number";
    return sign * (both ? left - right : words.compare(String(left), String(right))) || a - b;
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function isNumeric(column: Column | undefined): boolean {
  const { values = [] } = column ?? {};
  for (let at = 0; at < Math.min(values.length, SAMPLE); at += 1) {
    if (typeof values[at] === "number") return true;
    if (!isEmpty(values[at])) return false;
  }
  return false;
}

function widthOf({ name, values }: Column): number {
  let longest = name.length + 2;
  for (let at = 0; at < Math.min(values.length, SAMPLE); at += 1) {
    longest = Math.max(longest, cellText(values[at]).length);
  }
  return Math.min(Math.max(longest * 7.4 + 22, 64), 320);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatNumber(value);
  return typeof value === "string" ? value.slice(0, 300) : summarise(value);
}
