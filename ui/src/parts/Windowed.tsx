import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef } from "react";

import styles from "./Windowed.module.css";

type WindowedProps<Item> = {
  label: string;
  className?: string | undefined;
  role?: "log" | "region";
  items: readonly Item[];
  keyOf: (item: Item) => string | number;
  /** How high an item may be before it is measured, in pixels. */
  estimate: number;
  /** The room between items, in pixels. */
  gap?: number;
  /** Whether it opens at its end and stays there while items are added. */
  fromEnd?: boolean;
  /** Somebody scrolled nearly to the first items. */
  onStart?: () => void;
  /** The last items are nearly in view. */
  onEnd?: () => void;
  /** One item. It should be drawn anew only when the item changes. */
  children: (item: Item) => ReactNode;
};

/** How many items beside those in view are in the page. */
const OVERSCAN = 4;

/** Whoever is as near to the end, in pixels, stays there when something is added. */
const NEAR_END = 160;

/** Whoever scrolls as near to the start, in pixels, wants what is before it. */
const NEAR_START = 600;

/** The room above the first item and below the last, in pixels. */
const PADDING = 12;

/** Items of any height, any number of them, that scroll: only those near the view are in the page. */
export function Windowed<Item>(props: WindowedProps<Item>) {
  const { label, className, role = "region", items, keyOf, estimate, gap = 0, fromEnd = false, onStart, onEnd, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((at: number) => {
      const item = items[at];
      return item === undefined ? at : keyOf(item);
    }, [items, keyOf]),
    estimateSize: () => estimate,
    gap,
    overscan: OVERSCAN,
    paddingStart: PADDING,
    paddingEnd: PADDING,
    // What is added before the first item moves nothing that is in view.
    ...(fromEnd && { anchorTo: "end" as const, followOnAppend: true, scrollEndThreshold: NEAR_END }),
  });
  const shown = rows.getVirtualItems();
  const last = items.at(-1);
  const lastKey = last === undefined ? null : keyOf(last);
  const end = shown.at(-1)?.index;

  // What is said last is what one wants to see.
  useLayoutEffect(() => {
    if (fromEnd && lastKey !== null) rows.scrollToEnd();
  }, [fromEnd, lastKey, rows]);
  useEffect(() => {
    if (end !== undefined && end >= items.length - 1 - OVERSCAN) onEnd?.();
  }, [end, items.length, onEnd]);

  return (
    // A scrolling region must be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- its role is given by whoever shows it
    <div
      ref={scroller}
      role={role}
      aria-label={label}
      tabIndex={0}
      className={`${styles.scroller} ${className ?? ""}`}
      onKeyDown={(event) => {
        // The browser would stop half-way, where items turn out to be higher than it was thought.
        if (event.target !== event.currentTarget || !(event.key === "Home" || event.key === "End")) return;
        event.preventDefault();
        if (event.key === "End") rows.scrollToEnd();
        else rows.scrollToIndex(0, { align: "start" });
      }}
      onScroll={({ currentTarget }) => {
        if (currentTarget.scrollTop < NEAR_START) onStart?.();
      }}
    >
      <div className={styles.rows} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const item = items[index];
          return (
            <div key={key} ref={rows.measureElement} data-index={index} className={styles.row} style={{ transform: `translateY(${start}px)` }}>
              {item !== undefined && children(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
