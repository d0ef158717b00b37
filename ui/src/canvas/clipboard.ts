import type { EdgeDoc, NodeDoc, WorkflowDoc } from "../api/schema";
import type { Engine } from "../engine/engine";
import { usedId } from "../workflow/uses";

/** Nodes on the clipboard, with the edges between them. */
export type Clip = { llmos: "nodes"; nodes: NodeDoc[]; edges: EdgeDoc[] };

const STEP = 40;

/** Takes the nodes with `ids` and the edges that lie wholly among them. */
export function copyNodes(doc: WorkflowDoc, ids: ReadonlySet<string>): Clip | undefined {
  const nodes = doc.nodes.filter((node) => ids.has(node.id));
  if (nodes.length === 0) return undefined;
  const edges = doc.edges.filter((edge) => ids.has(edge.from.node) && ids.has(edge.to.node));
  return { llmos: "nodes", nodes, edges };
}

/** Gives copies with ids of their own, a step aside from where they were. */
export function freshCopies(clip: Clip, doc: WorkflowDoc, engine: Engine): Omit<Clip, "llmos"> {
  const taken = doc.nodes.map((node) => node.id);
  const renamed = new Map<string, string>();
  const nodes = clip.nodes.map((node) => {
    const id = engine.newNodeId(taken, usedId(node));
    taken.push(id);
    renamed.set(node.id, id);
    const { position } = node;
    return { ...node, id, ...(position && { position: { x: position.x + STEP, y: position.y + STEP } }) };
  });
  const edges = clip.edges.flatMap(({ from, to }) => {
    const [source, target] = [renamed.get(from.node), renamed.get(to.node)];
    return source === undefined || target === undefined
      ? []
      : [{ from: { ...from, node: source }, to: { ...to, node: target } }];
  });
  return { nodes, edges };
}

/** Reads what {@link writeClip} wrote; anything else gives `undefined`. */
export function readClip(text: string): Clip | undefined {
  try {
    const clip: unknown = JSON.parse(text);
    return isClip(clip) ? clip : undefined;
  } catch {
    return undefined;
  }
}

export function writeClip(clip: Clip): string {
  return JSON.stringify(clip, null, 1);
}

function isClip(clip: unknown): clip is Clip {
  if (typeof clip !== "object" || clip === null) return false;
  if (!("llmos" in clip && "nodes" in clip && "edges" in clip)) return false;
  return clip.llmos === "nodes" && Array.isArray(clip.nodes) && Array.isArray(clip.edges) && clip.nodes.every(isNode);
}

function isNode(node: unknown): boolean {
  return (
    typeof node === "object" &&
    node !== null &&
    "id" in node &&
    "skill_id" in node &&
    typeof node.id === "string" &&
    typeof node.skill_id === "string" &&
    "inputs" in node &&
    typeof node.inputs === "object"
  );
}
