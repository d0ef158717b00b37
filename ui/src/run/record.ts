/** What is remembered of each node while a run goes on, and the trace made of it. */

import { Encoder, wellFormed } from "./encode";
import type { StartCommand } from "./engine";
import type { HeldOutputs, PackedList } from "./lists";
import type { LogLine, NodeError, NodeReport, NodeState, RunOutcome, RunPayload, RunReport } from "./types";

/** One node of a run. */
export type NodeRecord = {
  state: NodeState;
  key: string | null;
  attempts: number;
  startedMs: number | null;
  durationMs: number | null;
  /** The memory of its worker afterwards, where the runtime can tell. */
  heapBytes: number | null;
  error: NodeError | null;
  /** Literals and defaults. */
  inputs: Record<string, unknown>;
  outputs: HeldOutputs | null;
  logs: LogLine[];
};

/** A node about which nothing is known yet. */
export function newRecord(key: string | null): NodeRecord {
  return {
    state: "idle",
    key,
    attempts: 0,
    startedMs: null,
    durationMs: null,
    heapBytes: null,
    error: null,
    inputs: {},
    outputs: null,
    logs: [],
  };
}

/** Everything a node is called with: what is written down, and what came over edges. */
export function inputsOf(
  { literals, links }: StartCommand,
  records: ReadonlyMap<string, NodeRecord>,
): { inputs: Record<string, unknown>; lists: PackedList[] } {
  const inputs: Record<string, unknown> = { ...literals };
  const all: PackedList[] = [];
  for (const [port, link] of Object.entries(links)) {
    const linked = records.get(link.node)?.outputs?.linked(link.port, port);
    if (linked?.value === undefined) continue;
    inputs[port] = linked.value;
    all.push(...linked.lists);
  }
  return { inputs, lists: all };
}

/** How a run went, apart from its nodes. */
export type RunFacts = { outcome: RunOutcome; startedAt: Date; finishedAt: Date };

/** Puts a finished run into the form that the server keeps. */
export function reportOf(payload: RunPayload, records: ReadonlyMap<string, NodeRecord>, facts: RunFacts): RunReport {
  const encoder = new Encoder();
  const report: RunReport = {
    workflow: payload.workflow,
    outcome: facts.outcome,
    started_at: facts.startedAt.toISOString(),
    finished_at: facts.finishedAt.toISOString(),
    nodes: payload.workflow.nodes.map(({ id, skill_id }) => {
      const version = payload.skills[skill_id]?.version ?? null;
      return nodeReport(id, skill_id, version, records.get(id) ?? newRecord(null), encoder);
    }),
  };
  if (payload.workflow_volume) report.workflow_volume = payload.workflow_volume;
  if (payload.workflow_version) report.workflow_version = payload.workflow_version;
  return report;
}

function nodeReport(
  node: string,
  skillId: string,
  version: string | null,
  record: NodeRecord,
  encoder: Encoder,
): NodeReport {
  const report: NodeReport = {
    node,
    skill_id: skillId,
    skill_version: version,
    state: record.state,
    key: record.key,
    attempts: record.attempts,
    started_ms: rounded(record.startedMs),
    duration_ms: rounded(record.durationMs),
    inputs: encoder.ports(record.inputs),
    outputs: record.outputs ? encoder.held(record.outputs) : {},
    logs: record.logs.map(({ atMs, stream, text }) => ({ at_ms: rounded(atMs) ?? 0, stream, text: wellFormed(text) })),
  };
  if (record.error) report.error = sayable(record.error);
  return report;
}

function sayable({ kind, message, hint }: NodeError): NodeError {
  const error: NodeError = { kind, message: wellFormed(message) };
  if (hint) error.hint = wellFormed(hint);
  return error;
}

/** Milliseconds to three decimals: finer than any browser's clock. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
