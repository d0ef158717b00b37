import type uPlot from "uplot";

import { formatNumber } from "../summary";
import { type Palette, traceColour } from "./chart";
import { nearestByX, type PlotModel, type Trace } from "./model";
import styles from "./PlotView.module.css";

type Point = { trace: number; x: number; y: number; left: number; top: number };

/** The points near the pointer, in pixels of the chart. */
export type HoverState = { points: Point[]; left: number; width: number };

/** At most this many points of a series that goes back and forth are compared. */
const MAX_SCAN = 100_000;
const NEAR = 48;

/** Finds what to say about the place of the pointer; `null` when it is elsewhere. */
export function hoverOf(u: uPlot, model: PlotModel): HoverState | null {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0) return null;
  const x = u.posToVal(left, "x");
  const offset = { left: u.over.offsetLeft, top: u.over.offsetTop };
  const points: Point[] = [];
  for (const [at, trace] of model.traces.entries()) {
    if (u.series[at + 1]?.show === false || trace.xs.length === 0) continue;
    const index = trace.rising ? nearestByX(trace, x) : nearestOnScreen(u, trace, left, top);
    const point = { x: trace.xs[index] ?? NaN, y: trace.ys[index] ?? NaN };
    const place = { left: u.valToPos(point.x, "x"), top: u.valToPos(point.y, "y") };
    const near = Math.abs(place.left - left) <= NEAR;
    if (Number.isFinite(place.top) && near) {
      points.push({ trace: at, ...point, left: place.left + offset.left, top: place.top + offset.top });
    }
  }
  return points.length === 0 ? null : { points, left: left + offset.left, width: u.width };
}

type HoverProps = { hover: HoverState; model: PlotModel; palette: Palette };

/** A mark on each point near the pointer, and their values beside it. */
export function Hover({ hover, model, palette }: HoverProps) {
  const beside = hover.left > hover.width / 2 ? { right: hover.width - hover.left + 14 } : { left: hover.left + 14 };
  const [first] = hover.points;
  return (
    <div aria-hidden="true">
      {hover.points.map(({ trace, left, top }) => (
        <span key={trace} className={styles.mark} style={{ left, top, borderColor: traceColour(palette, trace) }} />
      ))}
      <div className={styles.tip} style={beside}>
        {first && (
          <p>
            {model.xLabel || "x"} <b>{model.categories?.[Math.round(first.x)] ?? formatNumber(first.x)}</b>
          </p>
        )}
        {hover.points.slice(0, 10).map(({ trace, y }) => (
          <p key={trace}>
            <span style={{ background: traceColour(palette, trace) }} />
            {model.traces[trace]?.name} <b>{formatNumber(y)}</b>
          </p>
        ))}
      </div>
    </div>
  );
}

function nearestOnScreen(u: uPlot, { xs, ys }: Trace, left: number, top: number): number {
  const step = Math.max(Math.ceil(xs.length / MAX_SCAN), 1);
  let best = 0;
  let least = Infinity;
  for (let at = 0; at < xs.length; at += step) {
    const away = Math.hypot(u.valToPos(xs[at] ?? NaN, "x") - left, u.valToPos(ys[at] ?? NaN, "y") - top);
    if (away < least) {
      least = away;
      best = at;
    }
  }
  return best;
}
