import type { Reading } from "./reading";
import { type Palette, traceColour } from "./palette";
import styles from "./PlotView.module.css";

type HoverProps = {
  reading: Reading;
  palette: Palette;
  /** The plotting area, in pixels of the chart. */
  box: { left: number; top: number; width: number; height: number };
  /** A heat map has no colours for its series. */
  plain: boolean;
};

/** At most this many series are told at once. */
const MAX_TOLD = 12;

/** A line through all series, a mark on each, and their values beside it. */
export function Hover({ reading: { left, heading, points }, palette, box, plain }: HoverProps) {
  const middle = box.left + box.width / 2;
  const beside = left > middle ? { right: `calc(100% - ${left - 14}px)` } : { left: left + 14 };
  return (
    <div aria-hidden="true" data-reading="">
      <span className={styles.crosshair} style={{ left, top: box.top, height: box.height }} />
      {points.map(({ trace, left: x, top }) =>
        top >= box.top - 1 && top <= box.top + box.height + 1 ? (
          <span key={trace} className={styles.mark} style={{ left: x, top, borderColor: plain ? palette.text : traceColour(palette, trace) }} />
        ) : null,
      )}
      <div className={styles.tip} style={{ ...beside, top: box.top + 4 }}>
        <p className={styles.heading}>{heading}</p>
        {points.slice(0, MAX_TOLD).map(({ trace, name, text }) => (
          <p key={trace}>
            {!plain && <span style={{ background: traceColour(palette, trace) }} />}
            {name} <b>{text}</b>
          </p>
        ))}
        {points.length > MAX_TOLD && <p>and {points.length - MAX_TOLD} more</p>}
      </div>
    </div>
  );
}

/** A reading in one sentence, for those who hear it. */
export function spoken({ heading, points }: Reading): string {
  return `${heading}: ${points.slice(0, MAX_TOLD).map(({ name, text }) => `${name} ${text}`).join(", ")}`;
}
