/**
 * What is wrong with a netlist before it is simulated.
 *
 * ngspice drops lines that it does not understand and goes on with the rest,
 * so the usual mistakes are looked for here, where the line is known.
 */

import type { Card, Element, Netlist } from "./netlist";
import { SpiceProblem, type Place } from "./problem";

/** What each kind of part is called, and how a line of it looks. */
const PARTS: Record<string, { noun: string; words: number; example: string }> = {
  R: { noun: "a resistor", words: 4, example: "r1 in out 1k" },
  C: { noun: "a capacitor", words: 4, example: "c1 out 0 1u" },
  L: { noun: "an inductor", words: 4, example: "l1 in out 1m" },
  V: { noun: "a voltage source", words: 3, example: "v1 in 0 5" },
  I: { noun: "a current source", words: 3, example: "i1 0 out 1m" },
  D: { noun: "a diode", words: 4, example: "d1 anode cathode dmodel" },
  Q: { noun: "a bipolar transistor", words: 5, example: "q1 collector base emitter qmodel" },
  M: { noun: "a MOSFET", words: 5, example: "m1 drain gate source bulk mmodel" },
  J: { noun: "a JFET", words: 5, example: "j1 drain gate source jmodel" },
  Z: { noun: "a MESFET", words: 5, example: "z1 drain gate source zmodel" },
  E: { noun: "a voltage-controlled voltage source", words: 5, example: "e1 out 0 in 0 10" },
  G: { noun: "a voltage-controlled current source", words: 5, example: "g1 out 0 in 0 1m" },
  F: { noun: "a current-controlled current source", words: 5, example: "f1 out 0 vsense 10" },
  H: { noun: "a current-controlled voltage source", words: 5, example: "h1 out 0 vsense 1k" },
  B: { noun: "a behavioural source", words: 6, example: "b1 out 0 v=v(in)*2" },
  K: { noun: "a coupling of inductors", words: 4, example: "k1 l1 l2 0.99" },
  S: { noun: "a switch", words: 6, example: "s1 a b control 0 smodel" },
  W: { noun: "a current-controlled switch", words: 5, example: "w1 a b vsense wmodel" },
  T: { noun: "a transmission line", words: 6, example: "t1 a 0 b 0 z0=50 td=1n" },
  O: { noun: "a lossy transmission line", words: 6, example: "o1 a 0 b 0 omodel" },
  U: { noun: "a distributed RC line", words: 5, example: "u1 a b 0 umodel" },
  Y: { noun: "a single lossy transmission line", words: 6, example: "y1 a 0 b 0 ymodel" },
  P: { noun: "a coupled multiconductor line", words: 4, example: "p1 a b 0 c d 0 pmodel" },
  X: { noun: "a subcircuit", words: 3, example: "x1 in out amplifier" },
};

/** Analyses, each beginning with the word that its plots begin with. */
export const ANALYSES = ["tran", "ac", "dc", "op", "noise", "tf", "pz", "sens", "disto", "sp"] as const;

const HARMLESS_DOTS = [
  "meas", "measure", "model", "subckt", "ends", "param", "params", "func", "global", "ic", "nodeset", "options", "option", "opt",
  "temp", "save", "probe", "print", "plot", "four", "width", "title", "if", "elseif", "else", "endif", "csparam", "output",
];
const DOTS = new Set([...ANALYSES, ...HARMLESS_DOTS].map((name) => `.${name}`));

const COMMANDS = new Set([".control", ".endc", ".exec", ".shell", ".system"]);
const FILES = new Set([".include", ".inc", ".incl", ".lib", ".endl", ".osdi", ".pre_osdi", ".codemodel", ".verilog"]);

/** Throws the first thing that is wrong with a netlist. */
export function checkNetlist(netlist: Netlist): void {
  checkTitle(netlist);
  netlist.dots.forEach(checkDot);
  checkScopes(netlist.dots);
  for (const element of netlist.elements) checkElement(element, netlist);
  checkNames(netlist.elements);
  if (netlist.afterEnd) {
    throw new SpiceProblem("this line stands after `.end` and would not be read", "move `.end` to the last line", netlist.afterEnd);
  }
  checkWhole(netlist);
}

export const placeOf = ({ line, text }: Card): Place => ({ line, text });

