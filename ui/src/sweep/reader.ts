import type { Skills } from "../engine/engine";
import { scalarOutputs, type SweepOutput, type SweepRow } from "./rows";
import type { Sweep } from "./sweeps";
import type { SweepRun } from "./expanded";

/** The runs of a sweep with what they gave so far. */
export type SweepRows = {
  rows: readonly SweepRow[];
  outputs: readonly SweepOutput[];
  nDone: number;
  nFailed: number;
  /** About how long the rest takes, where that can be said. */
  leftMs: number | undefined;
};

type Source = {
  state(run: SweepRun): SweepRow["state"];
  value(run: SweepRun, node: string, port: string): unknown;
  /** Changes whenever a state may have changed. */
  changes(): number;
};

const OVER = new Set(["success", "cached", "error", "cancelled", "skipped"]);
const NOTHING: SweepRows = { rows: [], outputs: [], nDone: 0, nFailed: 0, leftMs: undefined };

/** Reads a sweep again and again, but each run only until it is over. */
export function sweepReader({ state, value, changes }: Source): (sweep: Sweep | null, skills: Skills) => SweepRows {
  let kept: { sweep: Sweep; at: number; result: SweepRows } | undefined;

  return (sweep, skills) => {
    if (!sweep) return NOTHING;
    const before = kept?.sweep.runs === sweep.runs ? kept : undefined;
    const at = changes();
    if (before && (before.at === at || before.sweep === sweep && sweep.whole !== null)) return before.result;
    const outputs = before?.result.outputs ?? scalarOutputs(sweep.doc, skills, sweep.runs[0]);
    const rows = sweep.runs.map((run, index): SweepRow => {
      const known = before?.result.rows[index];
      if (known && OVER.has(known.state)) return known;
      const now = state(run);
      if (known?.state === now) return known;
      const gave = now === "success" || now === "cached";
      return { run, state: now, outputs: gave ? outputs.map(({ ref }) => value(run, ref.node, ref.port)) : [] };
    });
    const nDone = rows.filter((row) => OVER.has(row.state)).length;
    const spent = performance.now() - sweep.startedAt;
    const result = {
      rows,
      outputs,
      nDone,
      nFailed: rows.filter((row) => row.state === "error").length,
      leftMs: nDone > 0 ? (spent / nDone) * (rows.length - nDone) : undefined,
    };
    kept = { sweep, at, result };
    return result;
  };
}
