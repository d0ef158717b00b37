/**
 * Makes of a skill's netlist what ngspice is given: the same lines at the same
 * numbers, without what would command the simulator, under a title that
 * belongs to this one call.
 */

import { ANALYSES, checkNetlist, isAnalysis, placeOf } from "./check";
import { constant, paramsOf, type Params } from "./constant";
import { readNetlist, type Card, type Netlist } from "./netlist";
import { SpiceProblem, type Place } from "./problem";

/** A value that is computed after the analysis: `.output` or `.meas`. */
export type Derived = {
  /** What the netlist calls it. */
  name: string;
  /** What ngspice calls it: no name of the netlist is like it. */
  vector: string;
  /** The analysis it belongs to, or `null` for the only one. */
  analysis: string | null;
  /** The command that makes the vector. */
  command: string;
  place: Place;
};

/** A netlist, ready for ngspice. */
export type Deck = {
  title: string;
  text: string;
  netlist: Netlist;
  /** The analyses that are asked for, in the order of the netlist. */
  analyses: { kind: string; place: Place }[];
  derived: Derived[];
  /** Commands that print more, with the analysis that they look at. */
  prints: { analysis: string; command: string; place: Place }[];
};

/** Left out of what ngspice reads: done by commands, or only of use on paper. */
const LEFT_OUT = new Set([".output", ".meas", ".measure", ".four", ".print", ".plot", ".title", ".width"]);