/** The first line of a netlist is never simulated, which is easily forgotten. */
function checkTitle({ title }: Netlist): void {
  const text = title.trim();
  const isPart =
    /^[rcl]\w*\s+\w+\s+\w+\s+[\d.{]/i.test(text) ||
    /^[vi]\w*\s+\w+\s+\w+\s+([\d.+-]|dc\b|ac\b|(pulse|sin|pwl|exp|sffm)\s*\()/i.test(text) ||
    /^[dqmjx]\w*(\s+\w+){3,}$/i.test(text) && /\b0\b/.test(text);
  if (!isPart && (!text.startsWith(".") || /^\.title\b/i.test(text))) return;
  const hint = "put a line with a title above it, such as `* low-pass filter`";
  throw new SpiceProblem("the first line of a netlist is its title, but this is a statement", hint, { line: 1, text });
}

function checkDot(card: Card): void {
  const name = card.words[0] ?? "";
  if (DOTS.has(name)) return;
  if (COMMANDS.has(name)) {
    const hint = "state the analyses as `.tran`, `.ac`, `.dc` or `.op`; outputs come from ports and `.output` lines";
    throw new SpiceProblem(`\`${name}\` is not allowed: a netlist here has no commands`, hint, placeOf(card));
  }
  if (FILES.has(name)) {
    const hint = "write the models and subcircuits into the netlist itself";
    throw new SpiceProblem(`\`${name}\` is not allowed: there are no files to read`, hint, placeOf(card));
  }
  const near = [...DOTS].find((dot) => dot.startsWith(name.slice(0, 3)) || name.startsWith(dot));
  const hint = near ? `did you mean \`${near}\`?` : "look the statement up in the ngspice manual";
  throw new SpiceProblem(`there is no statement \`${name}\``, hint, placeOf(card));
}

function checkScopes(dots: readonly Card[]): void {
  const open: Card[] = [];
  for (const card of dots) {
    if (card.words[0] === ".subckt") open.push(card);
    else if (card.words[0] === ".ends" && !open.pop()) {
      throw new SpiceProblem("this `.ends` ends nothing", "remove it, or add `.subckt` above", placeOf(card));
    }
  }
  const last = open.at(-1);
  if (last) throw new SpiceProblem("this subcircuit never ends", "add a line `.ends` after its last part", placeOf(last));
}

function checkElement(element: Element, netlist: Netlist): void {
  const place = placeOf(element);
  const part = PARTS[element.letter];
  if (!part) {
    const hint = "the first letter says what a part is, such as `r1` for a resistor; a comment begins with `*`";
    const what = /^[AN]$/.test(element.letter)
      ? "code models and compiled models are not part of this simulator"
      : `no part begins with \`${element.name.slice(0, 1)}\``;
    throw new SpiceProblem(what, hint, place);
  }
  if (element.words.length < part.words) {
    throw new SpiceProblem(`too little for ${part.noun}`, `write it as in \`${part.example}\``, place);
  }
  if (element.letter === "X") checkCall(element, netlist, place);
  else if (element.model !== null) checkModel(element, netlist, part.noun, place);
  if (element.letter === "K") checkCoupling(element, netlist, place);
}

function checkCall({ nodes, model }: Element, { subcircuits }: Netlist, place: Place): void {
  const found = subcircuits.find(({ name }) => name === model?.toLowerCase());
  if (!found) {
    const hint = `${known("subcircuits", subcircuits)}; the name stands last, after the nodes`;
    throw new SpiceProblem(`there is no subcircuit \`${model ?? ""}\``, hint, place);
  }
  if (found.pins.length === nodes.length) return;
  const hint = `it begins on line ${found.line}: ${found.text}`;
  const counts = `\`${found.name}\` has ${found.pins.length} pins, but ${nodes.length} nodes are given`;
  throw new SpiceProblem(counts, hint, place);
}

function checkModel({ model, name }: Element, { models }: Netlist, noun: string, place: Place): void {
  if (models.some((other) => other.name === model?.toLowerCase())) return;
  const kind = { D: "d", Q: "npn", M: "nmos", J: "njf", S: "sw", W: "csw" }[name.slice(0, 1).toUpperCase()];
  const hint = `add a line such as \`.model ${model ?? "mine"} ${kind ?? "…"}(…)\`; ${known("models", models)}`;
  throw new SpiceProblem(`${noun} needs a model, and there is none called \`${model ?? ""}\``, hint, place);
}

function known(what: string, list: readonly { name: string }[]): string {
  if (list.length === 0) return `the netlist defines no ${what}`;
  return `the netlist defines ${list.map(({ name }) => `\`${name}\``).join(", ")}`;
}

function checkCoupling({ words, scope }: Element, { elements }: Netlist, place: Place): void {
  for (const name of words.slice(1, 3)) {
    const found = elements.some((other) => other.scope === scope && other.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new SpiceProblem(`there is no inductor \`${name}\` to couple`, "name two inductors of the netlist", place);
  }
}

function checkNames(elements: readonly Element[]): void {
  const seen = new Map<string, Element>();
  for (const element of elements) {
    const key = `${element.scope}/${element.name.toLowerCase()}`;
    const first = seen.get(key);
    if (first) {
      const hint = `give it another name; the first stands on line ${first.line}`;
      throw new SpiceProblem(`there are two parts called \`${element.name}\``, hint, placeOf(element));
    }
    seen.set(key, element);
  }
}

function checkWhole({ elements, dots }: Netlist): void {
  if (elements.length === 0) throw new SpiceProblem("the netlist has no parts", "add parts, such as `v1 in 0 5` and `r1 in 0 1k`");
  if (!dots.some(({ words }) => isAnalysis(words[0] ?? ""))) {
    throw new SpiceProblem("the netlist asks for no analysis", "add a line such as `.tran 10u 10m`, `.ac dec 20 1 1meg`, `.dc v1 0 5 0.1` or `.op`");
  }
  const grounded = elements.some(({ scope, nodes }) => scope === "" && nodes.some((node) => node === "0" || node === "gnd"));
  if (!grounded) {
    throw new SpiceProblem("nothing is connected to ground", "call the node that all voltages are measured against `0`");
  }
}

/** Whether a statement asks for an analysis. */
export function isAnalysis(dot: string): boolean {
  return (ANALYSES as readonly string[]).includes(dot.slice(1));
}
