/** A plot made ready for drawing: numbers only, with bounds. No canvas here. */
import { count } from "../../parts/time";
import { formatNumber } from "../summary";
import type { Plot, Series } from "../value";

/** One series as numbers; a gap is `NaN`. */
export type Trace = {
  name: string;
  kind: "line" | "scatter" | "bar";
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  /** Whether `xs` never goes back, so that one can search in it. */
  rising: boolean;
};

export type Bounds = { min: number; max: number };

/** Everything that drawing needs. */
export type PlotModel = {
  title: string;
  xLabel: string;
  yLabel: string;
  traces: Trace[];
  x: Bounds;
  y: Bounds;
  /** The names on the x axis where it has no numbers. */
  categories: string[] | undefined;
  /** The width of one bar on the x axis. */
  barWidth: number;
};

/** Makes a plot ready. Typed arrays are used as they are. */
export function plotModel(plot: Plot): PlotModel {
  const categories = categoriesOf(plot.series);
  const traces = plot.series.map((series, at) => traceOf(series, at, categories));
  const bars = traces.filter(({ kind }) => kind === "bar");
  const barWidth = (spacing(bars) * 0.8) / Math.max(bars.length, 1);
  for (const [at, bar] of bars.entries()) {
    const shift = (at - (bars.length - 1) / 2) * barWidth;
    if (shift !== 0) bar.xs = Float64Array.from(bar.xs, (x) => x + shift);
  }
  const x = bounds(traces.map(({ xs }) => xs));
  const y = bounds(traces.map(({ ys }) => ys));
  if (bars.length > 0) {
    x.min -= barWidth;
    x.max += barWidth;
    y.min = Math.min(y.min, 0);
    y.max = Math.max(y.max, 0);
  }
  return {
    title: plot.title ?? "",
    xLabel: plot.x_label ?? "",
    yLabel: plot.y_label ?? "",
    traces,
    x,
    y,
    categories,
    barWidth,
  };
}

/** The plot in words, for those who do not see it. */
export function describePlot({ title, xLabel, yLabel, traces, x, y }: PlotModel): string {
  const kinds = [...new Set(traces.map(({ kind }) => kind))].join(" and ");
  const parts = traces.map(({ name, ys }) => {
    const { min, max } = bounds([ys]);
    return `${name}: ${count(ys.length, "point")}, from ${formatNumber(min)} to ${formatNumber(max)}, last ${formatNumber(lastOf(ys))}`;
  });
  const axes = `${xLabel || "x"} ${formatNumber(x.min)} to ${formatNumber(x.max)}, ${yLabel || "y"} ${formatNumber(y.min)} to ${formatNumber(y.max)}`;
  return `${kinds} plot${title ? ` “${title}”` : ""}. ${axes}. ${parts.join(". ")}`;
}

/** The index of the point whose x is nearest. */
export function nearestByX({ xs, rising }: Trace, x: number): number {
  if (!rising) {
    let best = 0;
    for (let at = 1; at < xs.length; at += 1) {
      if (Math.abs((xs[at] ?? NaN) - x) < Math.abs((xs[best] ?? NaN) - x)) best = at;
    }
    return best;
  }
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(low - 1, 0);
  return Math.abs((xs[before] ?? NaN) - x) <= Math.abs((xs[low] ?? NaN) - x) ? before : low;
}

function traceOf(series: Series, at: number, categories: string[] | undefined): Trace {
  const kind = series.kind === "bar" || series.kind === "scatter" ? series.kind : "line";
  const place = new Map(categories?.map((name, index) => [name, index]));
  const xs = categories
    ? Float64Array.from(series.x, (x) => place.get(String(x)) ?? NaN)
    : numbers(series.x);
  return { name: series.name ?? `series ${at + 1}`, kind, xs, ys: numbers(series.y), rising: isRising(xs) };
}

function numbers(list: ArrayLike<number | string | null>): ArrayLike<number> {
  if (ArrayBuffer.isView(list)) return list as unknown as ArrayLike<number>;
  return Float64Array.from(list, (one) => (one === null ? NaN : Number(one)));
}

function categoriesOf(series: readonly Series[]): string[] | undefined {
  if (!series.some(({ x }) => typeof x[0] === "string" && Number.isNaN(Number(x[0])))) return undefined;
  const names = new Set<string>();
  for (const { x } of series) for (let at = 0; at < x.length; at += 1) names.add(String(x[at]));
  return [...names];
}

function isRising(xs: ArrayLike<number>): boolean {
  for (let at = 1; at < xs.length; at += 1) if (!((xs[at] ?? NaN) >= (xs[at - 1] ?? NaN))) return false;
  return true;
}

function bounds(lists: readonly ArrayLike<number>[]): Bounds {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (let at = 0; at < list.length; at += 1) {
      const value = list[at] ?? NaN;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min > max ? { min: 0, max: 1 } : { min, max };
}

function spacing(bars: readonly Trace[]): number {
  let least = Infinity;
  for (const { xs } of bars) {
    const sorted = Float64Array.from(xs).sort();
    for (let at = 1; at < sorted.length; at += 1) {
      const gap = (sorted[at] ?? 0) - (sorted[at - 1] ?? 0);
      if (gap > 0 && gap < least) least = gap;
    }
  }
  return Number.isFinite(least) ? least : 1;
}

function lastOf(list: ArrayLike<number>): number {
  return list[list.length - 1] ?? NaN;
}
