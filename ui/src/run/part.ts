/** Which part of a workflow a run is about. */

import type { RunOptions, WorkflowDoc } from "./types";

/** A part of a workflow, as it is planned. */
export type Part = {
  /** The nodes that must be there in the end; everything when left out. */
  targets: readonly string[] | undefined;
  /** The nodes that run even where their results are kept. */
  again: ReadonlySet<string>;
};

/** What the options of a run ask for. */
export function partOf({ edges }: Pick<WorkflowDoc, "edges">, { only, from, targets }: RunOptions): Part {
  const again = only ? new Set(only) : from ? downstream(edges, from) : new Set<string>();
  return { targets: only || from ? [...again] : targets, again };
}

/** The nodes and everything that depends on them. */
export function downstream(edges: WorkflowDoc["edges"], nodes: Iterable<string>): Set<string> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = next.get(from.node);
    if (known) known.push(to.node);
    else next.set(from.node, [to.node]);
  }
  const reached = new Set(nodes);
  for (const node of reached) for (const other of next.get(node) ?? []) reached.add(other);
  return reached;
}
