/**
 * Reads a SPICE netlist into its parts, as far as checks and the schematic
 * need them. It judges nothing: what it does not understand has no nodes.
 */

/** One statement: a line of the netlist with the lines that continue it. */
export type Card = {
  /** The line it begins on, counted from 1. */
  line: number;
  /** The text without comments, continuation lines joined. */
  text: string;
  /** What the text consists of; an expression in braces or quotes is one word. */
  words: string[];
  /** The subcircuit that it is written in, or `""`. */
  scope: string;
};

/** A part of the circuit. */
export type Element = Card & {
  /** The kind of part: the first letter of its name, as a capital. */
  letter: string;
  /** The name as it is written. */
  name: string;
  nodes: string[];
  /** The name of its model or subcircuit, where it has one. */
  model: string | null;
  /** What stands after nodes and model: value and parameters. */
  value: string;
};

/** A `.model` or `.subckt` statement. */
export type Definition = Card & { name: string; kind: string; pins: string[] };

/** A netlist, taken apart. */
export type Netlist = {
  title: string;
  elements: Element[];
  /** Every statement that begins with a dot; `words[0]` is in lower case. */
  dots: Card[];
  models: Definition[];
  subcircuits: Definition[];
  /** The first line that says something after `.end`. */
  afterEnd: { line: number; text: string } | null;
};

const WORD = /'[^']*'?|"[^"]*"?|\{[^}]*\}?|[^\s,()='"{}]+|=/g;

/** Takes a netlist apart. Its first line is the title, as everywhere in SPICE. */
export function readNetlist(text: string): Netlist {
  const lines = text.split(/\r?\n/);
  const list: Netlist = { title: lines[0] ?? "", elements: [], dots: [], models: [], subcircuits: [], afterEnd: null };
  const cards = cardsOf(lines, list);
  const scopes: string[] = [];
  for (const card of cards) {
    const first = (card.words[0] ?? "").toLowerCase();
    card.scope = scopes.at(-1) ?? "";
    if (!first.startsWith(".")) continue;
    card.words[0] = first;
    list.dots.push(card);
    const name = (card.words[1] ?? "").toLowerCase();
    if (first === ".subckt") {
      list.subcircuits.push({ ...card, name, kind: "subckt", pins: pinsOf(card.words.slice(2)) });
      scopes.push(name);
    } else if (first === ".ends") scopes.pop();
    else if (first === ".model") list.models.push({ ...card, name, kind: (card.words[2] ?? "").toLowerCase(), pins: [] });
  }
  for (const card of cards) {
    if (!(card.words[0] ?? "").startsWith(".")) list.elements.push(elementOf(card, list.models));
  }
  return list;
}

function cardsOf(lines: readonly string[], list: Netlist): Card[] {
  const cards: Card[] = [];
  let ended = false;
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    if (line === 1) continue;
    const text = withoutComment(raw).trim();
    if (text === "") continue;
    if (ended) {
      list.afterEnd ??= { line, text };
      continue;
    }
    const last = cards.at(-1);
    if (text.startsWith("+") && last) last.text += ` ${text.slice(1).trim()}`;
    else if (/^\.end$/i.test(text)) ended = true;
    else cards.push({ line, text, words: [], scope: "" });
  }
  for (const card of cards) card.words = card.text.match(WORD) ?? [];
  return cards;
}

/** A line without its comment; `""` where the whole line is one. */
export function withoutComment(line: string): string {
  if (/^\s*\*/.test(line)) return "";
  const at = line.search(/;|(^|\s)\$(\s|$)|(^|\s)\/\//);
  return at < 0 ? line : line.slice(0, at);
}

/** The words before the first parameter `name=value`. */
function plainWords(words: readonly string[]): string[] {
  const assigned = words.indexOf("=");
  const end = assigned < 0 ? words.length : Math.max(assigned - 1, 0);
  return words.slice(0, end).filter((word) => !/^params:$/i.test(word));
}

const pinsOf = (words: readonly string[]): string[] => plainWords(words).map((pin) => pin.toLowerCase());

/** How many nodes the parts with a fixed number of them have. */
const NODES: Record<string, number> = {
  R: 2, C: 2, L: 2, V: 2, I: 2, D: 2, B: 2, F: 2, H: 2, W: 2, J: 3, Z: 3, U: 3, S: 4, T: 4, O: 4, Y: 4,
};
const WITH_MODEL = new Set(["D", "J", "Z", "S", "U", "O", "Q", "M"]);

function elementOf(card: Card, models: readonly Definition[]): Element {
  const [name = "", ...rest] = card.words;
  const letter = name.slice(0, 1).toUpperCase();
  const element = { ...card, letter, name, nodes: [] as string[], model: null as string | null, value: "" };
  if (letter === "K") return { ...element, value: rest.join(" ") };
  if (letter === "X") {
    const plain = plainWords(rest);
    const model = plain.at(-1) ?? null;
    return { ...element, nodes: lower(plain.slice(0, -1)), model, value: valueAfter(card, plain.length) };
  }
  const count = nodeCount(letter, rest, models);
  const nodes = lower(rest.slice(0, count));
  if (letter === "W") return { ...element, nodes, model: rest[3] ?? null, value: rest[2] ?? "" };
  const model = WITH_MODEL.has(letter) ? (rest[count] ?? null) : null;
  return { ...element, nodes, model, value: valueAfter(card, count + (model === null ? 0 : 1)) };
}

function nodeCount(letter: string, words: readonly string[], models: readonly Definition[]): number {
  // Transistors may have further nodes before the model, so the model tells.
  if (letter === "Q" || letter === "M") {
    const known = words.findIndex((word, at) => at >= 3 && models.some((model) => model.name === word.toLowerCase()));
    return known > 0 ? known : letter === "Q" ? 3 : 4;
  }
  // A source that is controlled by an expression names two nodes only.
  if (letter === "E" || letter === "G") return /^(vol|cur|value|table|poly|laplace)$/i.test(words[2] ?? "") ? 2 : 4;
  return NODES[letter] ?? 0;
}

const lower = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());

/** The text of a card after its name and `count` more words. */
function valueAfter(card: Card, count: number): string {
  let at = 0;
  for (const word of card.words.slice(0, count + 1)) at = card.text.indexOf(word, at) + word.length;
  return card.text.slice(at).replace(/^[\s,)]+/, "").trim();
}
