import { type NodeHandle, Position } from "@xyflow/react";

import type { ExecutableSkill, NodeDoc, Position as Place } from "../api/schema";

/** The size of a node before the browser has measured it, in canvas units. */
export const NODE_WIDTH = 232;
const BORDER = 1;
const HEAD = 36;
const PORT_ROW = 22;
const PADDING = 4;
const FOOT = 27;
const HANDLE = 11;

/** Above these many nodes the canvas leaves out what is costly. */
export const MANY_NODES = 250;

/** The height that a node of this skill takes. */
export function nodeHeight(skill: ExecutableSkill | undefined): number {
  const rows = skill ? Math.max(skill.inputs.length, skill.outputs.length) : 1;
  return HEAD + rows * PORT_ROW + FOOT + 2 * (PADDING + BORDER);
}

/** The size of a node of this skill. */
export function nodeSize(skill: ExecutableSkill | undefined): { width: number; height: number } {
  return { width: NODE_WIDTH, height: nodeHeight(skill) };
}

/** Where the ports of a node are, so that a node that is out of view need not be drawn to know it. */
export function handlesOf(inputs: readonly { name: string }[], outputs: readonly { name: string }[]): NodeHandle[] {
  const known = placed.get(inputs);
  if (known?.outputs === outputs) return known.handles;
  const handle = (type: "source" | "target", name: string, row: number): NodeHandle => ({
    id: name,
    type,
    position: type === "source" ? RIGHT : LEFT,
    x: type === "source" ? NODE_WIDTH - BORDER - HANDLE / 2 : BORDER - HANDLE / 2,
    y: BORDER + HEAD + PADDING + row * PORT_ROW + (PORT_ROW - HANDLE) / 2,
    width: HANDLE,
    height: HANDLE,
  });
  const handles = [
    ...inputs.map(({ name }, row) => handle("target", name, row)),
    ...outputs.map(({ name }, row) => handle("source", name, row)),
  ];
  placed.set(inputs, { outputs, handles });
  return handles;
}

const { Left: LEFT, Right: RIGHT } = Position;
const placed = new WeakMap<readonly object[], { outputs: readonly object[]; handles: NodeHandle[] }>();

/** The first place at or after `wanted`, downwards to the right, where no node starts. */
export function freePlace(nodes: readonly NodeDoc[], wanted: Place): Place {
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
