import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

import type { RunBoard } from "../execution/board";
import { useBoard } from "../execution/useBoard";
import styles from "./LogView.module.css";

type LogViewProps = {
  board: RunBoard;
  /** Only what this node printed. */
  node?: string;
  /** Takes as much height as the lines need, up to this many pixels, instead of all there is. */
  maxHeight?: number;
  /** Gives the name of a node, where several print. */
  nameOf?: (node: string) => string;
};

const ROW = 18;

/** What was printed, line by line as it comes; follows the end until scrolled away from it. */
export function LogView({ board, node, maxHeight, nameOf }: LogViewProps) {
  const n = useBoard(board, () => board.lines(node).length);
  const scroller = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const rows = useVirtualizer({
    count: n,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 300, height: 150 },
  });
  const lines = board.lines(node);

  useEffect(() => {
    if (follows.current && n > 0) rows.scrollToIndex(n - 1, { align: "end" });
  }, [n, rows]);

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      style={maxHeight === undefined ? undefined : { height: Math.min(maxHeight, rows.getTotalSize() + 8) }}
      role="log"
      aria-label="Log"
      aria-live="off"
      // A scrolling region must be reachable with the keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        follows.current = scrollTop + clientHeight > scrollHeight - 2 * ROW;
      }}
    >
      {n === 0 && <p className={styles.none}>Nothing printed yet</p>}
      <div className={styles.lines} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          return (
            line && (
              <p
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className={styles.line}
                data-stream={line.stream}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span className={styles.at}>{(line.atMs / 1000).toFixed(3)}</span>
                {nameOf && <span className={styles.node}>{nameOf(line.node)}</span>}
                <span className={styles.text}>{line.text}</span>
              </p>
            )
          );
        })}
      </div>
    </div>
  );
}
