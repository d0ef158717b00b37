/**
 * The symbols of parts, each drawn around its own origin: two-pole parts stand
 * upright with the first node on top.
 */

/** Where wires leave a symbol. */
export type Side = "N" | "S" | "W" | "E";

/** A place where a wire begins. */
export type Pin = { x: number; y: number; side: Side; label?: string };

/** One stroke or text of a symbol. */
export type Stroke =
  | { d: string; fill?: boolean }
  | { text: string; x: number; y: number; small?: boolean; anchor?: "start" | "middle" | "end" };

/** A symbol with the pins of its nodes, in their order. */
export type Symbol = { strokes: Stroke[]; pins: Pin[]; width: number; height: number };

/** How resistors are drawn. */
export type Look = "iec" | "ansi";

/** Half of the distance between the two pins of an upright part. */
const REACH = 30;

const lead = (from: number): Stroke[] => [{ d: `M0 ${-REACH}V${-from}M0 ${from}V${REACH}` }];

const upright = (strokes: Stroke[], width: number): Symbol => ({
  strokes,
  pins: [{ x: 0, y: -REACH, side: "N" }, { x: 0, y: REACH, side: "S" }],
  width,
  height: 2 * REACH,
});

const circle = (r: number, x = 0, y = 0): string => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const DIAMOND = "M0-18L18 0L0 18L-18 0Z";
const PLUS_MINUS: Stroke = { d: "M-3-9h6M0-12v6M-3 9h6" };
const ARROW_DOWN: Stroke = { d: "M0-10V8M-4 3L0 9L4 3" };

function source(value: string): Stroke {
  if (/\bsin\b|\bac\b/i.test(value)) return { d: "M-9 0C-6-9-3-9 0 0S6 9 9 0" };
  if (/\b(pulse|pwl)\b/i.test(value)) return { d: "M-9 5H-4V-5H4V5H9" };
  return PLUS_MINUS;
}

function resistor(look: Look): Symbol {
  if (look === "iec") return upright([...lead(18), { d: "M-7-18H7V18H-7Z" }], 14);
  return upright([...lead(18), { d: "M0-18L7-15L-7-9L7-3L-7 3L7 9L-7 15L0 18" }], 14);
}

const inductor: Symbol = upright([...lead(20), { d: "M0-20a5 5 0 0 1 0 10a5 5 0 0 1 0 10a5 5 0 0 1 0 10a5 5 0 0 1 0 10" }], 14);
const capacitor: Symbol = upright([...lead(4), { d: "M-12-4H12M-12 4H12" }], 24);

function diode(isZener: boolean): Symbol {
  const bar = isZener ? "M-13 12L-10 8H10L13 4" : "M-10 8H10";
  return upright([...lead(8), { d: "M-10-8H10L0 8Z" }, { d: bar }], 22);
}

/** Base, gate or grid on the left; the arrow tells the kind. */
function bipolar(isPnp: boolean): Symbol {
  const flip = isPnp ? -1 : 1;
  const arrow = isPnp ? "M3.5-7.5L1.5-13.5L-3.2-9.3Z" : "M10 16L4 13.6L8.2 9.2Z";
  return {
    strokes: [
      { d: circle(18, 2) },
      { d: "M-30 0H-6M-6-11V11M-6-5L10-16V-30M-6 5L10 16V30" },
      isPnp ? { d: "M-1-8.5L5.2-9L1.8-14.2Z", fill: true } : { d: arrow, fill: true },
    ],
    // Collector, base, emitter; a PNP stands on its head.
    pins: [{ x: 10, y: -30 * flip, side: flip > 0 ? "N" : "S" }, { x: -30, y: 0, side: "W" }, { x: 10, y: 30 * flip, side: flip > 0 ? "S" : "N" }],
    width: 44,
    height: 60,
  };
}

function mosfet(isP: boolean, bulkApart: boolean): Symbol {
  const flip = isP ? -1 : 1;
  const arrow = isP ? "M10 0L4-3.5V3.5Z" : "M-3 0L3-3.5V3.5Z";
  const bulk = bulkApart ? "M-3 0H30" : `M-3 0H10V${16 * flip}`;
  const pins: Pin[] = [
    { x: 10, y: -30 * flip, side: flip > 0 ? "N" : "S" },
    { x: -30, y: 12 * flip, side: "W" },
    { x: 10, y: 30 * flip, side: flip > 0 ? "S" : "N" },
  ];
  if (bulkApart) pins.push({ x: 30, y: 0, side: "E" });
  return {
    strokes: [
      { d: `M-30 ${12 * flip}H-8M-8-13V13M-3-15V-8M-3-4V4M-3 8V15M-3-12H10V-30M-3 12H10V30` },
      { d: bulk },
      { d: arrow, fill: true },
    ],
    pins,
    width: bulkApart ? 60 : 44,
    height: 60,
  };
}

