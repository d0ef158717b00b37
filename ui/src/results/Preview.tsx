import { lazy, Suspense } from "react";

import { Boundary } from "../parts/Boundary";
import { Button } from "../parts/Button";
import { PortTypeTag } from "../parts/PortTypeTag";
import { BytesView } from "./BytesView";
import { jsonParts, saveParts, tableCsv } from "./download";
import { FileView } from "./FileView";
import { summarise } from "./summary";
import { TextView } from "./TextView";
import { type Shape, shapeOf } from "./value";
import styles from "./Views.module.css";

const PlotView = lazy(() => import("./plot/PlotView").then(({ PlotView: view }) => ({ default: view })));
const TableView = lazy(() => import("./TableView").then(({ TableView: view }) => ({ default: view })));
const TreeView = lazy(() => import("./TreeView").then(({ TreeView: view }) => ({ default: view })));

type PreviewProps = {
  /** The node and port, as people read them. */
  title: string;
  /** The port alone; also the name of downloads. */
  port: string;
  type: string;
  value: unknown;
};

/** One output, in the form that suits its value. */
export function Preview({ title, port, type, value }: PreviewProps) {
  const shape = shapeOf(value);
  const save = download(port, shape);
  return (
    <article className={styles.preview} aria-label={title}>
      <header className={styles.title}>
        <h2>{title}</h2>
        <PortTypeTag type={type} />
        {save && (
          <Button small look="ghost" icon="down" onClick={save}>
            Download
          </Button>
        )}
      </header>
      <div className={styles.body}>
        <Boundary>
          <Suspense fallback={<p className={styles.note}>Loading preview…</p>}>
            <View shape={shape} port={port} />
          </Suspense>
        </Boundary>
      </div>
    </article>
  );
}

function View({ shape, port }: { shape: Shape; port: string }) {
  switch (shape.shape) {
    case "nothing":
      return <p className={styles.note}>This output has no value any more: run the workflow again</p>;
    case "plot":
      return <PlotView plot={shape.plot} name={port} />;
    case "table":
      return <TableView table={shape.table} />;
    case "image":
      return (
        <div className={styles.image}>
          <img src={shape.url} alt={`Output ${port}`} />
        </div>
      );
    case "file":
      return <FileView file={shape.file} />;
    case "bytes":
      return <BytesView bytes={shape.bytes} />;
    case "text":
      return <TextView text={shape.text} />;
    case "scalar":
      return (
        <div className={styles.scalar}>
          <b>{summarise(shape.value)}</b>
          <small>{port}</small>
        </div>
      );
    case "tree":
      return <TreeView value={shape.value} />;
  }
}

/** How to save a value as a file, where its preview does not offer that itself. */
function download(port: string, shape: Shape): (() => void) | undefined {
  switch (shape.shape) {
    case "table":
      return () => saveParts(`${port}.csv`, "text/csv", tableCsv(shape.table));
    case "image":
      return () => void saveImage(port, shape.url);
    case "text":
      return () => saveParts(`${port}.txt`, "text/plain", [shape.text]);
    case "bytes":
      return () => saveParts(`${port}.bin`, "application/octet-stream", [new Uint8Array(shape.bytes)]);
    case "tree":
      return () => saveParts(`${port}.json`, "application/json", [...jsonParts(shape.value)]);
    default:
      return undefined;
  }
}

async function saveImage(port: string, url: string): Promise<void> {
  const kind = /^data:image\/([a-z]+)/.exec(url)?.[1] ?? "png";
  const blob = await new Promise<Blob>((done) => {
    const [head = "", data = ""] = [url.slice(0, url.indexOf(",")), url.slice(url.indexOf(",") + 1)];
    const bytes = head.endsWith(";base64")
      ? Uint8Array.from(atob(data), (char) => char.codePointAt(0) ?? 0)
      : new TextEncoder().encode(decodeURIComponent(data));
    done(new Blob([bytes], { type: `image/${kind}` }));
  });
  saveParts(`${port}.${kind}`, blob.type, [blob]);
}
