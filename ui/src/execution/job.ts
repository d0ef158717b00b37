import type { WorkflowsApi } from "../api/api";
import type { PortRef, ReadyWorkflow } from "../api/schema";
import type { RunOptions, RunPayload } from "../run/types";
import type { Editor } from "../workflow/editor";
import type { Parts } from "./board";
import type { DrawnOutputs } from "./shown";

/** A part of the open workflow: just these nodes, or these and what depends on them. */
export type RunPart = { only: readonly string[] } | { from: readonly string[] };

/** What can be run: made ready only when it is its turn. */
export type Job = {
  /** Whether what the canvas shows stays where this run does not reach. */
  keeps: boolean;
  prepare(signal: AbortSignal): Promise<Prepared>;
};

/** Everything that a run needs, and how it is drawn. */
export type Prepared = {
  payload: RunPayload;
  options: Pick<RunOptions, "only" | "from" | "fresh">;
  /** The nodes that are drawn as one. */
  parts: Parts;
  /** Where the outputs of such nodes come from. */
  drawn: DrawnOutputs;
  /** The same, as the server says it. */
  partsView: PartsView;
};

/** How workflows that are nodes were taken apart, as the server says it. */
export type PartsView = Readonly<
  Record<
    string,
    { nodes: readonly string[]; outputs: Readonly<Record<string, PortRef>>; inputs: Readonly<Record<string, readonly PortRef[]>> }
  >
>;

/** The open workflow, or a part of it. */
export function canvasJob(api: WorkflowsApi, editor: Editor, part?: RunPart): Job {
  const { doc, clean, origin } = editor.store.getState();
  const stored = origin.kind === "stored" && doc === clean ? origin : undefined;
  return {
    keeps: part !== undefined,
    async prepare(signal) {
      const { payload } = await api.prepareRun(doc, signal);
      return {
        payload: stored ? { ...payload, workflow_volume: stored.volume, workflow_version: stored.version } : payload,
        options: part ? inside(part, partsOf(payload)) : {},
        ...drawnAs(partsOf(payload)),
      };
    },
  };
}

/** How the nodes of a prepared workflow are drawn. */
export function drawnAs(parts: PartsView): Pick<Prepared, "parts" | "drawn" | "partsView"> {
  const all = Object.entries(parts);
  return {
    parts: new Map(all.map(([id, { nodes }]) => [id, nodes.map((node) => ({ id: node, label: inner(id, node) }))])),
    drawn: new Map(all.map(([id, { outputs }]) => [id, outputs])),
    partsView: parts,
  };
}

export function partsOf(payload: ReadyWorkflow["payload"] & { parts?: PartsView }): PartsView {
  return payload.parts ?? {};
}

/** The id that a node has inside the workflow that it came from. */
function inner(outer: string, node: string): string {
  return node.startsWith(outer) ? node.slice(outer.length).replace(/^[^a-z0-9]+/i, "") : node;
}

/** Names the nodes that run instead of those that are drawn. */
function inside(part: RunPart, parts: PartsView): RunPart {
  const flat = (ids: readonly string[]) => ids.flatMap((id) => parts[id]?.nodes ?? [id]);
  return "only" in part ? { only: flat(part.only) } : { from: flat(part.from) };
}
