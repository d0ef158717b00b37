import { lazy, Suspense, useCallback, useEffect } from "react";

import type { TraceView } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { nodeName } from "../canvas/flow";
import type { Skills } from "../engine/engine";
import { Failure } from "../parts/Failure";
import { IconButton } from "../parts/IconButton";
import { moment } from "../parts/time";
import type { RunSide } from "../results/compare/types";
import { nodeSkill } from "../workflow/uses";
import styles from "./History.module.css";

const CompareRuns = lazy(() => import("../results/compare/CompareRuns").then(({ CompareRuns: view }) => ({ default: view })));

/** Two earlier runs beside each other, over the whole window. */
export function CompareTraces({ pair }: { pair: readonly [string, string] }) {
  const { api, engine, viewing } = useWorkbench();
  const skills = useEditor((state) => state.skills);
  const [first, second] = pair;
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => Promise.all([api.readTrace(first, signal), api.readTrace(second, signal)]), [api, first, second]),
  );
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape") viewing.compare(null);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [viewing]);
  // The older one stands on the left.
  const [left, right] = result.state === "ready" ? result.value.toSorted((a, b) => a.run.started_at.localeCompare(b.run.started_at)) : [];

  return (
    <section aria-label="Comparison of two runs" className={styles.compare}>
      <header className={styles.compareHead}>
        <h2>Two runs side by side</h2>
        <IconButton icon="close" label="Close the comparison" keys="Escape" onClick={() => viewing.compare(null)} />
      </header>
      <div className={styles.compareBody}>
        {result.state === "loading" && <p role="status" className={styles.note}>Loading both runs…</p>}
        {result.state === "failed" && <Failure error={result.error} again={again} />}
        {left && right && (
          <Suspense fallback={<p role="status" className={styles.note}>Loading the comparison…</p>}>
            <CompareRuns
              left={sideOf(left, skills)}
              right={sideOf(right, skills)}
              compare={(a, b, tolerance) => engine.compareResults(a ?? null, b ?? null, tolerance)}
            />
          </Suspense>
        )}
      </div>
    </section>
  );
}

/** A kept run as the comparison reads one. */
function sideOf({ run }: TraceView, skills: Skills): RunSide {
  const drawn = new Map(run.workflow.nodes.map((node) => [node.id, node]));
  const outputs = new Map(run.nodes.map((node) => [node.node, node.outputs]));
  return {
    label: moment(Date.parse(run.started_at), true),
    durationMs: Date.parse(run.finished_at) - Date.parse(run.started_at),
    nodes: run.nodes.map(({ node: id, state, duration_ms, error, outputs: values }) => {
      const node = drawn.get(id);
      const skill = node && nodeSkill(node, skills);
      const types = new Map(skill?.outputs.map(({ name, type }) => [name, type]));
      return {
        id,
        name: node ? nodeName(node, skills) : id,
        state,
        ...(duration_ms !== null && { durationMs: duration_ms }),
        ...(error && { error: error.message.split("\n", 1)[0] ?? "" }),
        outputs: Object.keys(values).map((port) => ({ port, type: types.get(port) ?? "any" })),
      };
    }),
    value: async (node, port) => outputs.get(node)?.[port],
  };
}
