import { type RefObject, type UIEvent, useLayoutEffect, useState } from "react";

/** Browsers do not lay out much more than this many pixels; longer lists scroll faster instead. */
const MAX_HEIGHT = 12_000_000;
const OVERSCAN = 6;

/** Which rows are in view, and where they are. */
export type Rows = {
  from: number;
  to: number;
  /** The height of all rows as far as scrolling goes. */
  height: number;
  /** Where a row is in the scrolled content, in pixels. */
  top(row: number): number;
  /** How far the content is scrolled to the right, and how much of it is seen. */
  left: number;
  width: number;
  /** How many rows fit. */
  nVisible: number;
  onScroll(event: UIEvent<HTMLElement>): void;
  /** Brings a row into view. */
  show(row: number): void;
};

/** Rows of one height, any number of them: only those in view are in the page. `head` pixels at the top stay in place. */
export function useRows(scroller: RefObject<HTMLElement | null>, n: number, rowHeight: number, head = 0): Rows {
  const [seen, setSeen] = useState({ top: 0, left: 0, height: 250, width: 800 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setSeen(seenOf(element));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [scroller]);

  const whole = n * rowHeight;
  const height = Math.min(whole, MAX_HEIGHT);
  const view = Math.max(seen.height - head, rowHeight);
  const ratio = height > view ? (whole - view) / (height - view) : 1;
  const scrolled = Math.min(seen.top, Math.max(height - view, 0));
  const offset = scrolled * ratio;
  const nVisible = Math.max(Math.floor(view / rowHeight), 1);
  return {
    from: Math.max(Math.floor(offset / rowHeight) - OVERSCAN, 0),
    to: Math.min(Math.ceil((offset + view) / rowHeight) + OVERSCAN, n),
    height,
    top: (row) => scrolled + row * rowHeight - offset,
    nVisible,
    left: seen.left,
    width: seen.width,
    onScroll: ({ currentTarget }) => setSeen(seenOf(currentTarget)),
    show(row) {
      const element = scroller.current;
      if (!element) return;
      const above = row * rowHeight;
      const below = (row + 1) * rowHeight - view;
      const now = element.scrollTop * ratio;
      if (above < now) element.scrollTop = above / ratio;
      else if (below > now) element.scrollTop = below / ratio;
    },
  };
}

function seenOf({ scrollTop, scrollLeft, clientHeight, clientWidth }: HTMLElement) {
  return { top: scrollTop, left: scrollLeft, height: clientHeight, width: clientWidth };
}
