/** A plot made ready for drawing: numbers only, with bounds. No canvas here. */
import { count } from "../../parts/time";
import { formatNumber } from "../summary";
import type { Plot, ScaleKind, Series } from "../value";
import { type Heat, heatOf } from "./heat";
import { bounds, numbers } from "./lists";
import { type Bounds, padded } from "./scale";
import { labelParts } from "./units";

/** One series as numbers; a gap is `NaN`. */
export type Trace = {
  name: string;
  kind: "line" | "scatter" | "bar";
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  /** Whether `xs` never goes back, so that one can search in it. */
  rising: boolean;
};

export type Axis = {
  label: string;
  /** The label without its unit. */
  name: string;
  unit: string;
  scale: ScaleKind;
  /** What the axis shows when nothing is zoomed. */
  all: Bounds;
  /** Whether every value on it is a whole number. */
  integer: boolean;
  /** The names on the axis where it has no numbers. */
  categories: string[] | undefined;
};

/** Everything that drawing needs. */
export type PlotModel = {
  title: string;
  x: Axis;
  y: Axis;
  traces: Trace[];
  /** How many series there are beyond those that are drawn. */
  nLeft: number;
  heat: Heat | undefined;
  /** The width of one bar on the x axis. */
  barWidth: number;
};

/** Scales that somebody chose over those of the plot. */
export type Scales = { x?: ScaleKind | undefined; y?: ScaleKind | undefined };

/** How many values are looked at to see whether an axis has whole numbers only. */
const SAMPLE = 2_000;
/** No eye tells more lines apart, and each takes its time. */
const MAX_SERIES = 500;
/** How many series are told one by one to those who do not see them. */
const MAX_TOLD = 40;
/** Titles and names of series are cut there. */
const MAX_NAME = 300;

/** Makes a plot ready. Typed arrays are used as they are. */
export function plotModel(plot: Plot, scales: Scales = {}): PlotModel {
  const map = plot.series.find(({ kind, z }) => kind === "heatmap" && z !== undefined);
  const all = plot.series.filter(({ kind }) => kind !== "heatmap");
  const lines = all.slice(0, MAX_SERIES);
  const xNames = map ? namesOf([map.x], true) : categoriesOf(lines);
  const yNames = map ? namesOf([map.y], true) : undefined;
  const heat = map && heatOf(map, xNames, yNames, plot.z_label ?? map.name ?? "");
  const places = xNames && new Map(xNames.map((name, index) => [name, index]));
  const traces = lines.map((series, at) => traceOf(series, at, places));
  const bars = traces.filter(({ kind }) => kind === "bar");
  const integer = { x: bars.length > 0 && traces.every(({ xs }) => allWhole(xs)), y: traces.length > 0 && traces.every(({ ys }) => allWhole(ys)) };
  const barWidth = (spacing(bars) * 0.8) / Math.max(bars.length, 1);
  for (const [at, bar] of bars.entries()) {
    const shift = (at - (bars.length - 1) / 2) * barWidth;
    if (shift !== 0) bar.xs = Float64Array.from(bar.xs, (x) => x + shift);
  }
  const xKind = xNames ? "linear" : (scales.x ?? plot.x_scale ?? "linear");
  const yKind = yNames ? "linear" : (scales.y ?? plot.y_scale ?? "linear");
  const x = bounds(heat ? [heat.xEdges] : traces.map(({ xs }) => xs), xKind);
  const y = bounds(heat ? [heat.yEdges] : traces.map(({ ys }) => ys), yKind);
  if (bars.length > 0) {
    x.min -= barWidth;
    x.max += barWidth;
    if (yKind === "linear") {
      y.min = Math.min(y.min, 0);
      y.max = Math.max(y.max, 0);
    }
  }
  const room = heat ? 0 : 1;
  return {
    title: (plot.title ?? "").slice(0, MAX_NAME),
    x: { ...labelled(plot.x_label), scale: xKind, all: padded(xKind, x, 0.015 * room), integer: integer.x, categories: xNames },
    y: { ...labelled(plot.y_label), scale: yKind, all: yRoom(yKind, y, bars.length > 0, room), integer: integer.y, categories: yNames },
    traces,
    nLeft: all.length - lines.length,
    heat,
    barWidth,
  };
}

