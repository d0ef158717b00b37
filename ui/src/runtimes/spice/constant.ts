/**
 * The value of an expression that is made of numbers and `.param` names.
 * Measurements are commands of ngspice, which reads a number there and
 * silently drops what follows it; so expressions are computed before.
 */

import type { Card } from "./netlist";
import { SpiceProblem, type Place } from "./problem";

/** The parameters of a netlist by name, in lower case, as they are written. */
export type Params = ReadonlyMap<string, string>;

const TOKEN = /\s*((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[a-z]*|[a-z_]\w*|\*\*|[-+*/^(),])/iy;
const NUMBER = /^((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*)$/i;
const SCALES: [prefix: string, scale: number][] = [
  ["meg", 1e6], ["mil", 25.4e-6], ["t", 1e12], ["g", 1e9], ["k", 1e3], ["m", 1e-3], ["u", 1e-6], ["n", 1e-9], ["p", 1e-12], ["f", 1e-15], ["a", 1e-18],
];
const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt, abs: Math.abs, exp: Math.exp, ln: Math.log, log: Math.log, log10: Math.log10, min: Math.min, max: Math.max, pow: Math.pow,
};
/** How deep parameters may be made of parameters. */
const DEPTH = 20;

/** Every `.param` outside of subcircuits. */
export function paramsOf(dots: readonly Card[]): Params {
  const params = new Map<string, string>();
  for (const { words, text, scope } of dots) {
    if (!/^\.params?$/.test(words[0] ?? "") || scope !== "") continue;
    for (const [, name = "", value = ""] of text.matchAll(/(\w+)\s*=\s*('[^']*'|\{[^}]*\}|"[^"]*"|[^\s=]+)/g)) {
      params.set(name.toLowerCase(), value.replaceAll(/^['"{]|['"}]$/g, ""));
    }
  }
  return params;
}

/** Computes an expression, or throws a problem that says what is no number in it. */
export function constant(expression: string, params: Params, place: Place): number {
  const value = new Reader(expression, params, place, 0).whole();
  if (Number.isFinite(value)) return value;
  throw new SpiceProblem(`\`${expression.trim()}\` is ${value}, which is no number to compare with`, "give an expression that has a finite value", place);
}

class Reader {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(
    readonly expression: string,
    readonly params: Params,
    readonly place: Place,
    readonly depth: number,
  ) {
    const pattern = new RegExp(TOKEN);
    const text = expression.trim();
    while (pattern.lastIndex < text.length) {
      const token = pattern.exec(text)?.[1];
      if (token === undefined) this.#refuse();
      this.#tokens.push(token.toLowerCase());
    }
  }

  whole(): number {
    const value = this.#sum();
    if (this.#at < this.#tokens.length) this.#refuse();
    return value;
  }

  #refuse(): never {
    const hint = "between quotes use numbers, names of `.param`, `+ - * / ^` and parentheses; compute what else there is in an `.output` line";
    throw new SpiceProblem(`\`${this.expression.trim()}\` is no expression that can be computed before the analysis`, hint, this.place);
  }

  #take(...wanted: string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }

  #sum(): number {
    let value = this.#product();
    for (let sign = this.#take("+", "-"); sign; sign = this.#take("+", "-")) value += (sign === "+" ? 1 : -1) * this.#product();
    return value;
  }

  #product(): number {
    let value = this.#signed();
    for (let sign = this.#take("*", "/"); sign; sign = this.#take("*", "/")) {
      const next = this.#signed();
      value = sign === "*" ? value * next : value / next;
    }
    return value;
  }

  #signed(): number {
    const sign = this.#take("+", "-");
    if (sign) return (sign === "-" ? -1 : 1) * this.#signed();
    const base = this.#single();
    return this.#take("^", "**") ? base ** this.#signed() : base;
  }

  #single(): number {
    if (this.#take("(")) return this.#closed([])[0] ?? this.#refuse();
    const token = this.#tokens[this.#at] ?? this.#refuse();
    this.#at += 1;
    const number = NUMBER.exec(token);
    if (number) return Number(number[1]) * (SCALES.find(([prefix]) => number[2]?.startsWith(prefix))?.[1] ?? 1);
    if (this.#take("(")) {
      const compute = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
      return compute ? compute(...this.#closed([])) : this.#refuse();
    }
    const value = this.params.get(token);
    if (value === undefined || this.depth >= DEPTH) this.#refuse();
    return new Reader(value, this.params, this.place, this.depth + 1).whole();
  }

  /** What stands up to the closing parenthesis. */
  #closed(values: number[]): number[] {
    values.push(this.#sum());
    if (this.#take(",")) return this.#closed(values);
    return this.#take(")") ? values : this.#refuse();
  }
}
