import { useMemo } from "react";

import { TableView } from "../table/TableView";
import type { Plot, Table } from "../value";

/** The points of a plot as a table. */
export function PlotData({ plot }: { plot: Plot }) {
  const table = useMemo(() => plotTable(plot), [plot]);
  return <TableView table={table} name="plot" />;
}

/** One column for x where all series share it, else one for each series; of a heat map, one for each x. */
export function plotTable({ series, x_label = "x", y_label = "y" }: Plot): Table {
  const map = series.find(({ z }) => z !== undefined);
  if (map?.z) {
    const { x, y, z } = map;
    const columns = Array.from(x, (name, at) => ({ name: String(name), values: Array.from(z, (row) => row[at] ?? null) }));
    return { columns: [{ name: `${y_label || "y"} \\ ${x_label || "x"}`, values: y }, ...columns] };
  }
  const [first] = series;
  const shared = series.every(({ x }) => x === first?.x || sameList(x, first?.x));
  const columns = series.flatMap(({ name, x, y }, at) => {
    const label = name ?? `series ${at + 1}`;
    const values = { name: label, values: y };
    return shared && at > 0 ? [values] : [{ name: shared ? x_label || "x" : `${label}: x`, values: x }, values];
  });
  return { columns };
}

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown> | undefined): boolean {
  if (a.length !== b?.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
