import { createStore, type StoreApi } from "zustand/vanilla";

import type { WorkflowsApi } from "../api/api";
import type { PortRef, WorkflowDoc } from "../api/schema";
import type { Engine } from "../engine/engine";
import type { NodeRun, RunBoard } from "../execution/board";
import { canvasJob, type Prepared } from "../execution/job";
import type { Runs, RunView } from "../execution/runs";
import { Sheet } from "../execution/sheet";
import { Shown } from "../execution/shown";
import type { Editor } from "../workflow/editor";
import { drawnOnce, type Expanded, outputsIn, type SweepRun } from "./expanded";
import { sweepReader, type SweepRows } from "./reader";
import type { AxisDraft, SweepSpec } from "./spec";

/** A sweep that runs or has run. */
export type Sweep = {
  spec: SweepSpec;
  /** The workflow as it was drawn. */
  doc: WorkflowDoc;
  runs: readonly SweepRun[];
  prepared: Prepared;
  startedAt: number;
  /** What all runs left; `null` while they go on. */
  whole: RunView | null;
};

/** What the form of a sweep holds, and the input that it was opened for. */
export type SweepForm = { axes: readonly AxisDraft[]; mode: SweepSpec["mode"]; asked: PortRef | null };

export type SweepState = {
  form: SweepForm;
  sweep: Sweep | null;
  /** The run that the canvas shows; `null` for all of them. */
  picked: number | null;
};

/** Runs a workflow for many values of its inputs. */
export type Sweeps = {
  store: StoreApi<SweepState>;
  start(spec: SweepSpec): Promise<void>;
  /** Keeps what the form holds for the next time. */
  remember(form: SweepForm): void;
  /** Has the form begin with this input. */
  ask(input: PortRef): void;
  /** Shows one run on the canvas, or all of them. */
  pick(index: number | null): void;
  /** The runs with what they gave so far; the same object until that changes. */
  rows(): SweepRows;
  /** Puts another state in place, such as that of another workflow. */
  show(state: SweepState | undefined): void;
};

type Parts = { api: WorkflowsApi; board: RunBoard; editor: Editor; engine: Engine; runs: Runs };

export function createSweeps({ api, board, editor, engine, runs }: Parts): Sweeps {
  const store = createStore<SweepState>(() => NOTHING);
  const shownIn = (run: SweepRun): Shown => {
    const { sweep } = store.getState();
    const all = sweep?.whole?.shown ?? runs.shown();
    return new Shown(outputsIn(run, all.outputsOf), sweep?.prepared.drawn);
  };
  const nodeOf = (id: string): NodeRun => store.getState().sweep?.whole?.board.sheet.node(id) ?? board.node(id);

  const read = sweepReader({
    value: (run, node, port) => shownIn(run).value(node, port),
    state: (run) => summed(Object.values(run.nodes).map((id) => nodeOf(id).state)),
    changes: board.changes,
  });

  return {
    store,
    async start(spec) {
      const { doc } = editor.store.getState();
      const job = canvasJob(api, editor);
      const result = await runs.start({
        keeps: false,
        async prepare(signal) {
          const prepared = await job.prepare(signal);
          const { workflow, skills } = prepared.payload;
          const expanded = engine.expandSweep(workflow, skills, { ...spec, parts: prepared.partsView });
          store.setState({ picked: null, sweep: { spec, doc, runs: expanded.runs, prepared, startedAt: performance.now(), whole: null } });
          return sweepOf(prepared, expanded);
        },
      });
      const { sweep } = store.getState();
      const whole = result && runs.view();
      if (sweep && whole) store.setState({ sweep: { ...sweep, whole } });
    },
    remember: (form) => store.setState({ form }),
    ask: (asked) => store.setState(({ form }) => ({ form: { ...form, asked } })),
    pick(index) {
      const { sweep } = store.getState();
      if (!sweep?.whole || board.isBusy()) return;
      const run = index === null ? undefined : sweep.runs[index];
      store.setState({ picked: run ? index : null });
      runs.show(run ? { ...sweep.whole, board: { phase: sweep.whole.board.phase, sheet: sheetOf(sweep, run) }, shown: shownIn(run) } : sweep.whole);
    },
    rows: () => read(store.getState().sweep, editor.store.getState().skills),
    show: (state) => store.setState(state ?? NOTHING, true),
  };
}

const NOTHING: SweepState = { sweep: null, picked: null, form: { axes: [], mode: "product", asked: null } };

/** The expanded workflow instead of the one that is drawn. */
function sweepOf(prepared: Prepared, expanded: Expanded): Prepared {
  const first = expanded.runs[0];
  const drawn = new Map(
    [...prepared.drawn].map(([id, ports]) => [
      id,
      Object.fromEntries(Object.entries(ports).map(([port, ref]) => [port, { ...ref, node: first?.nodes[ref.node] ?? ref.node }])),
    ]),
  );
  return { ...prepared, payload: { ...prepared.payload, workflow: expanded.workflow }, parts: drawnOnce(prepared, expanded), drawn };
}

/** The canvas as one run alone would have left it. */
function sheetOf({ prepared, whole }: Sweep, run: SweepRun): Sheet {
  const copyOf = (id: string) => run.nodes[id] ?? id;
  const parts = [...prepared.parts].map(([outer, members]) => [outer, members.map(({ id, label }) => ({ id: copyOf(id), label }))] as const);
  const sheet = new Sheet(new Map(parts));
  const outer = new Map([...prepared.parts].flatMap(([drawn, members]) => members.map(({ id }) => [id, drawn] as const)));
  for (const { id } of prepared.payload.workflow.nodes) {
    const [copy, drawn] = [copyOf(id), outer.get(id) ?? id];
    const known = whole?.board.sheet.node(copy);
    if (!known || known.state === "idle") continue;
    const lines = whole?.board.sheet.lines(drawn).filter(({ node, part }) => (part ?? node) === copy) ?? [];
    sheet.adopt(drawn === id ? id : copy, known, lines);
  }
  return sheet;
}

const ORDER: readonly NodeRun["state"][] = ["running", "queued", "idle", "error", "cancelled", "skipped", "success", "cached"];

/** How far several nodes are together. */
function summed(states: readonly NodeRun["state"][]): NodeRun["state"] {
  return ORDER.find((state) => states.includes(state)) ?? "idle";
}
