/** The viewers of ordinary values. */
import { useMemo } from "react";

import { FILE_VIEWERS } from "./files";
import { summarise } from "./summary";
import { matrixPlot, tabular } from "./tabular";
import { isComplexList, isList, type Shape, shapeOf, type Table } from "./value";
import { lazyView, type Viewer, type ViewerProps } from "./viewer";
import styles from "./Views.module.css";

type Of<Name extends Shape["shape"]> = Extract<Shape, { shape: Name }>;

const PlotView = lazyView(async () => {
  const { PlotView: View } = await import("./plot/PlotView");
  return of("plot", ({ plot }, { port }) => <View plot={plot} name={port} />);
});
const TableView = lazyView(async () => {
  const { TableView: View } = await import("./table/TableView");
  return tables((table, name) => <View table={table} name={name} />);
});
const AutoPlot = lazyView(async () => {
  const { AutoPlot: View } = await import("./AutoPlot");
  return tables((table, name) => <View table={table} name={name} />);
});
const MatrixPlot = lazyView(async () => {
  const { PlotView: View } = await import("./plot/PlotView");
  return function Matrix({ value, about: { port } }: ViewerProps) {
    const plot = useMemo(() => matrixPlot(value), [value]);
    return plot ? <View plot={plot} name={port} /> : null;
  };
});
const TreeView = lazyView(async () => {
  const { TreeView: View } = await import("./tree/TreeView");
  return ({ value }) => <View value={value as object} />;
});

const ImageView = lazyView(async () => {
  const { ImageView: View } = await import("./ImageView");
  return of("image", ({ url }, { port }) => <View url={url} name={port} />);
});
const TextView = lazyView(async () => {
  const { TextView: View } = await import("./text/TextView");
  return of("text", ({ text }) => <View text={text} />);
});
const HexView = lazyView(async () => {
  const { HexView: View } = await import("./HexView");
  return of("bytes", ({ bytes }) => <View bytes={bytes} />);
});

export const BUILT_IN: readonly Viewer[] = [
  shaped("plot", "Plot", 5, PlotView),
  shaped("image", "Image", 6, ImageView),
  shaped("table", "Table", 12, TableView),
  { id: "auto-plot", title: "Plot", rank: 11, matches: isComplex, component: AutoPlot },
  { id: "matrix", title: "Heat map", rank: 13, matches: (value) => matrixPlot(value) !== undefined, component: MatrixPlot },
  { id: "list-table", title: "Table", rank: 14, matches: (value) => isRows(value) && !isScalars(value), component: TableView },
  { id: "auto-plot", title: "Plot", rank: 15, matches: (value) => !isScalars(value) && !isComplex(value) && hasNumbers(value), component: AutoPlot },
  ...FILE_VIEWERS,
  shaped("text", "Text", 30, TextView),
  shaped("scalar", "Value", 30, of("scalar", ({ value }, { port }) => (
    <div className={styles.scalar}>
      <b>{summarise(value)}</b>
      <small>{port}</small>
    </div>
  ))),
  { id: "auto-plot", title: "Plot", rank: 40, matches: (value) => isScalars(value) && hasNumbers(value) && !isVast(value), component: AutoPlot },
  { id: "list-table", title: "Table", rank: 45, matches: (value) => isScalars(value) && !isVast(value), component: TableView },
  { id: "list-table", title: "Table", rank: 52, matches: (value) => isScalars(value) && isVast(value), component: TableView },
  { id: "auto-plot", title: "Plot", rank: 53, matches: (value) => isScalars(value) && hasNumbers(value) && isVast(value), component: AutoPlot },
  {
    id: "tree",
    title: "Data",
    rank: 50,
    matches: (value) => typeof value === "object" && value !== null && !(value instanceof Uint8Array) && shapeOf(value).shape !== "file",
    component: TreeView,
  },
  shaped("bytes", "Bytes", 60, HexView),
  shaped("nothing", "Value", 90, () => (
    <p className={styles.note}>This output has no value any more: run the workflow again</p>
  )),
];

/** A viewer of the values of one shape. */
function shaped(id: Shape["shape"], title: string, rank: number, component: Viewer["component"]): Viewer {
  return { id, title, rank, matches: (value) => shapeOf(value).shape === id, component };
}

/** A component for the values of one shape. */
function of<Name extends Shape["shape"]>(
  name: Name,
  show: (shape: Of<Name>, about: ViewerProps["about"]) => React.ReactNode,
): Viewer["component"] {
  return ({ value, about }) => {
    const shape = shapeOf(value);
    return shape.shape === name ? show(shape as Of<Name>, about) : null;
  };
}

/** A component for all that has rows. */
function tables(show: (table: Table, name: string) => React.ReactNode): Viewer["component"] {
  return function Rows({ value, about: { port } }: ViewerProps) {
    const table = useMemo(() => tabular(value), [value]);
    return table ? show(table, port) : null;
  };
}

/** Whether a value is a list of rows, told by its first item. */
function isRows(value: unknown): boolean {
  if (isComplexList(value)) return true;
  return isList(value) && !(value instanceof Uint8Array) && value.length > 1 && typeof first(value) === "object" && first(value) !== null;
}

/** Whether a value is a list of numbers, texts and the like. */
function isScalars(value: unknown): boolean {
  return isList(value) && !(value instanceof Uint8Array) && value.length > 1 && typeof first(value) !== "object";
}

/** Whether a list is so long that drawing or sorting it keeps the page busy: that is done only when asked for. */
function isVast(value: unknown): boolean {
  return isList(value) && value.length > 2_000_000;
}

function isComplex(value: unknown): boolean {
  if (isComplexList(value)) return value.re.length > 1;
  const one = isList(value) ? first(value) : undefined;
  return isRows(value) && typeof one === "object" && one !== null && "re" in one && "im" in one;
}

/** Whether there is anything to draw, told by the first rows. */
function hasNumbers(value: unknown): boolean {
  const shape = shapeOf(value);
  if (shape.shape === "table") {
    return shape.table.columns.some(({ values }) => isComplexList(values) || (values.length > 1 && isNumberLike(first(values))));
  }
  if (!isList(value) || value instanceof Uint8Array || value.length < 2) return false;
  const one = first(value);
  if (typeof one === "object" && one !== null && !isList(one)) return Object.values(one).some((field) => typeof field === "number");
  return isNumberLike(one);
}

function isNumberLike(one: unknown): boolean {
  return typeof one === "number" || typeof one === "bigint" || (typeof one === "object" && one !== null && "re" in one);
}

/** The first item that is one. */
function first(list: ArrayLike<unknown>): unknown {
  for (let at = 0; at < Math.min(list.length, 20); at += 1) if (list[at] !== null && list[at] !== undefined) return list[at];
  return undefined;
}
