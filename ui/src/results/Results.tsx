import { lazy, Suspense, useMemo, useState } from "react";
import { useStore } from "zustand";

import { useEditor, useView, useWorkbench } from "../app/useWorkbench";
import { nodeName } from "../canvas/flow";
import { useKeep } from "../blobs/useKeep";
import { useBoard } from "../execution/useBoard";
import { IconButton } from "../parts/IconButton";
import { Tabs } from "../parts/Tabs";
import { showsSweep } from "../sweep/expanded";
import { SweepPanel } from "../sweep/SweepPanel";
import { count } from "../parts/time";
import { portLabel } from "../workflow/connecting";
import { findNode } from "../workflow/edits";
import { Failures } from "./Failures";
import { LogView } from "./LogView";
import { Outcome } from "./Outcome";
import { OutputList } from "./OutputList";
import { mostTelling, outputRows, type OutputRow } from "./outputs";
import { Preview } from "./Preview";
import { Problems } from "./Problems";
import styles from "./Results.module.css";
import { summarise } from "./summary";

const Gallery = lazy(async () => ({ default: (await import("./Gallery")).Gallery }));

/** What runs gave: outputs, printed lines, and what stands in the way of a run. */
export function Results() {
  const { board, canvas, editor, runs, sweeps, view } = useWorkbench();
  const asked = useView((state) => state.bottom);
  const phase = useBoard(board, (now) => now.phase());
  const nLines = useBoard(board, (now) => now.lines().length);
  const findings = useEditor((state) => state.findings);
  const swept = useStore(sweeps.store, ({ sweep }) => sweep?.runs);
  const isPicked = useStore(sweeps.store, ({ picked }) => picked !== null);
  const nRuns = swept?.length ?? 0;
  const ofSweep = useBoard(board, (now) => swept !== undefined && (isPicked || showsSweep(swept, now.parts)));
  const tab = asked === "sweep" && nRuns === 0 ? "results" : asked;
  const nameOf = (id: string) => {
    const { doc, skills } = editor.store.getState();
    const node = findNode(doc, id);
    return node ? nodeName(node, skills) : id;
  };

  return (
    <div className={styles.results}>
      <div className={styles.top}>
        <Tabs
          label="Results"
          tabs={[
            { id: "results", label: "Results" },
            { id: "log", label: "Log", n: nLines },
            { id: "problems", label: "Problems", n: findings.length },
            ...(nRuns > 0 ? [{ id: "sweep" as const, label: "Sweep", n: nRuns }] : []),
          ]}
          chosen={tab}
          onChoose={(bottom) => view.set({ bottom })}
        />
        <Outcome phase={phase} nRuns={ofSweep ? nRuns : undefined} onKeepAgain={() => void runs.keepAgain()} />
      </div>
      <div className={styles.body} role="tabpanel" aria-label={tab}>
        {tab === "results" && <Outputs />}
        {tab === "sweep" && <SweepPanel />}
        {tab === "log" && <LogView board={board} nameOf={nameOf} />}
        {tab === "problems" && (
          <Problems
            findings={findings}
            nameOf={nameOf}
            onShow={(node) => {
              view.set({ narrow: "canvas" });
              canvas.handle?.show(node);
            }}
          />
        )}
      </div>
    </div>
  );
}

/** The outputs of the run: all of them in short, one of them in full. */
function Outputs() {
  const { board, editor, runs, view } = useWorkbench();
  const changes = useBoard(board, (now) => now.changes());
  const shown = useView((state) => state.shown);
  const { doc, skills } = editor.store.getState();
  const rows = useMemo(
    () => outputRows(board, runs, doc, skills),
    // oxlint-disable-next-line react/exhaustive-deps -- `changes` stands for what the board holds
    [board, runs, doc, skills, changes],
  );
  const [gallery, setGallery] = useState(false);
  const keep = useKeep();
  const selection = useEditor((state) => state.selection);
  const asked = shown && rows.find(({ node, port }) => node === shown.node && port === shown.port);
  const selected = rows.filter(({ node }) => selection.has(node));
  const chosen = asked ?? mostTelling(selected, runs) ?? mostTelling(rows, runs);

  const failed = useMemo(
    () => board.order().filter((node) => board.node(node).state === "error"),
    // oxlint-disable-next-line react/exhaustive-deps -- `changes` stands for what the board holds
    [board, changes],
  );

  if (rows.length === 0) {
    const waiting = board.isBusy() ? "Outputs appear here as nodes finish" : "Run the workflow to see its outputs here";
    return failed.length > 0 ? <Failures nodes={failed} /> : <p className={styles.empty}>{waiting}</p>;
  }
  const valueOf = ({ node, port }: OutputRow) => runs.value(node, port);
  const show = ({ node, port }: OutputRow) => {
    setGallery(false);
    view.showOutput({ node, port });
  };
  const how = (
    <div className={styles.how}>
      <span>{count(rows.length, "output")}</span>
      <IconButton small icon={gallery ? "list" : "grid"} label={gallery ? "Show as list" : "Show as gallery"} onClick={() => setGallery(!gallery)} />
    </div>
  );
  return (
    <div className={styles.filled}>
      {failed.length > 0 && <Failures nodes={failed} />}
      {gallery ? (
        <>
          {how}
          <Suspense fallback={<p className={styles.empty}>Loading the gallery…</p>}>
            <Gallery rows={rows} valueOf={valueOf} onChoose={show} />
          </Suspense>
        </>
      ) : (
        <div className={styles.split}>
          <div className={styles.side}>
            {how}
            <OutputList rows={rows} chosen={chosen} summaryOf={(row) => summarise(valueOf(row))} onChoose={show} />
          </div>
          {chosen && (
            <Preview
              key={`${board.round()} ${chosen.node} ${chosen.port}`}
              title={portLabel(doc, skills, chosen)}
              about={chosen}
              value={valueOf(chosen)}
              ports={rows.filter(({ node }) => node === chosen.node).map(({ port }) => port)}
              onPort={(port) => view.showOutput({ node: chosen.node, port })}
              onKeep={keep}
            />
          )}
        </div>
      )}
    </div>
  );
}
