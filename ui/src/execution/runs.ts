import { ApiError, explain, type TracesApi, type WorkflowsApi } from "../api/api";
import type { SavedTrace } from "../api/schema";
import type { LoadProgress, RunReport, RunResult, Runner } from "../run/types";
import { nodeSkill } from "../workflow/uses";
import type { Editor } from "../workflow/editor";
import type { BoardState, RunBoard, TraceState } from "./board";
import { canvasJob, type Job, type Prepared, type RunPart } from "./job";
import { frozen, Shown } from "./shown";

/** Makes the runner when the first run needs it. */
export type RunnerSource = (onProgress: (progress: LoadProgress) => void) => Promise<Runner>;

/** What a run left on the board, with its values. */
export type RunView = { readonly board: BoardState; readonly shown: Shown; readonly report: RunReport | undefined };

/** Starts and stops runs of the open workflow, and has their traces kept. */
export type Runs = {
  /** Runs what is on the canvas now, or a part of it. Does nothing while a run is on. */
  run(part?: RunPart): Promise<void>;
  /** Runs something else; answers how it went, or `undefined` where it did not run to its end in view. */
  start(job: Job): Promise<RunResult | undefined>;
  cancel(): void;
  /** Loads the runtimes of the open workflow ahead of time. */
  warm(): void;
  /** Tries again to keep the newest trace. */
  keepAgain(): Promise<void>;
  /** Where the newest run was kept; `undefined` until it is. */
  keptAs(): SavedTrace | undefined;
  value(node: string, port: string): unknown;
  values(node: string): Readonly<Record<string, unknown>> | undefined;
  /** What is shown now; `undefined` while a run is on, or where there is nothing. */
  view(): RunView | undefined;
  /** Shows what an earlier run left, or nothing. A run that is on is cancelled. */
  show(view: RunView | undefined): void;
  /** The values that are shown now. */
  shown(): Shown;
  dispose(): void;
};

/** `onFindings` is called when the server refuses a run for what is wrong with the workflow, `onKept` when a run is in Git. */
export function createRuns(
  api: WorkflowsApi & TracesApi,
  editor: Editor,
  board: RunBoard,
  source: RunnerSource,
  onFindings: () => void = () => undefined,
  onKept: (trace: SavedTrace, report: RunReport) => void = () => undefined,
): Runs {
  let ready: Runner | undefined;
  let abort: AbortController | undefined;
  let report: RunReport | undefined;
  let shown = new Shown();

  const getRunner = once(async () => (ready = await source((progress) => board.setLoading(progress))));

  /** How far the keeping of each report is, also of those that are not shown. */
  const kept = new WeakMap<RunReport, TraceState>();
  const keep = async (one: RunReport) => {
    const tell = (trace: TraceState) => {
      kept.set(one, trace);
      const phase = board.phase();
      if (report === one && phase.phase === "ended") board.setPhase({ ...phase, trace });
    };
    tell({ state: "saving" });
    await api.keepTrace(one).then(
      (trace) => {
        tell({ state: "saved", trace });
        onKept(trace, one);
      },
      (error: unknown) => tell({ state: "failed", ...explain(error) }),
    );
  };

  const go = async (job: Job, stop: AbortController, round: number): Promise<RunResult | undefined> => {
    const mine = () => board.round() === round;
    const [prepared, runner] = await Promise.all([job.prepare(stop.signal), getRunner()]);
    if (!mine()) return undefined;
    const { payload, options, parts, drawn } = prepared;
    if (parts.size > 0) board.group(parts, job.keeps);
    const before = job.keeps ? shown : new Shown();
    shown = before.under(runner.outputs, drawn);
    board.setPhase({ phase: "running", since: performance.now() });
    const result = await runner.run(payload, {
      ...options,
      signal: stop.signal,
      onUpdate: (batch) => mine() && board.take(batch),
    });
    if (!mine()) {
      // The page shows another workflow by now; what ran is kept all the same.
      await api.keepTrace(result.report);
      return undefined;
    }
    shown = new Shown(frozen(nodesOf(prepared, board), shown.outputsOf), shown.drawn);
    report = result.report;
    const { outcome, durationMs } = result;
    board.setPhase({ phase: "ended", outcome, durationMs, tally: board.tally(), trace: { state: "saving" } });
    await keep(report);
    return result;
  };

  const start = async (job: Job): Promise<RunResult | undefined> => {
    if (board.isBusy()) return undefined;
    const stop = new AbortController();
    abort = stop;
    report = undefined;
    if (job.keeps) board.begin({ phase: "preparing" });
    else board.clear({ phase: "preparing" });
    const round = board.round();
    try {
      return await go(job, stop, round);
    } catch (error) {
      if (board.round() !== round) return undefined;
      if (stop.signal.aborted) board.setPhase({ phase: "none" });
      else board.setPhase({ phase: "refused", ...explain(error) });
      if (error instanceof ApiError && error.problem.findings?.length) onFindings();
      return undefined;
    } finally {
      if (abort === stop) abort = undefined;
    }
  };

  return {
    async run(part) {
      await start(canvasJob(api, editor, part));
    },
    start,
    cancel() {
      const phase = board.phase();
      if (phase.phase === "running" && !phase.stopping) board.setPhase({ ...phase, stopping: true });
      abort?.abort();
    },
    warm() {
      const { doc, skills } = editor.store.getState();
      const types = new Set(doc.nodes.flatMap((node) => nodeSkill(node, skills)?.type ?? []));
      if (types.size > 0) void getRunner().then((made) => made.prepare(types), () => undefined);
    },
    async keepAgain() {
      if (report && kept.get(report)?.state === "failed") await keep(report);
    },
    keptAs() {
      const state = report && kept.get(report);
      return state?.state === "saved" ? state.trace : undefined;
    },
    value: (node, port) => shown.value(node, port),
    values: (node) => shown.values(node),
    view: () => (board.isBusy() || board.order().length === 0 ? undefined : { board: board.state(), shown, report }),
    show(view) {
      abort?.abort();
      report = view?.report;
      shown = view?.shown ?? new Shown();
      if (!view) return board.clear();
      const { phase, sheet } = view.board;
      const trace = report && kept.get(report);
      board.show({ phase: phase.phase === "ended" && trace ? { ...phase, trace } : phase, sheet });
    },
    shown: () => shown,
    dispose() {
      abort?.abort();
      ready?.dispose();
    },
  };
}

/** The ids under which this run, and those that it left standing, keep outputs. */
function nodesOf({ payload }: Prepared, board: RunBoard): string[] {
  const drawn = board.order();
  const parts = drawn.flatMap((id) => board.parts(id).map((part) => part.id));
  return [...drawn, ...parts, ...payload.workflow.nodes.map(({ id }) => id)];
}

/** Makes something when it is first asked for, and again after that failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (made) return made;
    const making = make();
    made = making;
    making.catch(() => (made = undefined));
    return making;
  };
}
