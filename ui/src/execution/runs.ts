import { ApiError, explain, type TracesApi, type WorkflowsApi } from "../api/api";
import type { Editor } from "../workflow/editor";
import type { LoadProgress, RunPayload, RunReport, Runner } from "../run/types";
import type { RunBoard } from "./board";

/** Makes the runner when the first run needs it. */
export type RunnerSource = (onProgress: (progress: LoadProgress) => void) => Promise<Runner>;

/** Starts and stops runs of the open workflow, and has their traces kept. */
export type Runs = {
  /** Runs what is on the canvas now. Does nothing while a run is on. */
  run(): Promise<void>;
  cancel(): void;
  /** Loads the runtimes of the open workflow ahead of time. */
  warm(): void;
  /** Tries again to keep the newest trace. */
  keepAgain(): Promise<void>;
  value(node: string, port: string): unknown;
  values(node: string): Readonly<Record<string, unknown>> | undefined;
  dispose(): void;
};

/** `onFindings` is called when the server refuses a run for what is wrong with the workflow. */
export function createRuns(
  api: WorkflowsApi & TracesApi,
  editor: Editor,
  board: RunBoard,
  source: RunnerSource,
  onFindings: () => void = () => undefined,
): Runs {
  let ready: Runner | undefined;
  let abort: AbortController | undefined;
  let report: RunReport | undefined;

  const getRunner = once(async () => (ready = await source((progress) => board.setLoading(progress))));

  const keep = async (round: number) => {
    const phase = board.phase();
    if (phase.phase !== "ended" || !report) return;
    board.setPhase({ ...phase, trace: { state: "saving" } });
    const trace = await api.keepTrace(report).then(
      (saved) => ({ state: "saved" as const, trace: saved }),
      (error: unknown) => ({ state: "failed" as const, ...explain(error) }),
    );
    if (board.round() !== round) return;
    if (trace.state === "saved") report = undefined;
    board.setPhase({ ...phase, trace });
  };

  const run = async () => {
    if (board.isBusy()) return;
    const { doc, clean, origin } = editor.store.getState();
    const stop = new AbortController();
    abort = stop;
    report = undefined;
    board.clear({ phase: "preparing" });
    const round = board.round();
    const mine = () => board.round() === round;
    try {
      const [{ payload }, made] = await Promise.all([api.prepareRun(doc, stop.signal), getRunner()]);
      if (!mine()) return;
      const stored = origin.kind === "stored" && doc === clean ? origin : undefined;
      const whole: RunPayload = stored
        ? { ...payload, workflow_volume: stored.volume, workflow_version: stored.version }
        : payload;
      board.setPhase({ phase: "running", since: performance.now() });
      const result = await made.run(whole, {
        signal: stop.signal,
        onUpdate: (batch) => mine() && board.take(batch),
      });
      if (!mine()) {
        // The page shows another workflow by now; what ran is kept all the same.
        await api.keepTrace(result.report);
        return;
      }
      report = result.report;
      const { outcome, durationMs } = result;
      board.setPhase({ phase: "ended", outcome, durationMs, tally: board.tally(), trace: { state: "saving" } });
      await keep(round);
    } catch (error) {
      if (!mine()) return;
      if (stop.signal.aborted) board.clear();
      else board.setPhase({ phase: "refused", ...explain(error) });
      if (error instanceof ApiError && error.problem.findings?.length) onFindings();
    } finally {
      if (abort === stop) abort = undefined;
    }
  };

  return {
    run,
    cancel: () => abort?.abort(),
    warm() {
      const { doc, skills } = editor.store.getState();
      const types = new Set(doc.nodes.flatMap(({ skill_id }) => skills[skill_id]?.type ?? []));
      if (types.size > 0) void getRunner().then((made) => made.prepare(types), () => undefined);
    },
    keepAgain: () => keep(board.round()),
    value: (node, port) => ready?.value(node, port),
    values: (node) => ready?.values(node),
    dispose() {
      abort?.abort();
      ready?.dispose();
    },
  };
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
