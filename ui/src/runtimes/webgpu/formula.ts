/** Computes the small formulas of a kernel's directives, such as `rows * cols`. */

import { Refusal } from "./refusal";

/** What a name stands for, or `undefined`. */
export type Names = { number(name: string): number | undefined; length(name: string): number | undefined };

const FUNCTIONS: Record<string, (...values: number[]) => number> = {
  ceil: Math.ceil,
  floor: Math.floor,
  round: Math.round,
  sqrt: Math.sqrt,
  log2: Math.log2,
  min: Math.min,
  max: Math.max,
};

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/%(),]))/y;
const HINT = "a formula has numbers, names of inputs that are numbers, `len(name)`, + - * / % ( ), and ceil, floor, round, sqrt, log2, min, max";

/** The value of a formula. */
export function evaluate(text: string, names: Names): number {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (what: string): never => {
    throw new Refusal(`cannot compute \`${text.trim()}\`: ${what}`, HINT);
  };
  const take = (wanted: string): void => {
    if (tokens[at] !== wanted) fail(tokens[at] === undefined ? `\`${wanted}\` is missing at the end` : `\`${tokens[at]}\` instead of \`${wanted}\``);
    at += 1;
  };
  const call = (name: string): number => {
    take("(");
    if (name === "len") {
      const buffer = tokens[at] ?? "";
      at += 1;
      take(")");
      return names.length(buffer) ?? fail(`there is no buffer with an input \`${buffer}\``);
    }
    const values = [sum()];
    while (tokens[at] === ",") {
      at += 1;
      values.push(sum());
    }
    take(")");
    const compute = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    return compute ? compute(...values) : fail(`there is no function \`${name}\``);
  };
  const value = (): number => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return fail("it ends too early");
    if (token === "-") return -value();
    if (token === "(") {
      const inner = sum();
      take(")");
      return inner;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!/^\w/.test(token)) return fail(`\`${token}\` is out of place`);
    if (tokens[at] === "(") return call(token);
    return names.number(token) ?? fail(`there is no input \`${token}\` that is a number`);
  };
  const product = (): number => {
    let left = value();
    for (;;) {
      const sign = tokens[at];
      if (sign !== "*" && sign !== "/" && sign !== "%") return left;
      at += 1;
      const right = value();
      left = sign === "*" ? left * right : sign === "/" ? left / right : left % right;
    }
  };
  const sum = (): number => {
    let left = product();
    for (;;) {
      const sign = tokens[at];
      if (sign !== "+" && sign !== "-") return left;
      at += 1;
      const right = product();
      left = sign === "+" ? left + right : left - right;
    }
  };
  const result = sum();
  if (at < tokens.length) fail(`\`${tokens[at] ?? ""}\` is out of place`);
  return result;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(trimmed);
    if (!found) throw new Refusal(`cannot read \`${text.trim()}\`: \`${trimmed.slice(from).trim()}\``, HINT);
    tokens.push(found[0].trim());
  }
  return tokens;
}
