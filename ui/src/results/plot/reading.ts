/** What there is to read at a place of a chart. */
import type { Layout } from "./draw";
import { cellAt } from "./heat";
import type { Axis, PlotModel, Trace } from "./model";
import { firstAtLeast } from "./paths";
import { toPixel, toValue } from "./scale";
import { labelParts, withUnit } from "./units";

/** A point under the crosshair, in pixels of the chart. */
export type Point = { trace: number; name: string; text: string; left: number; top: number };

export type Reading = { left: number; heading: string; points: Point[] };

/** At most this many points of a series that goes back and forth are compared. */
const MAX_SCAN = 200_000;
/** How far from the pointer a point of such a series may be. */
const NEAR = 32;

/** Reads all series at a place; `null` where there is nothing near it. */
export function readAt(model: PlotModel, layout: Layout, hidden: ReadonlySet<number>, left: number, top: number): Reading | null {
  const { box, x, y } = layout;
  if (left < box.left - 1 || left > box.left + box.width + 1) return null;
  if (model.heat) return readHeat(model, layout, left, top);
  const at = toValue(x, left);
  const points: Point[] = [];
  let nearest = NaN;
  for (const [index, trace] of model.traces.entries()) {
    if (hidden.has(index) || trace.xs.length === 0) continue;
    const found = trace.rising ? nearestByX(trace, at) : nearestOnScreen(trace, layout, left, top);
    const [xValue, yValue] = [trace.xs[found] ?? NaN, trace.ys[found] ?? NaN];
    const place = { left: toPixel(x, xValue), top: toPixel(y, yValue) };
    if (Number.isNaN(place.left) || place.left < box.left - 1 || place.left > box.left + box.width + 1) continue;
    if (!trace.rising && Math.hypot(place.left - left, place.top - top) > NEAR) continue;
    if (!(Math.abs(place.left - left) >= Math.abs(toPixel(x, nearest) - left))) nearest = xValue;
    points.push({ trace: index, name: trace.name, text: valueText(model.y, yValue), ...place });
  }
  const reach = Math.max(NEAR, Math.abs(x.slope) * 0.5);
  const close = points.filter(({ left: place }) => Math.abs(place - toPixel(x, nearest)) <= reach);
  if (close.length === 0) return null;
  const heading = `${model.x.name || "x"} ${valueText(model.x, nearest)}`;
  return { left: toPixel(x, nearest), heading, points: close };
}

/** A value of an axis in words, with its unit. */
export function valueText({ categories, unit }: Axis, value: number): string {
  if (categories) return categories[Math.round(value)] ?? "";
  return Number.isNaN(value) ? "no value" : withUnit(value, unit);
}

/** The place of the next point to the left or right, for those who go with keys. */
export function nextPlace(model: PlotModel, { box, x }: Layout, hidden: ReadonlySet<number>, left: number, by: 1 | -1): number {
  const least = left + by * 2;
  let next = NaN;
  const centres = model.heat ? [model.heat.xs] : model.traces.flatMap(({ rising, xs }, at) => (rising && !hidden.has(at) ? [xs] : []));
  for (const xs of centres) {
    const first = firstAtLeast(xs, toValue(x, least));
    const place = toPixel(x, xs[by === 1 ? first : first - 1] ?? NaN);
    if (!Number.isNaN(place) && !(by * place >= by * next)) next = place;
  }
  return Math.min(Math.max(Number.isNaN(next) ? least : next, box.left), box.left + box.width);
}

/** The index of the point whose x is nearest. */
export function nearestByX({ xs }: Trace, x: number): number {
  const after = Math.min(firstAtLeast(xs, x), xs.length - 1);
  const before = Math.max(after - 1, 0);
  return Math.abs((xs[before] ?? NaN) - x) <= Math.abs((xs[after] ?? NaN) - x) ? before : after;
}

function readHeat(model: PlotModel, { x, y }: Layout, left: number, top: number): Reading | null {
  const { heat } = model;
  const cell = heat && cellAt(heat, toValue(x, left), toValue(y, top));
  if (!cell) return null;
  const heading = `${model.x.name || "x"} ${valueText(model.x, heat.xs[cell.column] ?? NaN)}, ${model.y.name || "y"} ${valueText(model.y, heat.ys[cell.row] ?? NaN)}`;
  const { name, unit } = labelParts(heat.label);
  const text = Number.isNaN(cell.value) ? "no value" : withUnit(cell.value, unit);
  return { left, heading, points: [{ trace: 0, name: name || "value", text, left, top }] };
}

function nearestOnScreen({ xs, ys }: Trace, { x, y }: Layout, left: number, top: number): number {
  const step = Math.max(Math.ceil(xs.length / MAX_SCAN), 1);
  let best = 0;
  let least = Infinity;
  for (let at = 0; at < xs.length; at += step) {
    const right = toPixel(x, xs[at] ?? NaN) - left;
    const down = toPixel(y, ys[at] ?? NaN) - top;
    const away = right * right + down * down;
    if (away < least) {
      least = away;
      best = at;
    }
  }
  return best;
}