function jfet(isP: boolean): Symbol {
  const flip = isP ? -1 : 1;
  const arrow = isP ? "M-14 0L-8-3.5V3.5Z" : "M-5 0L-11-3.5V3.5Z";
  return {
    strokes: [{ d: "M-30 0H-4M-4-14V14M-4-9H10V-30M-4 9H10V30" }, { d: circle(18, 2) }, { d: arrow, fill: true }],
    pins: [{ x: 10, y: -30 * flip, side: flip > 0 ? "N" : "S" }, { x: -30, y: 0, side: "W" }, { x: 10, y: 30 * flip, side: flip > 0 ? "S" : "N" }],
    width: 44,
    height: 60,
  };
}

/** A source that follows a voltage: its two controlling nodes are on the left. */
function controlled(inside: Stroke): Symbol {
  return {
    strokes: [...lead(18), { d: DIAMOND }, inside, { d: "M-40-12H-26M-40 12H-26" }, { d: "M-31-18h6M-28-21v6M-31 18h6" }],
    pins: [{ x: 0, y: -30, side: "N" }, { x: 0, y: 30, side: "S" }, { x: -40, y: -12, side: "W" }, { x: -40, y: 12, side: "W" }],
    width: 60,
    height: 60,
  };
}

function gated(): Symbol {
  return {
    strokes: [{ d: "M0-30V-12M0 12V30M0 12L-11-10" }, { d: circle(2.5, 0, -12) }, { d: circle(2.5, 0, 12) }, { d: "M-40-8H-22M-40 8H-22M-18 0H-6" }, { text: "±", x: -19, y: 4, small: true, anchor: "middle" }],
    pins: [{ x: 0, y: -30, side: "N" }, { x: 0, y: 30, side: "S" }, { x: -40, y: -8, side: "W" }, { x: -40, y: 8, side: "W" }],
    width: 60,
    height: 60,
  };
}

const PITCH = 24;

/** A box with named pins, half of them on each side. */
export function box(name: string, pins: readonly string[]): Symbol {
  const left = Math.ceil(pins.length / 2);
  const width = Math.max(70, 26 + 7 * Math.max(name.length, 2 * Math.max(0, ...pins.map((pin) => pin.length)) + 2));
  const height = Math.max(left, 1) * PITCH + 16;
  const placed = pins.map((label, index): Pin => {
    const row = index < left ? index : index - left;
    const y = -height / 2 + 8 + PITCH * (row + 0.5);
    return index < left ? { x: -width / 2 - 12, y, side: "W", label } : { x: width / 2 + 12, y, side: "E", label };
  });
  const strokes: Stroke[] = [{ d: `M${-width / 2} ${-height / 2}H${width / 2}V${height / 2}H${-width / 2}Z` }];
  for (const { y, side, label = "" } of placed) {
    const edge = side === "W" ? -1 : 1;
    strokes.push({ d: `M${(edge * width) / 2} ${y}h${edge * 12}` });
    strokes.push({ text: label, x: edge * (width / 2 - 5), y: y + 3.5, small: true, anchor: edge < 0 ? "start" : "end" });
  }
  return { strokes, pins: placed, width: width + 24, height };
}

/** What a symbol depends on. */
export type PartKind = { letter: string; value: string; modelKind: string; hasBreakdown: boolean; bulkApart: boolean; look: Look };

/** The symbol of a kind of part; `null` for one that is drawn as a box. */
export function symbolOf({ letter, value, modelKind, hasBreakdown, bulkApart, look }: PartKind): Symbol | null {
  switch (letter) {
    case "R":
      return resistor(look);
    case "C":
      return capacitor;
    case "L":
      return inductor;
    case "D":
      return diode(hasBreakdown);
    case "V":
      return upright([...lead(16), { d: circle(16) }, source(value)], 34);
    case "I":
      return upright([...lead(16), { d: circle(16) }, ARROW_DOWN], 34);
    case "B":
      return upright([...lead(18), { d: DIAMOND }, /^\s*i\s*=/i.test(value) ? ARROW_DOWN : PLUS_MINUS], 38);
    case "H":
      return upright([...lead(18), { d: DIAMOND }, PLUS_MINUS], 38);
    case "F":
      return upright([...lead(18), { d: DIAMOND }, ARROW_DOWN], 38);
    case "E":
      return controlled(PLUS_MINUS);
    case "G":
      return controlled(ARROW_DOWN);
    case "S":
      return gated();
    case "W":
      return upright([{ d: "M0-30V-12M0 12V30M0 12L-11-10" }, { d: circle(2.5, 0, -12) }, { d: circle(2.5, 0, 12) }], 26);
    case "Q":
      return bipolar(modelKind === "pnp");
    case "M":
      return mosfet(/^(pmos|vdmosp)$/.test(modelKind), bulkApart);
    case "J":
    case "Z":
      return jfet(/^p/.test(modelKind));
    default:
      return null;
  }
}

/** Turns a symbol by quarters to the left, so that an upright part lies with its first node on the left. */
export function lying(symbol: Symbol): Symbol {
  return { ...symbol, pins: symbol.pins.map(({ x, y, ...pin }) => ({ ...pin, x: y, y: -x, side: pin.side === "N" ? "W" : "E" })), width: symbol.height, height: symbol.width };
}
