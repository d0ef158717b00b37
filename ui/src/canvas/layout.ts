import type { Position, WorkflowDoc } from "../api/schema";
import type { Engine, Skills } from "../engine/engine";
import { nodeSkill } from "../workflow/uses";
import { nodeSize, NODE_WIDTH } from "./measure";

/** Above this, dagre takes seconds; columns by level take none. */
const MAX_FOR_DAGRE = 600;
const GAP_X = 90;
const GAP_Y = 36;

/** Places every node so that data flows from left to right. */
export async function layout(
  doc: WorkflowDoc,
  skills: Skills,
  engine: Engine,
): Promise<Map<string, Position>> {
  if (doc.nodes.length > MAX_FOR_DAGRE) return byLevel(doc, skills, engine);
  const dagre = await import("@dagrejs/dagre");
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP_Y, ranksep: GAP_X, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of doc.nodes) graph.setNode(node.id, nodeSize(nodeSkill(node, skills)));
  for (const { from, to } of doc.edges) {
    if (graph.hasNode(from.node) && graph.hasNode(to.node)) graph.setEdge(from.node, to.node);
  }
  dagre.layout(graph);

  const places = new Map<string, Position>();
  for (const id of graph.nodes()) {
    const { x = 0, y = 0, width, height } = graph.node(id);
    places.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) });
  }
  return places;
}

/** One column for each level of the plan; the engine makes the levels. */
function byLevel(doc: WorkflowDoc, skills: Skills, engine: Engine): Map<string, Position> {
  const places = new Map<string, Position>();
  const skillOf = new Map(doc.nodes.map((node) => [node.id, nodeSkill(node, skills)]));
  const levels = engine.levels(doc, skills) ?? [doc.nodes.map((node) => node.id)];
  for (const [column, ids] of levels.entries()) {
    let y = 0;
    for (const id of ids) {
      places.set(id, { x: column * (NODE_WIDTH + GAP_X), y });
      y += nodeSize(skillOf.get(id)).height + GAP_Y;
    }
  }
  return places;
}
