import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";

import { count } from "../../parts/time";
import bars from "../Bars.module.css";
import type { Table } from "../value";
import { useRows } from "../useRows";
import { cellText, isMissing, isNumeric, kindOf, widthOf } from "./columns";
import { FilterBar } from "./FilterBar";
import { Head } from "./Head";
import { arrange, type Sort } from "./order";
import { Summary } from "./Summary";
import styles from "./TableView.module.css";
import { isChosen, useCells } from "./useCells";
import { useWork } from "./useWork";

type TableViewProps = {
  table: Table;
  /** The name of the file that it is saved as. */
  name: string;
};

const ROW = 25;
const HEAD = 42;
const FOOT = 26;
const NUMBERS = 18;

/** A table of any length: only what is in view is in the page; sorting and filtering move indices only. */
export function TableView({ table: { columns }, name }: TableViewProps) {
  const nAll = useMemo(() => Math.max(0, ...columns.map(({ values }) => values.length)), [columns]);
  const kinds = useMemo(() => columns.map(kindOf), [columns]);
  const natural = useMemo(() => columns.map(widthOf), [columns]);
  const [widths, setWidths] = useState<Readonly<Record<number, number>>>({});
  const [sort, setSort] = useState<Sort>();
  const [filter, setFilter] = useState({ column: -1, text: "" });
  const asked = useDeferredValue(filter);
  const { result: order, progress } = useWork(
    useCallback(() => arrange(columns, nAll, sort, asked), [columns, nAll, sort, asked]),
  );
  const nRows = order?.length ?? nAll;

  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRows(scroller, nRows, ROW, HEAD + FOOT);
  const numbers = NUMBERS + 7 * String(nAll).length;
  const starts = useMemo(() => {
    const list = [numbers];
    for (const [at, width] of natural.entries()) list.push((list[at] ?? 0) + (widths[at] ?? width));
    return list;
  }, [natural, widths, numbers]);
  const width = starts.at(-1) ?? 0;
  const seen = columnsIn(starts, rows.left, rows.width);
  const cells = useCells({ scroller, columns, order, nRows, rows, starts });
  const place = (at: number) => ({ left: starts[at] ?? 0, width: (starts[at + 1] ?? 0) - (starts[at] ?? 0) });

  return (
    <div className={bars.frame}>
      <FilterBar
        columns={columns}
        filter={filter}
        onFilter={setFilter}
        nShown={nRows}
        nAll={nAll}
        progress={progress}
        onCopy={cells.copy}
        copied={cells.copied}
        csv={{ name, columns, order }}
      />
      <div
        ref={scroller}
        className={styles.scroller}
        role="table"
        aria-label={`Table, ${count(columns.length, "column")}, ${count(nRows, "row")}`}
        aria-rowcount={nRows + 1}
        aria-colcount={columns.length}
        // A scrolling region must be reachable with the keyboard.
        tabIndex={0}
        onScroll={rows.onScroll}
        onKeyDown={cells.onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={styles.head} style={{ width }}>
          {seen.map((at) => (
            <Head
              key={at}
              index={at}
              name={columns[at]?.name ?? ""}
              kind={kinds[at] ?? "empty"}
              place={place(at)}
              down={sort?.column === at ? sort.down : undefined}
              onSort={() => setSort((now) => nextSort(now, at))}
              onWidth={(wide) => setWidths((now) => ({ ...now, [at]: wide ?? natural[at] ?? 80 }))}
            />
          ))}
        </div>
        <div className={styles.rows} style={{ height: rows.height, width }}>
          {Array.from({ length: Math.max(rows.to - rows.from, 0) }, (_, k) => rows.from + k).map((index) => {
            const row = order?.[index] ?? index;
            return (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className={styles.row}
                style={{ transform: `translateY(${rows.top(index)}px)`, width }}
              >
                <span className={styles.number} aria-hidden="true" style={{ width: numbers }}>
                  {row + 1}
                </span>
                {seen.map((at) => {
                  const value = columns[at]?.values[row];
                  return (
                    <div
                      key={at}
                      role="cell"
                      aria-colindex={at + 1}
                      className={styles.cell}
                      data-number={isNumeric(kinds[at] ?? "empty")}
                      data-missing={isMissing(value)}
                      data-chosen={isChosen(cells.range, index, at)}
                      data-cell={`${index} ${at}`}
                      style={place(at)}
                      {...cells.pointer}
                    >
                      {cellText(value)}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
        <Summary columns={columns} kinds={kinds} order={order} nRows={nRows} seen={seen} place={place} width={width} />
      </div>
      <p className="visually-hidden" aria-live="polite">
        {cells.spoken}
      </p>
    </div>
  );
}

/** The columns of which something is in view. */
function columnsIn(starts: readonly number[], left: number, width: number): number[] {
  const seen: number[] = [];
  for (let at = 0; at < starts.length - 1; at += 1) {
    if ((starts[at + 1] ?? 0) >= left - 100 && (starts[at] ?? 0) <= left + width + 100) seen.push(at);
  }
  return seen;
}

/** Up, down, as it was. */
function nextSort(now: Sort | undefined, column: number): Sort | undefined {
  if (now?.column !== column) return { column, down: false };
  return now.down ? undefined : { column, down: true };
}
