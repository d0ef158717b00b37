import type { Connection, Edge, Node } from "@xyflow/react";

import type { EdgeDoc, Finding, NodeDoc, WorkflowDoc } from "../api/schema";
import type { Skills } from "../engine/engine";
import { edgeLabel, portType } from "../workflow/connecting";
import { edgeId, findNode } from "../workflow/edits";
import { nodeSkill } from "../workflow/uses";
import { handlesOf, MANY_NODES, nodeSize } from "./measure";

/** A node as React Flow has it; the rest is read from the stores by id. */
export type FlowNode = Node<Record<string, never>, "skill">;
export type FlowEdge = Edge<{ label: string; type: string }, "port">;

const NO_DATA: Record<string, never> = {};

/** The name of a node for people. */
export function nodeName(node: Pick<NodeDoc, "id" | "name" | "skill_id" | "workflow">, skills: Skills): string {
  return node.name ?? nodeSkill(node, skills)?.name ?? node.id;
}

/** A port as the canvas draws it. */
export type DrawnPort = { name: string; type: string; description: string };

/**
 * The ports of a node: those of its skill, and those that edges name although
 * the skill has none of that name, so that no edge is lost from sight.
 */
export function drawnPorts(doc: WorkflowDoc, id: string, side: "inputs" | "outputs", skills: Skills): readonly DrawnPort[] {
  const node = findNode(doc, id);
  const declared = (node && nodeSkill(node, skills)?.[side]) ?? NO_PORTS;
  const names = new Set(declared.map(({ name }) => name));
  const lost = [...(usedPorts(doc)[side].get(id) ?? [])].filter((port) => !names.has(port));
  return lost.length === 0 ? declared : [...declared, ...lost.map(ghostPort)];
}

const NO_PORTS: readonly DrawnPort[] = [];

type UsedPorts = Record<"inputs" | "outputs", Map<string, Set<string>>>;
const used = new WeakMap<readonly EdgeDoc[], UsedPorts>();

/** The ports of each node that edges name; sorted out once per list of edges. */
function usedPorts({ edges }: WorkflowDoc): UsedPorts {
  let ports = used.get(edges);
  if (!ports) {
    ports = { inputs: new Map(), outputs: new Map() };
    for (const { from, to } of edges) {
      for (const [map, { node, port }] of [[ports.outputs, from], [ports.inputs, to]] as const) {
        map.set(node, (map.get(node) ?? new Set()).add(port));
      }
    }
    used.set(edges, ports);
  }
  return ports;
}

const ghosts = new Map<string, DrawnPort>();

/** The same object for the same name, so that a list of ports can be compared cheaply. */
function ghostPort(name: string): DrawnPort {
  const port = ghosts.get(name) ?? { name, type: "any", description: "not a port of this skill" };
  ghosts.set(name, port);
  return port;
}

/** Brings the nodes of the canvas in step with the document; keeps those that did not change. */
export function toFlowNodes(
  before: readonly FlowNode[],
  doc: WorkflowDoc,
  skills: Skills,
  selection: ReadonlySet<string>,
): FlowNode[] {
  const many = doc.nodes.length > MANY_NODES;
  const old = new Map(before.map((node) => [node.id, node]));
  return doc.nodes.map((node) => {
    const known = old.get(node.id);
    const position = node.position ?? { x: 0, y: 0 };
    const selected = selection.has(node.id);
    const ariaLabel = nodeName(node, skills);
    const handles = many ? handlesOf(drawnPorts(doc, node.id, "inputs", skills), drawnPorts(doc, node.id, "outputs", skills)) : undefined;
    const unchanged =
      known?.position.x === position.x &&
      known.position.y === position.y &&
      known.selected === selected &&
      known.ariaLabel === ariaLabel &&
      known.handles === handles;
    if (known && unchanged) return known;
    const { width, height } = nodeSize(nodeSkill(node, skills));
    const size = { initialWidth: width, initialHeight: height, ...(handles && { handles }) };
    return { ...known, ...size, id: node.id, type: "skill", data: NO_DATA, position, selected, ariaLabel };
  });
}

export function toFlowEdges(doc: WorkflowDoc, skills: Skills, selected: ReadonlySet<string>): FlowEdge[] {
  return doc.edges.map((edge) => {
    const id = edgeId(edge);
    const label = edgeLabel(doc, skills, edge);
    return {
      id,
      type: "port",
      source: edge.from.node,
      sourceHandle: edge.from.port,
      target: edge.to.node,
      targetHandle: edge.to.port,
      selected: selected.has(id),
      ariaLabel: `Edge from ${label}`,
      data: { label, type: portType(doc, skills, edge.from, "outputs") ?? "any" },
    };
  });
}

const byNode = new WeakMap<readonly Finding[], Map<string, Finding[]>>();
const NONE: Finding[] = [];

/** The findings about one node; sorted out once per list of findings. */
export function findingsOf(findings: readonly Finding[], node: string): Finding[] {
  let sorted = byNode.get(findings);
  if (!sorted) {
    sorted = new Map();
    for (const finding of findings) {
      for (const id of new Set([finding.node ?? [], finding.path ?? []].flat())) {
        sorted.set(id, [...(sorted.get(id) ?? []), finding]);
      }
    }
    byNode.set(findings, sorted);
  }
  return sorted.get(node) ?? NONE;
}

/** The edge that a connection would be; `undefined` where an end has no port. */
export function edgeOf({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge): EdgeDoc | undefined {
  if (!sourceHandle || !targetHandle) return undefined;
  return { from: { node: source, port: sourceHandle }, to: { node: target, port: targetHandle } };
}
