/** Turns a trace into paths of canvas pixels. Lines are thinned to what the screen can show. */
import type uPlot from "uplot";

import type { Trace } from "./model";

/** Up to this many points of a line are marked one by one. */
const MAX_MARKS = 60;

type ToPixel = (x: number) => number;

/** The paths of one trace, for uPlot's drawing. */
export function tracePaths(u: uPlot, trace: Trace, barWidth: number): uPlot.Series.Paths {
  const toX = (x: number) => u.valToPos(x, "x", true);
  const toY = (y: number) => u.valToPos(y, "y", true);
  if (trace.kind === "bar") {
    const fill = bars(trace, toX, toY, barWidth);
    return { stroke: null, fill };
  }
  if (trace.kind === "scatter") {
    const marks = dots(trace, toX, toY, 3 * devicePixelRatio);
    return { stroke: marks, fill: marks };
  }
  const stroke = line(trace, toX, toY, u.bbox.width);
  if (trace.xs.length <= MAX_MARKS) stroke.addPath(dots(trace, toX, toY, 1.6 * devicePixelRatio));
  return { stroke, fill: null };
}

function line(trace: Trace, toX: ToPixel, toY: ToPixel, width: number): Path2D {
  const thin = trace.rising && trace.xs.length > width * 4;
  return thin ? thinLine(trace, toX, toY) : fullLine(trace, toX, toY);
}

function fullLine({ xs, ys }: Trace, toX: ToPixel, toY: ToPixel): Path2D {
  const path = new Path2D();
  let drawing = false;
  for (let at = 0; at < xs.length; at += 1) {
    const x = toX(xs[at] ?? NaN);
    const y = toY(ys[at] ?? NaN);
    if (Number.isNaN(x + y)) drawing = false;
    else if (drawing) path.lineTo(x, y);
    else {
      path.moveTo(x, y);
      drawing = true;
    }
  }
  return path;
}

/** For each column of pixels, the lowest and the highest point. */
function thinLine({ xs, ys }: Trace, toX: ToPixel, toY: ToPixel): Path2D {
  const path = new Path2D();
  let column = NaN;
  let low = Infinity;
  let high = -Infinity;
  const flush = () => {
    if (low > high) return;
    path.lineTo(column, toY(low));
    path.lineTo(column, toY(high));
  };
  for (let at = 0; at < xs.length; at += 1) {
    const y = ys[at] ?? NaN;
    if (Number.isNaN(y)) continue;
    const x = Math.round(toX(xs[at] ?? NaN));
    if (x !== column) {
      flush();
      column = x;
      low = Infinity;
      high = -Infinity;
    }
    if (y < low) low = y;
    if (y > high) high = y;
  }
  flush();
  return path;
}

function dots({ xs, ys }: Trace, toX: ToPixel, toY: ToPixel, radius: number): Path2D {
  const path = new Path2D();
  for (let at = 0; at < xs.length; at += 1) {
    const x = toX(xs[at] ?? NaN);
    const y = toY(ys[at] ?? NaN);
    if (Number.isNaN(x + y)) continue;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

function bars({ xs, ys }: Trace, toX: ToPixel, toY: ToPixel, width: number): Path2D {
  const path = new Path2D();
  const base = toY(0);
  for (let at = 0; at < xs.length; at += 1) {
    const middle = xs[at] ?? NaN;
    const left = toX(middle - width / 2);
    const right = toX(middle + width / 2);
    const top = toY(ys[at] ?? NaN);
    if (!Number.isNaN(left + top)) path.rect(left, Math.min(top, base), Math.max(right - left, 1), Math.abs(base - top));
  }
  return path;
}
