/**
 * Changes to a workflow document. Each gives a new document and shares what it
 * did not touch with the old one. None of them judges: the engine does.
 */
import type { EdgeDoc, InterfaceDoc, NodeDoc, PortRef, Position, WorkflowDoc } from "../api/schema";

/** The part of a workflow that is not its graph. */
export type WorkflowMeta = Pick<WorkflowDoc, "workflow_id" | "name" | "description" | "tags"> & { interface: InterfaceDoc | undefined };

/** What a person may set on a node besides its inputs. */
export type NodePatch = {
  name?: string | undefined;
  timeout_ms?: number | undefined;
  memory_mb?: number | undefined;
  retries?: number | undefined;
};

/** The id of a workflow that was not saved yet. */
export const UNSAVED_ID = "untitled";

/** A workflow without nodes. */
export function emptyWorkflow(): WorkflowDoc {
  return { workflow_id: UNSAVED_ID, name: "Untitled workflow", description: "", tags: [], nodes: [], edges: [] };
}

const index = new WeakMap<readonly NodeDoc[], Map<string, NodeDoc>>();

/** The node with this id; looked up once per list of nodes. */
export function findNode({ nodes }: WorkflowDoc, id: string): NodeDoc | undefined {
  let byId = index.get(nodes);
  if (!byId) {
    byId = new Map(nodes.map((node) => [node.id, node]));
    index.set(nodes, byId);
  }
  return byId.get(id);
}

/** The text that names an edge. */
export function edgeId({ from, to }: EdgeDoc): string {
  return `${from.node}.${from.port}>${to.node}.${to.port}`;
}

/** Whether both mean the same port. */
export function samePort(a: PortRef, b: PortRef): boolean {
  return a.node === b.node && a.port === b.port;
}

/** The edge that feeds an input, if one does. */
export function edgeInto(doc: WorkflowDoc, input: PortRef): EdgeDoc | undefined {
  return doc.edges.find((edge) => samePort(edge.to, input));
}

export function setMeta(doc: WorkflowDoc, meta: Partial<WorkflowMeta>): WorkflowDoc {
  const { interface: ports, ...rest } = { ...doc, ...meta };
  return ports ? { ...rest, interface: ports } : rest;
}

export function addNodes(doc: WorkflowDoc, nodes: NodeDoc[], edges: EdgeDoc[] = []): WorkflowDoc {
  return { ...doc, nodes: [...doc.nodes, ...nodes], edges: [...doc.edges, ...edges] };
}

/** Removes nodes with their edges, and edges by {@link edgeId}. */
export function remove(
  doc: WorkflowDoc,
  nodes: ReadonlySet<string>,
  edges: ReadonlySet<string> = new Set(),
): WorkflowDoc {
  return {
    ...doc,
    nodes: doc.nodes.filter((node) => !nodes.has(node.id)),
    edges: doc.edges.filter(
      (edge) =>
        !nodes.has(edge.from.node) && !nodes.has(edge.to.node) && !edges.has(edgeId(edge)),
    ),
  };
}

/** Feeds an input from an output, in place of what fed it before. */
export function connect(doc: WorkflowDoc, edge: EdgeDoc): WorkflowDoc {
  const kept = doc.edges.filter((other) => !samePort(other.to, edge.to));
  const next = { ...doc, edges: [...kept, edge] };
  return setInput(next, edge.to, undefined);
}

/** Cuts the edge that feeds an input. */
export function disconnect(doc: WorkflowDoc, input: PortRef): WorkflowDoc {
  return { ...doc, edges: doc.edges.filter((edge) => !samePort(edge.to, input)) };
}

/** Sets the value of an input; `undefined` takes it away. */
export function setInput(doc: WorkflowDoc, input: PortRef, value: unknown): WorkflowDoc {
  return changeNode(doc, input.node, (node) => {
    if (value === undefined && !(input.port in node.inputs)) return node;
    const { [input.port]: _, ...others } = node.inputs;
    return { ...node, inputs: value === undefined ? others : { ...node.inputs, [input.port]: value } };
  });
}

/** Sets or, with `undefined`, clears fields of a node. */
export function patchNode(doc: WorkflowDoc, id: string, patch: NodePatch): WorkflowDoc {
  return changeNode(doc, id, (node) => {
    const next: Record<string, unknown> = { ...node, ...patch };
    for (const key of Object.keys(patch)) if (next[key] === undefined) delete next[key];
    return next as NodeDoc;
  });
}

export function moveNodes(doc: WorkflowDoc, places: ReadonlyMap<string, Position>): WorkflowDoc {
  if (places.size === 0) return doc;
  let moved = false;
  const nodes = doc.nodes.map((node) => {
    const at = places.get(node.id);
    if (!at || (at.x === node.position?.x && at.y === node.position.y)) return node;
    moved = true;
    return { ...node, position: at };
  });
  return moved ? { ...doc, nodes } : doc;
}

function changeNode(doc: WorkflowDoc, id: string, change: (node: NodeDoc) => NodeDoc): WorkflowDoc {
  let changed = false;
  const nodes = doc.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? { ...doc, nodes } : doc;
}
