import { type ReactNode, useMemo, useState } from "react";

import { Button } from "../../parts/Button";
import { Icon } from "../../parts/Icon";
import { count } from "../../parts/time";
import { saveFile } from "../download";
import { Switch } from "../Switch";
import type { Plot, ScaleKind } from "../value";
import { Chart } from "./Chart";
import type { Picture } from "./draw";
import { plotCsv, plotPng, plotSvg } from "./export";
import { Legend } from "./Legend";
import { plotModel } from "./model";
import type { Palette } from "./palette";
import { PlotData } from "./PlotData";
import styles from "./PlotView.module.css";

type PlotViewProps = {
  plot: Plot;
  name: string;
  /** More to choose, beside what every plot has. */
  children?: ReactNode;
};

type Shown = { picture: Picture; width: number; height: number };

/** A plot that can be looked into: read, zoomed, its series and scales switched, seen as a table, saved. */
export function PlotView({ plot, name, children }: PlotViewProps) {
  const [scales, setScales] = useState<{ x?: ScaleKind; y?: ScaleKind }>({});
  const model = useMemo(() => plotModel(plot, scales), [plot, scales]);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [palette, setPalette] = useState<Palette>();
  const [asTable, setAsTable] = useState(false);
  const [shown, setShown] = useState<Shown>();

  const flip = (axis: "x" | "y") =>
    setScales({ ...scales, [axis]: model[axis].scale === "log" ? "linear" : "log" });
  const save = async (as: typeof plotSvg | typeof plotPng) => {
    if (shown) saveFile(await as(shown.picture, name, shown));
  };

  return (
    <figure className={styles.figure}>
      <div className={styles.bar}>
        <figcaption className={styles.title}>{model.title || name}</figcaption>
        {!asTable && palette && model.traces.length > 0 && (
          <Legend model={model} palette={palette} hidden={hidden} onHide={setHidden} />
        )}
        {!asTable && model.nLeft > 0 && (
          <p className={styles.left}>
            The first {count(model.traces.length, "series", "series")} of {(model.traces.length + model.nLeft).toLocaleString("en")} are drawn
          </p>
        )}
        <div className={styles.actions}>
          {children}
          {!asTable && (["x", "y"] as const).filter((axis) => !model[axis].categories).map((axis) => (
            <Switch key={axis} on={model[axis].scale === "log"} title={`Logarithmic ${axis} axis`} onChange={() => flip(axis)}>
              {`log ${axis}`}
            </Switch>
          ))}
          <Button small look="ghost" icon={asTable ? "line" : "table"} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Plot" : "Values"}
          </Button>
          <span className={styles.save} role="group" aria-label="Save as">
            <Icon name="down" size={13} />
            <button type="button" disabled={asTable} onClick={() => void save(plotPng)}>
              PNG
            </button>
            <button type="button" disabled={asTable} onClick={() => void save(plotSvg)}>
              SVG
            </button>
            <button type="button" onClick={() => saveFile({ name: `${name}.csv`, mime: "text/csv", parts: plotCsv(plot) })}>
              CSV
            </button>
          </span>
        </div>
      </div>
      {asTable ? (
        <PlotData plot={plot} />
      ) : (
        <Chart model={model} hidden={hidden} palette={palette} onPalette={setPalette} onShown={setShown} />
      )}
    </figure>
  );
}
