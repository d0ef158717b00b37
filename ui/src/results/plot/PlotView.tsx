import { useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { useTheme } from "../../app/theme";
import { Button } from "../../parts/Button";
import { saveParts } from "../download";
import type { Plot } from "../value";
import { drawChart, type Palette, readPalette } from "./chart";
import { plotCsv, plotPng } from "./export";
import { Hover, type HoverState, hoverOf } from "./Hover";
import { describePlot, plotModel } from "./model";
import { Legend } from "./Legend";
import { PlotData } from "./PlotData";
import styles from "./PlotView.module.css";

type PlotViewProps = { plot: Plot; name: string };

/** A plot that can be looked into: hover, zoom by dragging, series on and off, values as a table. */
export function PlotView({ plot, name }: PlotViewProps) {
  const model = useMemo(() => plotModel(plot), [plot]);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [palette, setPalette] = useState<Palette>();
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [hover, setHover] = useState<HoverState | null>(null);
  const [asTable, setAsTable] = useState(false);
  const theme = useTheme();

  useEffect(() => {
    const element = box.current;
    if (!element || asTable) return;
    const colours = readPalette(element);
    setPalette(colours);
    const size = () => ({ width: Math.max(element.clientWidth, 160), height: Math.max(element.clientHeight, 120) });
    const made = drawChart(element, model, colours, size(), (u) => setHover(hoverOf(u, model)));
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize(size()));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [model, theme, asTable]);

  useEffect(() => {
    for (const at of model.traces.keys()) chart.current?.setSeries(at + 1, { show: !hidden.has(at) });
  }, [hidden, model, theme, asTable]);

  const toggle = (at: number) =>
    setHidden((now) => {
      const next = new Set(now);
      if (!next.delete(at)) next.add(at);
      return next;
    });

  return (
    <figure className={styles.figure}>
      <div className={styles.bar}>
        <figcaption className={styles.title}>{model.title || name}</figcaption>
        {!asTable && palette && <Legend model={model} palette={palette} hidden={hidden} onToggle={toggle} />}
        <div className={styles.actions}>
          <Button small look="ghost" icon={asTable ? "line" : "table"} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Plot" : "Values"}
          </Button>
          <Button
            small
            look="ghost"
            icon="down"
            disabled={asTable}
            onClick={() => chart.current && palette && void plotPng(chart.current, model, palette, name)}
          >
            PNG
          </Button>
          <Button small look="ghost" icon="down" onClick={() => saveParts(`${name}.csv`, "text/csv", plotCsv(plot))}>
            CSV
          </Button>
        </div>
      </div>
      {asTable ? (
        <PlotData plot={plot} />
      ) : (
        <div className={styles.chart} role="img" aria-label={describePlot(model)} onPointerLeave={() => setHover(null)}>
          <div ref={box} className={styles.box} />
          {hover && palette && <Hover hover={hover} model={model} palette={palette} />}
        </div>
      )}
    </figure>
  );
}
