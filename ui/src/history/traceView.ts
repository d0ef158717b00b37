import type { TraceView } from "../api/schema";
import { RunBoard } from "../execution/board";
import type { RunView } from "../execution/runs";
import { plainOutputs, Shown } from "../execution/shown";
import type { NodeReport, NodeUpdate } from "../run/types";

/** A kept run as the board shows one: states, times, lines, values. */
export function viewOf({ run, trace_id, commit, path, volume }: TraceView): RunView {
  const board = new RunBoard();
  board.take(run.nodes.filter(({ state }) => state !== "idle").map(updateOf));
  board.setPhase({
    phase: "ended",
    outcome: run.outcome,
    durationMs: Date.parse(run.finished_at) - Date.parse(run.started_at),
    tally: board.tally(),
    trace: { state: "saved", trace: { trace_id, commit, path, volume } },
  });
  const outputs = new Map(run.nodes.map((node) => [node.node, plainOutputs(node.outputs)]));
  return { board: board.state(), shown: new Shown((node) => outputs.get(node)), report: undefined };
}

function updateOf({ node, state, started_ms, duration_ms, error, logs }: NodeReport): NodeUpdate {
  return {
    node,
    state,
    ...(started_ms !== null && { startedAt: started_ms }),
    ...(duration_ms !== null && { durationMs: duration_ms }),
    ...(error && { error }),
    log: logs.map(({ at_ms, stream, text }) => ({ atMs: at_ms, stream, text })),
  };
}
