/**
 * Decides how each part of a netlist is drawn: its symbol, how it stands, and
 * which of its pins carry a ground or supply mark instead of a wire.
 */
import type { Element, Netlist } from "../../runtimes/spice/netlist";
import { box, type Look, lying, type Pin, type Stroke, type Symbol, symbolOf } from "./symbols";
import { valueText } from "./units";

/** How a symbol is turned; its strokes are drawn around the origin before. */
export type Turn = "up" | "down" | "right" | "left";

/** What a pin ends in. */
export type Mark = "ground" | "above" | "below";

/** A pin with the net that is connected to it. */
export type PlacedPin = Pin & { net: string; mark: Mark | null };

/** A part, ready to be placed. */
export type Part = {
  id: string;
  title: string;
  value: string;
  strokes: Stroke[];
  turn: Turn;
  pins: PlacedPin[];
  /** The size of the symbol as it is turned. */
  width: number;
  height: number;
  /** Where name and value are written. */
  label: "right" | "above";
};

/** How far nets are from the sources: what a signal reaches first is drawn further left. */
export type Order = ReadonlyMap<string, number>;

const GROUND = new Set(["0", "gnd"]);
const SUPPLY_ABOVE = /^(v?cc|v?dd|avdd|dvdd|vbat|vp|vpos|vplus|vsupply|pwr|vin_dc|v\+|\+\d+v?|v\d+p?)$/;
const SUPPLY_BELOW = /^(v?ee|v?ss|vneg|vminus|vn|v-|-\d+v?)$/;
const TWO_POLES = new Set(["R", "C", "L", "D", "V", "I", "B", "H", "F", "W"]);

/** Every part of one scope: `""` is the circuit itself, else a subcircuit. */
export function partsOf(netlist: Netlist, scope: string, look: Look): Part[] {
  const elements = netlist.elements.filter((element) => element.scope === scope && element.letter !== "K" && element.nodes.length > 0);
  const supplies = suppliesOf(elements);
  const markOf = (net: string): Mark | null => (GROUND.has(net) ? "ground" : (supplies.get(net) ?? null));
  const order = orderOf(elements, markOf);
  return elements.map((element) => partOf(element, netlist, { look, markOf, order }));
}

/** Nets that a constant source holds and that are called like a supply, or feed a lot. */
function suppliesOf(elements: readonly Element[]): Map<string, Mark> {
  const supplies = new Map<string, Mark>();
  const hasActive = elements.some(({ letter }) => /[QMJX]/.test(letter));
  for (const { letter, nodes, value } of elements) {
    if (letter !== "V" || /\b(sin|pulse|pwl|exp|sffm|ac|trnoise)\b/i.test(value)) continue;
    const [plus = "", minus = ""] = nodes;
    const net = GROUND.has(minus) ? plus : GROUND.has(plus) ? minus : "";
    if (net === "" || !hasActive) continue;
    const uses = elements.filter(({ nodes: each }) => each.includes(net)).length;
    const isBelow = SUPPLY_BELOW.test(net) || (/^(dc\s*)?-/i.test(value) && net === plus);
    if (isBelow) supplies.set(net, "below");
    else if (SUPPLY_ABOVE.test(net) || uses >= 4) supplies.set(net, "above");
  }
  return supplies;
}

function orderOf(elements: readonly Element[], markOf: (net: string) => Mark | null): Order {
  const order = new Map<string, number>();
  const sources = elements.filter(({ letter }) => letter === "V" || letter === "I");
  let front = [...sources, ...elements].flatMap(({ nodes }) => nodes).filter((net) => markOf(net) === null).slice(0, 1);
  const all = new Set(sources.flatMap(({ nodes }) => nodes.slice(0, 1)).filter((net) => markOf(net) === null));
  if (all.size > 0) front = [...all];
  for (let depth = 0; front.length > 0; depth += 1) {
    const next = new Set<string>();
    for (const net of front) order.set(net, depth);
    for (const { nodes } of elements) {
      if (!nodes.some((net) => order.get(net) === depth)) continue;
      for (const net of nodes) if (markOf(net) === null && !order.has(net)) next.add(net);
    }
    front = [...next];
  }
  return order;
}

