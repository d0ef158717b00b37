import type { PortRef, WorkflowDoc } from "../api/schema";
import type { Part } from "../execution/board";
import type { Prepared } from "../execution/job";
import type { OutputsOf } from "../execution/shown";

/** One run of a sweep: its values, and the node that stands for each in it. */
export type SweepRun = {
  /** The number of the run, from 1 on. */
  index: number;
  values: readonly (PortRef & { value: unknown })[];
  /** From a node of the workflow to its copy in this run. */
  nodes: Readonly<Record<string, string>>;
};

/** A workflow in which each run of a sweep has nodes of its own; shared ones are there once. */
export type Expanded = { workflow: WorkflowDoc; runs: readonly SweepRun[] };

/** How the nodes of an expanded workflow are drawn: each one once, for all its copies. */
export function drawnOnce({ parts, payload }: Pick<Prepared, "parts" | "payload">, { runs }: Expanded): Prepared["parts"] {
  const copies = new Map<string, Part[]>();
  const seen = new Set<string>();
  for (const { index, nodes } of runs) {
    for (const [node, copy] of Object.entries(nodes)) {
      if (copy === node || seen.has(copy)) continue;
      seen.add(copy);
      const list = copies.get(node) ?? [];
      list.push({ id: copy, label: `run ${index}` });
      copies.set(node, list);
    }
  }
  const inner = new Set([...parts.values()].flat().map(({ id }) => id));
  const drawn = new Map<string, readonly Part[]>();
  for (const { id } of payload.workflow.nodes) {
    const own = copies.get(id);
    if (own && !inner.has(id)) drawn.set(id, own);
  }
  for (const [outer, members] of parts) {
    const all = members.flatMap(({ id, label }) =>
      (copies.get(id) ?? [{ id, label: "" }]).map((copy) => ({ id: copy.id, label: [copy.label, label].filter(Boolean).join(", ") })),
    );
    drawn.set(outer, all);
  }
  return drawn;
}

/** Whether the parts that a node is drawn for are the runs of a sweep. */
export function showsSweep(runs: readonly SweepRun[], partsOf: (node: string) => readonly Part[]): boolean {
  const copies = Object.entries(runs[0]?.nodes ?? {}).filter(([node, copy]) => node !== copy);
  return copies.some(([node, copy]) => partsOf(node).some(({ id }) => id === copy));
}

/** The outputs of one run, by the nodes of the workflow as it was before. */
export function outputsIn({ nodes }: SweepRun, outputsOf: OutputsOf): OutputsOf {
  return (node) => outputsOf((Object.hasOwn(nodes, node) && nodes[node]) || node);
}
