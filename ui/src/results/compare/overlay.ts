/** Two values in one picture, and their differences as a table. */
import { autoPlot, canPlot } from "../plotChoice";
import { summarise } from "../summary";
import { tabular } from "../tabular";
import { type Column, type Plot, shapeOf, type Table } from "../value";
import type { Difference, NodePairTimes } from "./types";

/** Both values as one plot, where both can be drawn over the same axes. */
export function overlay(a: unknown, b: unknown, names: { left: string; right: string }): Plot | undefined {
  const [one, other] = [drawn(a), drawn(b)];
  if (!one || !other || isMap(one) || isMap(other)) return undefined;
  const marked = (plot: Plot, side: string) =>
    plot.series.map((series, at) => ({ ...series, name: `${series.name ?? `series ${at + 1}`} (${side})` }));
  return { ...one, series: [...marked(one, names.left), ...marked(other, names.right)] };
}

/** What differs, one row for each place; of numbers also by how much. */
export function differenceTable(differences: readonly Difference[], names: { left: string; right: string }): Table {
  const by = differences.map(({ a, b }) => (typeof a === "number" && typeof b === "number" ? b - a : null));
  const columns: Column[] = [
    { name: "place", values: differences.map(({ path }) => path || "the whole value") },
    { name: names.left, values: differences.map(({ a }) => shown(a)) },
    { name: names.right, values: differences.map(({ b }) => shown(b)) },
  ];
  return { columns: by.some((one) => one !== null) ? [...columns, { name: "difference", values: by }] : columns };
}

/** How long each node took in both runs. */
export function timingsPlot(times: readonly NodePairTimes[], names: { left: string; right: string }): Plot {
  const seconds = (ms: number | undefined) => (ms === undefined ? null : ms / 1000);
  const x = uniqueNames(times.map(({ name }) => name));
  return {
    title: "Time of each node",
    y_label: "time (s)",
    series: [
      { name: names.left, kind: "bar", x, y: times.map(({ left }) => seconds(left)) },
      { name: names.right, kind: "bar", x, y: times.map(({ right }) => seconds(right)) },
    ],
  };
}

function drawn(value: unknown): Plot | undefined {
  const shape = shapeOf(value);
  if (shape.shape === "plot") return shape.plot;
  const table = tabular(value);
  return table && canPlot(table) ? autoPlot(table) : undefined;
}

function isMap({ series }: Plot): boolean {
  return series.some(({ kind }) => kind === "heatmap");
}

function shown(value: unknown): unknown {
  if (value === undefined) return null;
  return typeof value === "object" && value !== null ? summarise(value) : value;
}

/** Bars of nodes with the same name stand apart. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}
