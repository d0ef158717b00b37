/** Turns traces into paths. What has more points than the screen has pixels is thinned, and its extremes stay. */
import { type Box, Path } from "./pen";
import type { Trace } from "./model";
import { type Scale, toPixel, toValue } from "./scale";

/** Where a trace is drawn. */
export type Field = { x: Scale; y: Scale; box: Box; fineness: number };

/** Up to this many points of a line are marked one by one. */
const MAX_MARKS = 60;
/** Beyond this many, points that fall on one another are drawn once. */
const MAX_DOTS = 4_000;
/** A line with more points than this for each column of pixels is thinned. */
const PER_COLUMN = 4;

/** The line of a trace, with gaps where it has no value. */
export function linePath(trace: Trace, field: Field): Path {
  const [from, to] = visible(trace, field);
  const nColumns = Math.ceil(field.box.width * field.fineness);
  return trace.rising && to - from > nColumns * PER_COLUMN ? thinLine(trace, field, from, to) : fullLine(trace, field, from, to);
}

/** The points of a trace as dots. */
export function dotsPath(trace: Trace, field: Field, radius: number): Path {
  const [from, to] = visible(trace, field);
  return to - from > MAX_DOTS ? cells(trace, field, from, to, radius) : dots(trace, field, from, to, radius);
}

/** The marks on a line that has few points. */
export function marksPath(trace: Trace, field: Field): Path | undefined {
  const [from, to] = visible(trace, field);
  return to - from <= MAX_MARKS ? dots(trace, field, from, to, 2) : undefined;
}

/** Bars from zero; where many share a pixel, the longest stand for all. */
export function barsPath(trace: Trace, field: Field, width: number): Path {
  const { x, y, box } = field;
  const [from, to] = visible(trace, field, width);
  const path = new Path();
  const base = y.kind === "log" ? box.top + box.height : toPixel(y, 0);
  let column = NaN;
  let high = base;
  let low = base;
  const flush = () => {
    if (!Number.isNaN(column) && low > high) path.rect(column, high, 1, low - high);
    high = base;
    low = base;
  };
  for (let at = from; at < to; at += 1) {
    const middle = trace.xs[at] ?? NaN;
    const left = toPixel(x, middle - width / 2);
    const right = toPixel(x, middle + width / 2);
    const top = toPixel(y, trace.ys[at] ?? NaN);
    if (Number.isNaN(left + right + top)) continue;
    if (right - left >= 1) {
      path.rect(left, Math.min(top, base), right - left, Math.abs(base - top));
      continue;
    }
    if (Math.floor(left) !== column) flush();
    column = Math.floor(left);
    high = Math.min(high, top);
    low = Math.max(low, top);
  }
  flush();
  return path;
}

/** The points that can be seen, and one more on each side; all of them where `xs` goes back and forth. */
export function visible({ xs, rising }: Trace, { x }: Pick<Field, "x">, beyond = 0): [number, number] {
  if (!rising) return [0, xs.length];
  const from = firstAtLeast(xs, x.min - beyond);
  const to = firstAtLeast(xs, x.max + beyond);
  return [Math.max(from - 1, 0), Math.min(to + 2, xs.length)];
}

/** The first index whose value is not below `wanted`. */
export function firstAtLeast(rising: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fullLine({ xs, ys }: Trace, { x, y }: Field, from: number, to: number): Path {
  const path = new Path();
  let drawing = false;
  for (let at = from; at < to; at += 1) {
    const left = toPixel(x, xs[at] ?? NaN);
    const top = toPixel(y, ys[at] ?? NaN);
    if (!Number.isFinite(left + top)) drawing = false;
    else if (drawing) path.line(left, top);
    else {
      path.move(left, top);
      drawing = true;
    }
  }
  return path;
}

/** For each column of pixels its first, lowest, highest and last point: drawn, this looks as all points do. */
function thinLine({ xs, ys }: Trace, { x, y, box, fineness }: Field, from: number, to: number): Path {
  const path = new Path();
  const column = (at: number) => box.left + (at + 0.5) / fineness;
  const nColumns = Math.ceil(box.width * fineness);
  let drawing = false;
  let at = from;
  for (let k = 0; k < nColumns && at < to; k += 1) {
    const edge = k === nColumns - 1 ? to : Math.min(indexAfter(xs, x, box.left + (k + 1) / fineness, at, to), to);
    let first = NaN;
    let last = NaN;
    let low = Infinity;
    let high = -Infinity;
    for (; at < edge; at += 1) {
      const value = ys[at] ?? NaN;
      if (!Number.isFinite(value) || (y.kind === "log" && value <= 0)) continue;
      if (Number.isNaN(first)) first = value;
      last = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) {
      // Nothing but gaps here; a column without any point is merely sparse.
      if (edge > from && Number.isNaN(ys[edge - 1] ?? 0)) drawing = false;
      continue;
    }
    if (drawing) path.line(column(k), toPixel(y, first));
    else path.move(column(k), toPixel(y, first));
    path.line(column(k), toPixel(y, low));
    path.line(column(k), toPixel(y, high));
    path.line(column(k), toPixel(y, last));
    drawing = true;
  }
  return path;
}

/** The first index, not before `from`, that lies right of a pixel. */
function indexAfter(xs: ArrayLike<number>, x: Scale, pixel: number, from: number, to: number): number {
  const wanted = toValue(x, pixel);
  // Neighbouring columns have about as many points: gallop, then halve.
  let low = from;
  let step = 64;
  while (low + step < to && (xs[low + step] ?? Infinity) < wanted) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, to);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function dots({ xs, ys }: Trace, { x, y, box }: Field, from: number, to: number, radius: number): Path {
  const path = new Path();
  for (let at = from; at < to; at += 1) {
    const left = toPixel(x, xs[at] ?? NaN);
    const top = toPixel(y, ys[at] ?? NaN);
    if (isIn(box, left, top, radius)) path.dot(left, top, radius);
  }
  return path;
}

/** One square for each place that has points. */
function cells({ xs, ys }: Trace, { x, y, box }: Field, from: number, to: number, radius: number): Path {
  const size = Math.max(radius * 0.75, 1);
  const nColumns = Math.ceil(box.width / size) + 1;
  const taken = new Uint8Array(nColumns * (Math.ceil(box.height / size) + 1));
  const path = new Path();
  for (let at = from; at < to; at += 1) {
    const left = toPixel(x, xs[at] ?? NaN);
    const top = toPixel(y, ys[at] ?? NaN);
    if (!isIn(box, left, top, 0)) continue;
    const column = Math.floor((left - box.left) / size);
    const row = Math.floor((top - box.top) / size);
    const place = row * nColumns + column;
    if (taken[place]) continue;
    taken[place] = 1;
    path.rect(box.left + column * size, box.top + row * size, size, size);
  }
  return path;
}

function isIn({ left, top, width, height }: Box, x: number, y: number, beyond: number): boolean {
  return x >= left - beyond && x <= left + width + beyond && y >= top - beyond && y <= top + height + beyond;
}
