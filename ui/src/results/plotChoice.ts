/** Which plot suits a table. */
import { countUp, isDrawable } from "./tabular";
import type { Column, Plot, Table } from "./value";

/** At most this many series are drawn at first; a column can be chosen by itself. */
const MAX_SERIES = 8;
/** Texts on the x axis suit this many bars. */
const MAX_NAMES = 60;

/** The form of a plot. */
export type Kind = "line" | "scatter" | "bar";

/** Which columns are drawn, by index; -1 stands for the row number, and for all numbers. */
export type Choice = { x: number; y: number; kind: Kind };

/** Whether there is anything to draw in a table. */
export function canPlot({ columns }: Table): boolean {
  return columns.some((column) => column.values.length > 1 && isDrawable(column));
}

/** The plot of a table that most people would ask for. */
export function autoPlot({ columns }: Table): Plot {
  return plotOf(columns, columns.map(isDrawable), firstChoice(columns));
}

/** The first column is what the others depend on, unless it neither rises nor names a few rows. */
export function firstChoice(columns: readonly Column[]): Choice {
  const [first] = columns;
  const complex = columns.findIndex(({ name }) => name.endsWith("magnitude (dB)"));
  const y = complex > 0 ? (columns[0]?.name === "index" ? complex - 1 : complex) : -1;
  if (!first || columns.length === 1) return { x: -1, y, kind: "line" };
  if (!isDrawable(first)) return first.values.length <= MAX_NAMES ? { x: 0, y, kind: "bar" } : { x: -1, y, kind: "line" };
  return { x: 0, y, kind: isRising(first.values as ArrayLike<number>) ? "line" : "scatter" };
}

/** The plot of some columns. */
export function plotOf(columns: readonly Column[], drawable: readonly boolean[], { x, y, kind }: Choice): Plot {
  const across = columns[x];
  const n = Math.max(0, ...columns.map(({ values }) => values.length));
  const xs = (across?.values ?? countUp(n, 1)) as ArrayLike<number | string>;
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
