import { createStore, type StoreApi } from "zustand/vanilla";

import { explain, type LlmosApi } from "../api/api";
import type { TraceView } from "../api/schema";
import type { Engine } from "../engine/engine";
import type { RunView, Runs } from "../execution/runs";
import { sweepIn, sweepView } from "../sweep/fromTrace";
import type { SweepState, Sweeps } from "../sweep/sweeps";
import type { Editor } from "../workflow/editor";
import { replayJob, verdictOf, type Verdict } from "./replay";
import { viewOf } from "./traceView";

/** The earlier run that the canvas shows, and what came of running it again. */
export type ViewingState = {
  trace: TraceView | null;
  /** The trace that is being read. */
  opening: string | null;
  replay: { state: "running" } | { state: "done"; verdict: Verdict; traceId: string | null } | null;
  /** The traces chosen for a comparison, at most two. */
  picked: readonly string[];
  /** The two that are compared now. */
  compared: readonly [string, string] | null;
  problem: { message: string; hint: string | null } | null;
};

/** Looks at earlier runs, and runs them again. */
export type Viewing = {
  store: StoreApi<ViewingState>;
  /** Shows an earlier run on the canvas; nothing there can be changed. */
  open(id: string): Promise<void>;
  /** Goes back to the open workflow. */
  back(): void;
  /** Forgets the earlier run because something else was opened. */
  left(): void;
  /** Runs the shown trace again with the same skills, and compares what comes out. */
  replay(): Promise<void>;
  /** Takes over the workflow as that run had it; one step of the history. */
  restore(): void;
  pick(id: string): void;
  compare(pair: readonly [string, string] | null): void;
};

type Parts = { api: LlmosApi; editor: Editor; engine: Engine; runs: Runs; sweeps: Sweeps; flush: () => void; learn: (trace: TraceView) => void };

export function createViewing({ api, editor, engine, runs, sweeps, flush, learn }: Parts): Viewing {
  const store = createStore<ViewingState>(() => ({ ...CLOSED, picked: [], compared: null }));
  let behind: RunView | undefined;
  let sweepBehind: SweepState | undefined;
  let turn = 0;

  const show = (trace: TraceView) => {
    if (!editor.store.getState().readOnly) {
      flush();
      behind = runs.view();
      sweepBehind = sweeps.store.getState();
    }
    const view = viewOf(trace);
    const found = sweepIn(trace);
    const swept = found && sweepView(trace, found, view);
    editor.look(found?.doc ?? trace.run.workflow);
    learn(trace);
    runs.show(swept?.view ?? view);
    sweeps.show(swept && { ...sweeps.store.getState(), sweep: swept.sweep, picked: null });
    store.setState({ ...CLOSED, trace, problem: trace.note ? { message: trace.note, hint: null } : null });
  };

  return {
    store,
    async open(id) {
      turn += 1;
      const mine = turn;
      store.setState({ opening: id, problem: null });
      try {
        const trace = await api.readTrace(id);
        if (mine === turn) show(trace);
      } catch (error) {
        if (mine === turn) store.setState({ opening: null, problem: explain(error) });
      }
    },
    back() {
      turn += 1;
      if (store.getState().trace) {
        editor.back();
        runs.show(behind);
        sweeps.show(sweepBehind);
      }
      behind = undefined;
      store.setState(CLOSED);
    },
    left() {
      turn += 1;
      behind = undefined;
      store.setState({ ...CLOSED, picked: [], compared: null });
    },
    async replay() {
      const { trace } = store.getState();
      if (!trace) return;
      store.setState({ replay: { state: "running" } });
      const result = await runs.start(replayJob(api, trace.trace_id));
      if (store.getState().trace !== trace) return;
      const kept = runs.keptAs();
      store.setState({
        replay: result ? { state: "done", verdict: verdictOf(engine, trace.run, result.report), traceId: kept?.trace_id ?? null } : null,
      });
    },
    restore() {
      const { trace } = store.getState();
      if (!trace) return;
      const { nodes, edges } = editor.store.getState().doc;
      editor.back();
      runs.show(undefined);
      sweeps.show(sweepBehind);
      behind = undefined;
      store.setState(CLOSED);
      editor.edit((doc) => ({ ...doc, nodes, edges }));
    },
    pick(id) {
      const { picked } = store.getState();
      store.setState({ picked: picked.includes(id) ? picked.filter((one) => one !== id) : [...picked.slice(-1), id] });
    },
    compare: (compared) => store.setState({ compared }),
  };
}

const CLOSED = { trace: null, opening: null, replay: null, problem: null } as const;
