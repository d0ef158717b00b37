/** The viewers of ordinary values. */
import { BytesView } from "./BytesView";
import { FileView } from "./FileView";
import { summarise } from "./summary";
import { TextView } from "./TextView";
import { type Shape, shapeOf } from "./value";
import { lazyView, type Viewer, type ViewerProps } from "./viewer";
import styles from "./Views.module.css";

type Of<Name extends Shape["shape"]> = Extract<Shape, { shape: Name }>;

const PlotView = lazyView(async () => {
  const { PlotView: View } = await import("./plot/PlotView");
  return of("plot", ({ plot }, { port }) => <View plot={plot} name={port} />);
});
const TableView = lazyView(async () => {
  const { TableView: View } = await import("./table/TableView");
  return of("table", ({ table }, { port }) => <View table={table} name={port} />);
});
const TreeView = lazyView(async () => {
  const { TreeView: View } = await import("./TreeView");
  return ({ value }) => <View value={value as object} />;
});

export const BUILT_IN: readonly Viewer[] = [
  view("plot", "Plot", 5, PlotView),
  view("image", "Image", 6, of("image", ({ url }, { port }) => (
    <div className={styles.image}>
      <img src={url} alt={`Output ${port}`} />
    </div>
  ))),
  view("table", "Table", 12, TableView),
  view("file", "File", 20, of("file", ({ file }) => <FileView file={file} />)),
  view("text", "Text", 30, of("text", ({ text }) => <TextView text={text} />)),
  view("scalar", "Value", 30, of("scalar", ({ value }, { port }) => (
    <div className={styles.scalar}>
      <b>{summarise(value)}</b>
      <small>{port}</small>
    </div>
  ))),
  view("bytes", "Bytes", 60, of("bytes", ({ bytes }) => <BytesView bytes={bytes} />)),
  {
    id: "tree",
    title: "Data",
    rank: 50,
    matches: (value) => typeof value === "object" && value !== null && !(value instanceof Uint8Array),
    component: TreeView,
  },
  view("nothing", "Value", 90, () => (
    <p className={styles.note}>This output has no value any more: run the workflow again</p>
  )),
];

/** A viewer of the values of one shape. */
function view(id: Shape["shape"], title: string, rank: number, component: Viewer["component"]): Viewer {
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
