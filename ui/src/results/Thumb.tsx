import { lazy, Suspense } from "react";

import { Icon } from "../parts/Icon";
import { heavyDrawing } from "./drawing";
import { autoPlot } from "./plotChoice";
import styles from "./Gallery.module.css";
import { summarise } from "./summary";
import { cellText } from "./table/columns";
import { matrixPlot, tabular } from "./tabular";
import { shapeOf, type Table } from "./value";
import type { About } from "./viewer";
import { viewersOf } from "./viewers";

const PlotThumb = lazy(async () => ({ default: (await import("./plot/PlotThumb")).PlotThumb }));

const N_ROWS = 5;
const N_COLUMNS = 4;
const SHORT = 24;
const LONG = 260;

/** A value as a small picture that says what it is. */
export function Thumb({ value, about }: { value: unknown; about: About }) {
  const [viewer] = viewersOf(value, about);
  const shape = shapeOf(value);
  switch (viewer?.id) {
    case "plot":
      return shape.shape === "plot" ? plot(<PlotThumb plot={shape.plot} />) : null;
    case "auto-plot":
      return plot(<PlotThumb plot={autoPlot(tabular(value) ?? { columns: [] })} />);
    case "matrix": {
      const map = matrixPlot(value);
      return map ? plot(<PlotThumb plot={map} />) : null;
    }
    case "image":
      if (shape.shape !== "image") return null;
      return heavyDrawing(shape.url) ? <Words text={summarise(value)} /> : <img src={shape.url} alt="" />;
    case "table":
    case "list-table":
      return <Rows table={tabular(value) ?? { columns: [] }} />;
    case "text":
      return shape.shape === "text" ? <Words text={shape.text.slice(0, LONG)} /> : null;
    case "scalar":
    case "tree":
      return <Words text={summarise(value)} />;
    default:
      return (
        <span className={styles.words}>
          <Icon name="image" size={22} /> {viewer?.title} · {summarise(value)}
        </span>
      );
  }
}

function plot(thumb: React.ReactNode) {
  return <Suspense fallback={null}>{thumb}</Suspense>;
}

function Words({ text }: { text: string }) {
  return (
    <span className={styles.words} data-short={text.length <= SHORT}>
      {text}
    </span>
  );
}

function Rows({ table: { columns } }: { table: Table }) {
  const shown = columns.slice(0, N_COLUMNS);
  const n = Math.min(N_ROWS, Math.max(0, ...columns.map(({ values }) => values.length)));
  /* oxlint-disable react/no-array-index-key -- places in a table have no other identity */
  return (
    <table aria-hidden="true">
      <tbody>
        <tr>
          {shown.map(({ name }, at) => (
            <th key={at}>{name}</th>
          ))}
        </tr>
        {Array.from({ length: n }, (_, row) => (
          <tr key={row}>
            {shown.map(({ values }, at) => (
              <td key={at}>{cellText(values[row])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  /* oxlint-enable react/no-array-index-key */
}
