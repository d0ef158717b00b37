/** The viewers of what is inside files. */
import { useMemo } from "react";

import { fromBase64 } from "./download";
import { parseCsv } from "./parseCsv";
import { type FileValue, isList, shapeOf } from "./value";
import { lazyView, type Viewer, type ViewerProps } from "./viewer";
import styles from "./Views.module.css";

const MarkdownView = lazyView(async () => {
  const { MarkdownView: View } = await import("./text/MarkdownView");
  return of((file) => <View text={textOf(file)} />);
});

const TableView = lazyView(async () => {
  const { TableView: View } = await import("./table/TableView");
  return function CsvFile({ value }: ViewerProps) {
    const file = fileOf(value);
    const table = useMemo(() => parseCsv(file ? textOf(file) : ""), [file]);
    return <View table={table} name={file?.name.replace(/\.\w+$/, "") ?? "table"} />;
  };
});

const TreeView = lazyView(async () => {
  const { TreeView: View } = await import("./tree/TreeView");
  return function JsonFile({ value }: ViewerProps) {
    const file = fileOf(value);
    const inside = useMemo(() => parsed(file ? textOf(file) : ""), [file]);
    if (inside instanceof Error) return <p className={styles.note}>The file says it is JSON, but it is not: {inside.message}</p>;
    return <View value={typeof inside === "object" && inside !== null ? inside : [inside]} />;
  };
});

const ImageView = lazyView(async () => {
  const { ImageView: View } = await import("./ImageView");
  return of((file) => <View url={urlOf(file)} name={file.name.replace(/\.\w+$/, "")} />);
});

const FileText = lazyView(async () => {
  const { FileText: View } = await import("./FileText");
  return of((file) => <View file={file} text={textOf(file)} />);
});

const FileBytes = lazyView(async () => {
  const { FileBytes: View } = await import("./FileText");
  return of((file) => <View file={file} />);
});

/** Files by what is inside; every file can also be seen as its text or its bytes. */
export const FILE_VIEWERS: readonly Viewer[] = [
  view("file-image", "Image", 8, ({ mime }) => /^image\/(png|jpe?g|gif|webp|avif|bmp|svg\+xml)$/.test(mime), ImageView),
  view("file-markdown", "Document", 18, (file) => is(file, "text/markdown", /\.(md|markdown)$/i), MarkdownView),
  view("file-table", "Table", 18, (file) => is(file, "text/csv", /\.(csv|tsv)$/i) || file.mime === "text/tab-separated-values", TableView),
  view("file-json", "Data", 18, (file) => is(file, "application/json", /\.json$/i), TreeView),
  view("file", "Text", 20, hasText, FileText),
  view("file-bytes", "Bytes", 60, (file) => !("text" in file), FileBytes),
];

function of(show: (file: FileValue) => React.ReactNode): Viewer["component"] {
  return ({ value }) => {
    const file = fileOf(value);
    return file ? show(file) : null;
  };
}

function view(id: string, title: string, rank: number, fits: (file: FileValue) => boolean, component: Viewer["component"]): Viewer {
  return {
    id,
    title,
    rank,
    matches(value) {
      const file = fileOf(value);
      return file !== undefined && fits(file);
    },
    component,
  };
}

function fileOf(value: unknown): FileValue | undefined {
  if (isList(value)) return undefined;
  const shape = shapeOf(value);
  return shape.shape === "file" ? shape.file : undefined;
}

function is({ mime, name }: FileValue, type: string, ending: RegExp): boolean {
  return mime.split(";", 1)[0] === type || (/^(text\/plain|application\/octet-stream|)$/.test(mime) && ending.test(name));
}

function hasText(file: FileValue): boolean {
  return "text" in file || /^(text\/|application\/(json|xml|javascript))/.test(file.mime);
}

function textOf(file: FileValue): string {
  return "text" in file ? file.text : new TextDecoder().decode(fromBase64(file.base64));
}

function urlOf(file: FileValue): string {
  return "text" in file ? `data:${file.mime},${encodeURIComponent(file.text)}` : `data:${file.mime};base64,${file.base64}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
