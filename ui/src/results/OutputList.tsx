import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";

import { PortTypeTag } from "../parts/PortTypeTag";
import styles from "./Results.module.css";
import type { OutputRow } from "./outputs";

type OutputListProps = {
  rows: readonly OutputRow[];
  chosen: OutputRow | undefined;
  summaryOf: (row: OutputRow) => string;
  onChoose: (row: OutputRow) => void;
};

const ROW = 27;
const HEADED_ROW = 53;

/** Every output of the run in a few words; the chosen one is shown beside. */
export function OutputList({ rows, chosen, summaryOf, onChoose }: OutputListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (rows[at]?.first ? HEADED_ROW : ROW),
    overscan: 10,
    initialRect: { width: 260, height: 250 },
  });
  const at = chosen ? rows.indexOf(chosen) : -1;
  useEffect(() => {
    if (at >= 0) list.scrollToIndex(at);
  }, [at, list]);

  const step = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = to === undefined ? undefined : rows[to];
    if (to === undefined || !row) return;
    event.preventDefault();
    onChoose(row);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus());
  };

  return (
    <div ref={scroller} className={styles.outputs} role="group" aria-label="Outputs of the run" onKeyDown={step}>
      <div style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          const pressed = row === chosen;
          return (
            row && (
              <div key={index} className={styles.slot} style={{ transform: `translateY(${start}px)` }}>
                {row.first && <p className={styles.nodeName}>{row.nodeName}</p>}
                <button
                  type="button"
                  className={styles.output}
                  aria-pressed={pressed}
                  tabIndex={pressed || (!chosen && index === 0) ? 0 : -1}
                  onClick={() => onChoose(row)}
                >
                  <PortTypeTag type={row.type} />
                  <span className={styles.port}>{row.port}</span>
                  <span className={styles.summary}>{summaryOf(row)}</span>
                </button>
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
