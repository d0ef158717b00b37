import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef } from "react";

import { shownStatus } from "../execution/board";
import { StatusMark } from "../parts/StatusMark";
import { printed, type SweepOutput, type SweepRow } from "./rows";
import type { SweepSpec } from "./spec";
import styles from "./Sweep.module.css";

type SweepTableProps = {
  spec: SweepSpec;
  rows: readonly SweepRow[];
  outputs: readonly SweepOutput[];
  chosen: readonly number[];
  picked: number | null;
  onPick: (index: number) => void;
};

const ROW = 26;

/** A row for each run, of which only those in view are in the page. */
export function SweepTable({ spec, rows, outputs, chosen, picked, onPick }: SweepTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 400, height: 240 },
  });
  const step = (event: KeyboardEvent) => {
    const at = picked ?? -1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    onPick(to);
    list.scrollToIndex(to);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
  };
  const columns = `54px repeat(${spec.axes.length + chosen.length}, minmax(88px, 1fr))`;

  return (
    <div ref={scroller} className={styles.table} role="grid" aria-label="Runs of the sweep" aria-rowcount={rows.length + 1} tabIndex={-1} onKeyDown={step}>
      <div role="row" className={styles.headRow} style={{ gridTemplateColumns: columns }}>
        <span role="columnheader">run</span>
        {spec.axes.map(({ node, port }) => (
          <span key={`${node} ${port}`} role="columnheader" title={`${node} › ${port}`}>
            {port}
          </span>
        ))}
        {chosen.map((at) => (
          <span key={at} role="columnheader" className={styles.output} title={outputs[at]?.label}>
            {outputs[at]?.ref.port}
          </span>
        ))}
      </div>
      <div style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === picked}
                data-index={index}
                tabIndex={index === (picked ?? 0) ? 0 : -1}
                className={styles.row}
                style={{ gridTemplateColumns: columns, transform: `translateY(${start}px)` }}
                onClick={() => onPick(index)}
                onKeyDown={(event) => {
                  if (event.key === "Enter" || event.key === " ") onPick(index);
                }}
              >
                <span role="gridcell" className={styles.number}>
                  <StatusMark status={shownStatus(row.state)} />
                  {index + 1}
                </span>
                {row.run.values.map(({ node, port, value }) => (
                  <span key={`${node} ${port}`} role="gridcell">
                    {cell(value)}
                  </span>
                ))}
                {chosen.map((at) => (
                  <span key={at} role="gridcell">
                    {cell(row.outputs[at])}
                  </span>
                ))}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function cell(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(8))) : printed(value);
}