type Context = { look: Look; markOf(net: string): Mark | null; order: Order };

function partOf(element: Element, netlist: Netlist, { look, markOf, order }: Context): Part {
  const { letter, name, nodes, value, model } = element;
  const definition = netlist.models.find((each) => each.name === model?.toLowerCase());
  const bulkApart = letter === "M" && nodes.length > 3 && nodes[3] !== nodes[2];
  const kind = { letter, value, modelKind: definition?.kind ?? "", hasBreakdown: /\bbv\s*=/i.test(definition?.text ?? ""), bulkApart, look };
  const known = symbolOf(kind);
  const symbol = known ?? box(model ?? name, pinNames(element, netlist));
  const nets = nodes.slice(0, symbol.pins.length);
  const turn = known && TWO_POLES.has(letter) ? turnOf(letter, nets, markOf, order) : controlledTurn(letter, nets, markOf);
  const turned = turnedSymbol(symbol, turn);
  return {
    id: name.toLowerCase(),
    title: name,
    value: known ? (model ?? valueText(letter, controlText(element))) : "",
    strokes: known ? symbol.strokes : [...symbol.strokes, { text: model ?? letter, x: 0, y: symbol.height / 2 + 14, anchor: "middle" }],
    turn,
    pins: turned.pins.slice(0, nets.length).map((pin, index) => ({ ...pin, net: nets[index] ?? "", mark: markOf(nets[index] ?? "") })),
    width: turned.width,
    height: turned.height,
    label: turn === "left" || turn === "right" || !known ? "above" : "right",
  };
}

function pinNames({ letter, nodes, model }: Element, { subcircuits }: Netlist): string[] {
  const definition = letter === "X" ? subcircuits.find(({ name }) => name === model?.toLowerCase()) : undefined;
  return nodes.map((_net, index) => definition?.pins[index] ?? String(index + 1));
}

/** The gain of a controlled source with what controls it, where that has no pins. */
function controlText({ letter, value, words }: Element): string {
  if (letter === "F" || letter === "H") return `${words[4] ?? ""} · i(${words[3] ?? ""})`;
  return letter === "W" ? (words[3] ?? "") : value;
}

const RANK: Record<Mark | "none", number> = { above: 0, none: 1, below: 2, ground: 3 };

/** What is higher stands above; what a signal reaches first lies on the left. */
function turnOf(letter: string, nets: readonly string[], markOf: (net: string) => Mark | null, order: Order): Turn {
  const [a = "", b = ""] = nets;
  const [rankA, rankB] = [RANK[markOf(a) ?? "none"], RANK[markOf(b) ?? "none"]];
  const signals = rankA === RANK.none && rankB === RANK.none;
  if (!signals || letter === "V" || letter === "I") return rankA > rankB ? "down" : "up";
  return (order.get(a) ?? 0) > (order.get(b) ?? 0) ? "left" : "right";
}

/** A controlled source with its first node on ground stands on its head. */
function controlledTurn(letter: string, [a = "", b = ""]: readonly string[], markOf: (net: string) => Mark | null): Turn {
  if (!/[EGS]/.test(letter)) return "up";
  return RANK[markOf(a) ?? "none"] > RANK[markOf(b) ?? "none"] ? "down" : "up";
}

/** Mirrors before it turns, so that signs and arrows stay true. */
function turnedSymbol(symbol: Symbol, turn: Turn): Symbol {
  const mirrored = turn === "down" || turn === "left";
  const pins = mirrored
    ? symbol.pins.map((pin): Pin => ({ ...pin, y: -pin.y, side: pin.side === "N" ? "S" : pin.side === "S" ? "N" : pin.side }))
    : symbol.pins;
  const upright = { ...symbol, pins };
  return turn === "left" || turn === "right" ? lying(upright) : upright;
}

/** The SVG transform that turns the strokes of a part. */
export function transformOf(turn: Turn): string | undefined {
  return { up: undefined, down: "scale(1,-1)", right: "rotate(-90)", left: "rotate(-90) scale(1,-1)" }[turn];
}
