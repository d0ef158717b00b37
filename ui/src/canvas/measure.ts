import type { ExecutableSkill, NodeDoc, Position } from "../api/schema";

/** The size of a node before the browser has measured it, in canvas units. */
export const NODE_WIDTH = 232;
const HEAD = 40;
const PORT_ROW = 22;
const FOOT = 29;

/** The height that a node of this skill takes. */
export function nodeHeight(skill: ExecutableSkill | undefined): number {
  const rows = skill ? Math.max(skill.inputs.length, skill.outputs.length) : 1;
  return HEAD + rows * PORT_ROW + FOOT;
}

/** The size of a node of this skill. */
export function nodeSize(skill: ExecutableSkill | undefined): { width: number; height: number } {
  return { width: NODE_WIDTH, height: nodeHeight(skill) };
}

/** The first place at or after `wanted`, downwards to the right, where no node starts. */
export function freePlace(nodes: readonly NodeDoc[], wanted: Position): Position {
  const place = { x: Math.round(wanted.x), y: Math.round(wanted.y) };
  const taken = (node: NodeDoc) =>
    node.position !== undefined &&
    Math.abs(node.position.x - place.x) < 24 &&
    Math.abs(node.position.y - place.y) < 24;
  while (nodes.some(taken)) {
    place.x += 32;
    place.y += 32;
  }
  return place;
}