/** The plot in words, for those who do not see it. */
export function describePlot({ title, traces, nLeft, heat, x, y }: PlotModel): string {
  const kinds = heat ? "heat map" : `${[...new Set(traces.map(({ kind }) => kind))].join(" and ")} plot`;
  const parts = traces.slice(0, MAX_TOLD).map(({ name, ys }) => {
    const { min, max } = bounds([ys]);
    return `${name}: ${count(ys.length, "point")}, from ${formatNumber(min)} to ${formatNumber(max)}, last ${formatNumber(lastOf(ys))}`;
  });
  const nUntold = traces.length - parts.length + nLeft;
  if (nUntold > 0) parts.push(`And ${count(nUntold, "more series", "more series")}`);
  if (heat) {
    const { min, max } = heat.range;
    parts.push(`${heat.label || "values"}: ${heat.xs.length} by ${heat.ys.length}, from ${formatNumber(min)} to ${formatNumber(max)}`);
  }
  const axis = ({ label, scale, categories }: Axis, fallback: string, lists: readonly ArrayLike<number>[]) => {
    const { min, max } = bounds(lists);
    const [from, to] = categories ? [categories[0] ?? "", categories.at(-1) ?? ""] : [formatNumber(min), formatNumber(max)];
    return `${label || fallback} ${from} to ${to}${scale === "log" ? ", logarithmic" : ""}`;
  };
  const axes = [
    axis(x, "x", heat ? [heat.xs] : traces.map(({ xs }) => xs)),
    axis(y, "y", heat ? [heat.ys] : traces.map(({ ys }) => ys)),
  ];
  return `${kinds}${title ? ` “${title}”` : ""}. ${axes.join(", ")}. ${parts.join(". ")}`;
}

function labelled(label = ""): { label: string; name: string; unit: string } {
  return { label, ...labelParts(label) };
}

/** Room above and below; bars stand on the axis. */
function yRoom(kind: ScaleKind, { min, max }: Bounds, bars: boolean, room: number): Bounds {
  const all = padded(kind, { min, max }, 0.06 * room);
  if (!bars || kind === "log") return all;
  return { min: min === 0 ? 0 : all.min, max: max === 0 ? 0 : all.max };
}

function traceOf(series: Series, at: number, places: ReadonlyMap<string, number> | undefined): Trace {
  const kind = series.kind === "bar" || series.kind === "scatter" ? series.kind : "line";
  const xs = places ? Float64Array.from(series.x, (x) => places.get(String(x)) ?? NaN) : numbers(series.x);
  return { name: series.name?.slice(0, MAX_NAME) || `series ${at + 1}`, kind, xs, ys: numbers(series.y), rising: isRising(xs) };
}

/** The names on the x axis. The texts under bars are names even where they look like numbers, as `00` does. */
function categoriesOf(series: readonly Series[]): string[] | undefined {
  return namesOf(series.map(({ x }) => x), series.some(({ kind }) => kind === "bar"));
}

function namesOf(lists: readonly ArrayLike<number | string | null>[], always: boolean): string[] | undefined {
  const isName = (one: unknown) => typeof one === "string" && (always || Number.isNaN(Number(one)));
  if (!lists.some((list) => isName(list[0]))) return undefined;
  const names = new Set<string>();
  for (const list of lists) for (let at = 0; at < list.length; at += 1) names.add(String(list[at]));
  return [...names];
}

function isRising(xs: ArrayLike<number>): boolean {
  for (let at = 1; at < xs.length; at += 1) if (!((xs[at] ?? NaN) >= (xs[at - 1] ?? NaN))) return false;
  return !Number.isNaN(xs[0] ?? 0);
}

function allWhole(list: ArrayLike<number>): boolean {
  const step = Math.max(Math.floor(list.length / SAMPLE), 1);
  for (let at = 0; at < list.length; at += step) {
    const value = list[at] ?? NaN;
    if (!Number.isNaN(value) && !Number.isInteger(value)) return false;
  }
  return true;
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