/** What an expression may consist of; nothing that ends a command or begins another. */
const EXPRESSION = /^[\w\s.,+\-*/^()[\]@#=']*$/;

/** Checks a netlist and makes it ready; `currents` are parts whose current is wanted as well. */
export function makeDeck(text: string, title: string, currents: readonly string[]): Deck {
  const netlist = readNetlist(text);
  checkNetlist(netlist);
  const lines: string[] = [];
  const put = (card: Card): void => {
    while (lines.length < card.line - 1) lines.push("*");
    lines[card.line - 1] = card.text;
  };
  lines[0] = title;
  netlist.elements.forEach(put);
  netlist.dots.filter(({ words }) => !LEFT_OUT.has(words[0] ?? "")).forEach(put);
  for (let index = 0; index < lines.length; index += 1) lines[index] ??= "*";

  const derived = readDerived(netlist.dots);
  const wanted = new Set([...currents, ...derived.flatMap(({ command }) => command.match(/@\w+\[\w+\]/g) ?? [])]);
  if (wanted.size > 0) lines.push(`.save all ${[...wanted].join(" ")}`);
  lines.push(".end", "");
  const analyses = netlist.dots
    .filter(({ words }) => isAnalysis(words[0] ?? ""))
    .map((card) => ({ kind: (card.words[0] ?? "").slice(1), place: placeOf(card) }));
  const prints = netlist.dots.filter(({ words }) => words[0] === ".four").map((card) => {
    const command = `fourier ${card.words.slice(1).length > 0 ? checked(card.text.replace(/^\S+\s*/, ""), placeOf(card)) : ""}`;
    return { analysis: "tran", command, place: placeOf(card) };
  });
  return { title, text: lines.join("\n"), netlist, analyses, derived, prints };
}

function readDerived(dots: readonly Card[]): Derived[] {
  const derived: Derived[] = [];
  const params = paramsOf(dots);
  for (const card of dots) {
    const dot = card.words[0] ?? "";
    if (dot !== ".output" && dot !== ".meas" && dot !== ".measure") continue;
    const found = dot === ".output" ? readOutput(card, derived) : readMeasure(card, derived, params);
    if (derived.some(({ name }) => name === found.name)) {
      throw new SpiceProblem(`\`${found.name}\` is defined twice`, "give it another name", found.place);
    }
    derived.push(found);
  }
  return derived;
}

/** `.output [analysis] name = expression` */
function readOutput(card: Card, earlier: readonly Derived[]): Derived {
  const place = placeOf(card);
  const match = /^\S+\s+(?:(\w+)\s+)?([A-Za-z_][\w-]*)\s*=\s*(\S.*)$/.exec(card.text);
  const [, analysis, name, expression] = match ?? [];
  if (name === undefined || expression === undefined) {
    throw new SpiceProblem("this is no output", "write it as in `.output ac gain = db(v(out)/v(in))`", place);
  }
  const vector = `llmos_${earlier.length}`;
  const command = `let ${vector} = ${expand(expression, earlier, place)}`;
  return { name: normal(name), vector, analysis: analysisOf(analysis, place), command, place };
}

/** `.meas analysis name what …` */
function readMeasure(card: Card, earlier: readonly Derived[], params: Params): Derived {
  const place = placeOf(card);
  const match = /^\S+\s+(\w+)\s+([A-Za-z_][\w-]*)\s+(\S.*)$/.exec(card.text);
  const [, analysis, name, rest] = match ?? [];
  if (analysis === undefined || name === undefined || rest === undefined) {
    throw new SpiceProblem("this is no measurement", "write it as in `.meas tran peak max v(out)`", place);
  }
  const vector = `llmos_${earlier.length}`;
  const formula = /^param\s*=\s*(.*)$/i.exec(rest)?.[1];
  const command = formula === undefined
    ? `meas ${analysis} ${vector} ${checked(computed(rest, params, place), place)}`
    : `let ${vector} = ${expand(formula, earlier, place)}`;
  return { name: normal(name), vector, analysis: analysisOf(analysis, place), command: command.toLowerCase(), place };
}

/** One number or one vector. */
const PLAIN = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[a-z]*|@?[a-z_][\w.#:]*(?:\([^()]*\))?(?:\[\w+\])?)$/i;

/** A measurement whose expressions are numbers: ngspice would read the first number of each and nothing more. */
function computed(rest: string, params: Params, place: Place): string {
  const text = rest.replaceAll(/'([^']*)'|\{([^}]*)\}|"([^"]*)"/g, (_whole, ...found: unknown[]) => {
    const expression = found.slice(0, 3).find((part) => typeof part === "string") as string;
    return PLAIN.test(expression) && !params.has(expression.toLowerCase()) ? expression : String(constant(expression, params, place));
  });
  const flat = text.replaceAll(/\([^()]*\)/g, "");
  if (/[-+*/^]\s|\s[*/^]/.test(flat)) {
    const hint = "put the expression between quotes, as in `val='0.5*{{supply}}'`";
    throw new SpiceProblem("an expression in a measurement stands between quotes", hint, place);
  }
  return text.replaceAll(/=\s*((?:[^\s()]|\([^()]*\))+)/g, (whole, value: string) =>
    PLAIN.test(value) && !params.has(value.toLowerCase()) ? whole : `=${constant(value, params, place)}`,
  );
}

function analysisOf(word: string | undefined, place: Place): string | null {
  if (word === undefined) return null;
  const kind = word.toLowerCase();
  if ((ANALYSES as readonly string[]).includes(kind)) return kind;
  throw new SpiceProblem(`there is no analysis \`${word}\``, `use one of ${ANALYSES.slice(0, 6).join(", ")}`, place);
}

/** An expression in which values defined before it have the names that ngspice knows. */
function expand(expression: string, earlier: readonly Derived[], place: Place): string {
  let text = checked(expression, place).replaceAll("'", " ").toLowerCase();
  for (const { name, vector } of earlier) {
    text = text.replaceAll(new RegExp(`(?<![\\w@[]|\\b[vi]\\(|,)${name}(?![\\w([])`, "g"), vector);
  }
  return text.trim();
}

function checked(text: string, place: Place): string {
  const bad = [...text].find((char) => !EXPRESSION.test(char));
  if (bad === undefined) return text;
  throw new SpiceProblem(`an expression cannot contain \`${bad}\``, "use names, numbers, parentheses and operators", place);
}

/** How names of ports and vectors are compared: in lower case, with `_` for every other character. */
export function normal(name: string): string {
  return name.toLowerCase().replaceAll(/\W+/g, "_");
}
