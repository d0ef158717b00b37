import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { count, duration } from "../parts/time";
import { saveFile } from "../results/download";
import { csvOf, plotOf } from "./rows";
import styles from "./Sweep.module.css";
import { SweepTable } from "./SweepTable";

const PlotView = lazy(() => import("../results/plot/PlotView").then(({ PlotView: view }) => ({ default: view })));

/** So many outputs are shown before anybody chooses. */
const FIRST = 3;

/** A sweep while it runs and afterwards: how far it is, a table, a plot. */
export function SweepPanel() {
  const { board, sweeps, view } = useWorkbench();
  const { sweep, picked } = useStore(sweeps.store);
  const { rows, outputs, nDone, nFailed, leftMs } = useBoard(board, sweeps.rows);
  const busy = useBoard(board, (now) => now.isBusy());
  const [asked, setAsked] = useState<readonly number[]>();
  useEffect(() => setAsked(undefined), [sweep?.runs]);
  const chosen = useMemo(() => asked ?? outputs.slice(0, FIRST).map((_, at) => at), [asked, outputs]);
  // While runs come in, the plot is drawn anew now and then, not for each of them.
  const shown = busy ? Math.floor(nDone / Math.max(1, rows.length / 20)) : nDone;
  const plot = useMemo(
    () => sweep && plotOf(sweep.spec, rows, outputs, chosen, `${sweep.doc.name}: sweep`),
    // oxlint-disable-next-line react/exhaustive-deps -- `shown` stands for the rows
    [sweep?.spec, shown, outputs, chosen],
  );
  if (!sweep || !plot) return null;
  const flip = (at: number) =>
    setAsked(chosen.includes(at) ? chosen.filter((one) => one !== at) : [...chosen, at].toSorted((a, b) => a - b));

  return (
    <div className={styles.panel}>
      <div className={styles.bar}>
        <Progress nDone={nDone} nFailed={nFailed} n={rows.length} leftMs={leftMs} over={sweep.whole !== null || !busy} />
        <div role="group" aria-label="Outputs shown" className={styles.outputs}>
          {outputs.map(({ label, ref }, at) => (
            <button key={label} type="button" aria-pressed={chosen.includes(at)} title={label} onClick={() => flip(at)}>
              {ref.port}
            </button>
          ))}
        </div>
        {picked !== null && (
          <Button small onClick={() => sweeps.pick(null)}>
            Show all runs on the canvas
          </Button>
        )}
        <Button small icon="settings" disabled={busy} onClick={() => view.set({ dialog: "sweep" })}>
          Change
        </Button>
        <Button
          small
          icon="down"
          disabled={nDone === 0}
          onClick={() => saveFile({ name: `${sweep.doc.workflow_id}-sweep.csv`, mime: "text/csv", parts: [csvOf(sweep.spec, rows, outputs)] })}
        >
          CSV
        </Button>
      </div>
      <div className={styles.split}>
        <SweepTable spec={sweep.spec} rows={rows} outputs={outputs} chosen={chosen} picked={picked} onPick={sweeps.pick} />
        <div className={styles.plot}>
          {outputs.length === 0 ? (
            <p className={styles.note}>No output that differs from run to run is a number; click a row to see what that run gave</p>
          ) : plot.series.length === 0 ? (
            <p className={styles.note}>{busy ? "The plot appears as runs finish" : "Nothing to draw"}</p>
          ) : (
            <Suspense fallback={<p className={styles.note}>Loading the plot…</p>}>
              <PlotView plot={plot} name={`${sweep.doc.workflow_id}-sweep`} />
            </Suspense>
          )}
        </div>
      </div>
    </div>
  );
}

type ProgressProps = { nDone: number; nFailed: number; n: number; leftMs: number | undefined; over: boolean };

/** `57 of 200 runs, about 12 s left`, and a bar. */
function Progress({ nDone, nFailed, n, leftMs, over }: ProgressProps) {
  const failed = nFailed > 0 ? `, ${nFailed.toLocaleString("en")} failed` : "";
  const text = over
    ? `${nDone === n ? count(n, "run") : `${nDone.toLocaleString("en")} of ${count(n, "run")}`}${failed}`
    : `${nDone.toLocaleString("en")} of ${count(n, "run")}${failed}${leftMs === undefined ? "" : `, about ${duration(leftMs)} left`}`;
  return (
    <div className={styles.progress}>
      {!over && <progress value={nDone} max={n} aria-label="Runs that are over" />}
      <span role="status" aria-label="Progress of the sweep">
        {text}
      </span>
    </div>
  );
}
