/** Places parts and wires with ELK, a layered layout: signals go from left to right. */
import type { ELK, ElkExtendedEdge, ElkNode, ElkPort } from "elkjs";

import type { Part, PlacedPin } from "./parts";
import type { Side } from "./symbols";

type Point = { x: number; y: number };

/** A part where it belongs; `x` and `y` are its origin. */
export type PlacedPart = { part: Part; x: number; y: number };

/** The wires of one net. */
export type Wire = { net: string; lines: Point[][]; dots: Point[]; label: Point | null };

/** A drawing, ready to be shown. */
export type Layout = { parts: PlacedPart[]; wires: Wire[]; width: number; height: number };

/** More parts make a drawing that nobody can read. */
export const PART_LIMIT = 300;

const CHAR = 6.6;
const LINE = 13;
const MARGIN = 16;
/** What a ground or supply mark takes beyond its pin. */
const MARK_REACH = 24;

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.spacing.nodeNode": "26",
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeEdge": "12",
  "elk.layered.spacing.nodeNodeBetweenLayers": "36",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.thoroughness": "20",
  "elk.separateConnectedComponents": "true",
  "elk.spacing.componentComponent": "48",
};

type Box = { left: number; top: number; right: number; bottom: number };

/** Places everything. `elk` comes from outside: a worker in the page, in place elsewhere. */
export async function layOut(parts: readonly Part[], elk: Pick<ELK, "layout">): Promise<Layout> {
  const boxes = parts.map(boxOf);
  const children = parts.map((part, index) => nodeOf(part, boxes[index] ?? boxOf(part), index));
  const nets = netsOf(parts);
  const edges = [...nets].flatMap(([net, pins]) => edgesOf(net, pins));
  const graph: ElkNode = { id: "root", layoutOptions: OPTIONS, children, edges };
  const placed: ElkNode = await elk.layout(graph);

  const places = parts.map((part, index): PlacedPart => {
    const child = placed.children?.[index];
    const { left, top } = boxes[index] ?? boxOf(part);
    return { part, x: (child?.x ?? 0) - left + MARGIN, y: (child?.y ?? 0) - top + MARGIN };
  });
  const wires = [...nets.keys()].map((net) => wireOf(net, (placed.edges ?? []).filter(({ id }) => id.startsWith(`${net}>`))));
  for (const { part, x, y } of places) addLeads(part, x, y, boxes[parts.indexOf(part)] ?? boxOf(part), wires);
  for (const wire of wires) wire.label = labelOf(wire);
  return { parts: places, wires, width: (placed.width ?? 0) + 2 * MARGIN, height: (placed.height ?? 0) + 2 * MARGIN };
}

/** What a part takes with its marks and its text, around its origin. */
function boxOf({ pins, width, height, label, title, value }: Part): Box {
  const box = { left: -width / 2, right: width / 2, top: -height / 2, bottom: height / 2 };
  for (const { x, y, side, mark } of pins) {
    box.left = Math.min(box.left, x - (mark && side === "W" ? 18 : 0));
    box.right = Math.max(box.right, x + (mark && side === "E" ? 18 : 0));
    box.top = Math.min(box.top, y - (mark && side === "N" ? MARK_REACH : 0));
    box.bottom = Math.max(box.bottom, y + (mark && side !== "N" ? MARK_REACH + 6 : 0));
  }
  const text = CHAR * Math.max(title.length, value.length);
  if (label === "right") box.right = Math.max(box.right, labelX({ width }) + text);
  else {
    box.top -= 2 * LINE + 4;
    box.left = Math.min(box.left, -text / 2);
    box.right = Math.max(box.right, text / 2);
  }
  return box;
}

/** Where the text beside an upright part begins. */
export const labelX = ({ width }: Pick<Part, "width">): number => width / 2 + 5;

function nodeOf(part: Part, box: Box, index: number): ElkNode {
  const ports = part.pins.flatMap((pin, number): ElkPort[] => {
    if (pin.mark) return [];
    const { x, y } = onEdge(pin, box);
    const options = { "elk.port.side": { N: "NORTH", S: "SOUTH", W: "WEST", E: "EAST" }[pin.side] };
    return [{ id: portId(index, number), x: x - box.left, y: y - box.top, width: 0, height: 0, layoutOptions: options }];
  });
  return {
    id: `part-${index}`,
    width: box.right - box.left,
    height: box.bottom - box.top,
    ports,
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
  };
}

const portId = (part: number, pin: number): string => `p${part}.${pin}`;

/** Where the wire of a pin leaves the box of its part. */
function onEdge({ x, y, side }: Point & { side: Side }, box: Box): Point {
  switch (side) {
    case "N":
      return { x, y: box.top };
    case "S":
      return { x, y: box.bottom };
    case "W":
      return { x: box.left, y };
    default:
      return { x: box.right, y };
  }
}

type NetPin = { id: string; pin: PlacedPin; part: number };

function netsOf(parts: readonly Part[]): Map<string, NetPin[]> {
  const nets = new Map<string, NetPin[]>();
  for (const [part, { pins }] of parts.entries()) {
    for (const [number, pin] of pins.entries()) {
      if (pin.mark) continue;
      nets.set(pin.net, [...(nets.get(pin.net) ?? []), { id: portId(part, number), pin, part }]);
    }
  }
  return nets;
}

/** A net begins at a pin that faces right, where there is one, and goes from there to all others. */
function edgesOf(net: string, pins: readonly NetPin[]): ElkExtendedEdge[] {
  const weight = ({ pin }: NetPin): number => ({ E: 0, N: 1, S: 2, W: 3 })[pin.side];
  const [first, ...others] = pins.toSorted((a, b) => weight(a) - weight(b));
  if (!first) return [];
  return others.map(({ id }, index) => ({ id: `${net}>${index}`, sources: [first.id], targets: [id] }));
}

function wireOf(net: string, edges: readonly ElkExtendedEdge[]): Wire {
  const moved = ({ x, y }: Point): Point => ({ x: x + MARGIN, y: y + MARGIN });
  const lines = edges.flatMap(({ sections = [] }) =>
    sections.map(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint].map(moved)),
  );
  return { net, lines, dots: edges.flatMap(({ junctionPoints = [] }) => junctionPoints.map(moved)), label: null };
}

/** The stretch from a pin to the edge of its part's box. */
function addLeads({ pins }: Part, x: number, y: number, box: Box, wires: Wire[]): void {
  for (const pin of pins) {
    if (pin.mark) continue;
    const edge = onEdge(pin, box);
    wires.find(({ net }) => net === pin.net)?.lines.push([{ x: x + pin.x, y: y + pin.y }, { x: x + edge.x, y: y + edge.y }]);
  }
}

/** A net is named above its longest level stretch. */
function labelOf({ lines }: Wire): Point | null {
  let best: Point | null = null;
  let longest = 14;
  for (const line of lines) {
    for (const [index, to] of line.entries()) {
      const from = line[index - 1];
      if (!from || from.y !== to.y || Math.abs(to.x - from.x) <= longest) continue;
      longest = Math.abs(to.x - from.x);
      best = { x: (from.x + to.x) / 2, y: to.y - 4 };
    }
  }
  const start = lines[0]?.[0];
  return best ?? (start ? { x: start.x + 8, y: start.y - 4 } : null);
}
