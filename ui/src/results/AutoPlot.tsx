import { useMemo, useState } from "react";

import { PlotView } from "./plot/PlotView";
import styles from "./plot/PlotView.module.css";
import { firstChoice, type Kind, plotOf } from "./plotChoice";
import { isDrawable } from "./tabular";
import type { Table } from "./value";

type AutoPlotProps = { table: Table; name: string };

const KINDS: readonly Kind[] = ["line", "scatter", "bar"];

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
