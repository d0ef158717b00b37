import { useMemo, useState } from "react";

import { isDrawable } from "./tabular";
import { PlotView } from "./plot/PlotView";
import styles from "./plot/PlotView.module.css";
import type { Column, Plot, Table } from "./value";

type AutoPlotProps = { table: Table; name: string };

const KINDS = ["line", "scatter", "bar"] as const;
type Kind = (typeof KINDS)[number];

/** At most this many series are drawn at first; a column can be chosen by itself. */
const MAX_SERIES = 8;
/** Texts on the x axis suit this many bars. */
const MAX_NAMES = 60;

/** A plot of a table: which columns, and in which form, can be chosen. */
export function AutoPlot({ table: { columns }, name }: AutoPlotProps) {
  const first = useMemo(() => firstChoice(columns), [columns]);
  const [x, setX] = useState(first.x);
  const [y, setY] = useState(first.y);
  const [kind, setKind] = useState<Kind>(first.kind);
  const drawable = useMemo(() => columns.map(isDrawable), [columns]);
  const plot = useMemo(() => plotOf(columns, drawable, { x, y, kind }), [columns, drawable, x, y, kind]);
  const list = (which: (at: number) => boolean) =>
    columns.map(({ name: column }, at) =>
      which(at) ? (
        // oxlint-disable-next-line react/no-array-index-key -- columns may share a name
        <option key={at} value={at}>
          {column}
        </option>
      ) : null,
    );

  return (
    <PlotView plot={plot} name={name}>
      <select className={styles.choice} aria-label="X axis" value={x} onChange={({ target }) => setX(Number(target.value))}>
        <option value={-1}>row number</option>
        {list(() => true)}
      </select>
      <select className={styles.choice} aria-label="Y axis" value={y} onChange={({ target }) => setY(Number(target.value))}>
        <option value={-1}>all numbers</option>
        {list((at) => drawable[at] ?? false)}
      </select>
      <select className={styles.choice} aria-label="Kind of plot" value={kind} onChange={({ target }) => setKind(target.value as Kind)}>
        {KINDS.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </PlotView>
  );
}

type Choice = { x: number; y: number; kind: Kind };

/** Whether there is anything to draw in a table. */
export function canPlot({ columns }: Table): boolean {
  return columns.some((column) => column.values.length > 1 && isDrawable(column));
}

/** The plot of a table that most people would ask for. */
export function autoPlot({ columns }: Table): Plot {
  return plotOf(columns, columns.map(isDrawable), firstChoice(columns));
}

/** The first column is what the others depend on, unless it neither rises nor names a few rows. */
function firstChoice(columns: readonly Column[]): Choice {
  const [first] = columns;
  const complex = columns.findIndex(({ name }) => name.endsWith("magnitude (dB)"));
  const y = complex > 0 ? (columns[0]?.name === "index" ? complex - 1 : complex) : -1;
  if (!first || columns.length === 1) return { x: -1, y, kind: "line" };
  if (!isDrawable(first)) return first.values.length <= MAX_NAMES ? { x: 0, y, kind: "bar" } : { x: -1, y, kind: "line" };
  return { x: 0, y, kind: isRising(first.values as ArrayLike<number>) ? "line" : "scatter" };
}

function plotOf(columns: readonly Column[], drawable: readonly boolean[], { x, y, kind }: Choice): Plot {
  const across = columns[x];
  const n = Math.max(0, ...columns.map(({ values }) => values.length));
  const xs = (across?.values ?? Uint32Array.from({ length: n }, (_, at) => at + 1)) as ArrayLike<number | string>;
  const chosen = columns.filter((_, at) => drawable[at] && (y === -1 ? at !== x : at === y)).slice(0, MAX_SERIES);
  const [only] = chosen;
  return {
    x_label: across?.name ?? "row",
    y_label: chosen.length === 1 && only ? only.name : "",
    x_scale: across && isFrequency(across) ? "log" : "linear",
    series: chosen.map(({ name, values }) => ({ name, kind, x: xs, y: values as ArrayLike<number> })),
  };
}

/** Frequencies over several decades are read on a logarithmic axis. */
function isFrequency({ name, values }: Column): boolean {
  const first = Number(values[0]);
  return /freq|\(hz\)/i.test(name) && first > 0 && Number(values[values.length - 1]) / first >= 50;
}

function isRising(values: ArrayLike<number>): boolean {
  for (let at = 1; at < values.length; at += 1) if (!((values[at] ?? NaN) > (values[at - 1] ?? NaN))) return false;
  return true;
}
