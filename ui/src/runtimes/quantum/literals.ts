/** Writes the inputs of a node as what a program can read. */

import { QuantumProblem } from "./problem";
import type { QType } from "./signature";

/** More items make programs that take long to compile. */
const ITEM_LIMIT = 100_000;

/** A value as a Q# expression of a type. */
export function qsharpLiteral(value: unknown, type: QType, path: string): string {
  if (type.kind === "array") return arrayLiteral(value, type.item, path);
  if (type.kind === "tuple") return tupleLiteral(value, type.items, path);
  const literal = WRITERS[type.name]?.(value);
  if (literal !== undefined && literal !== null) return literal;
  if (!(type.name in WRITERS)) {
    const known = Object.keys(WRITERS).map((name) => `\`${name}\``).join(", ");
    throw new QuantumProblem(`the input \`${path}\` is of type \`${type.name}\`, which cannot be handed in`, `use ${known}, or lists and tuples of them`);
  }
  throw new QuantumProblem(`the input \`${path}\` is ${shown(value)}, not ${described(type.name)}`, `the parameter is declared as \`${type.name}\``);
}

type Writer = (value: unknown) => string | null;

const integer: Writer = (value) => {
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 63n ? value.toString() : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
};

const double = (value: number): string | null => {
  if (!Number.isFinite(value)) return null;
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
};

const WRITERS: Record<string, Writer> = {
  Int: integer,
  BigInt: (value) => (typeof value === "bigint" || Number.isSafeInteger(value) ? `${String(value)}L` : null),
  Double: (value) => (typeof value === "number" ? double(value) : typeof value === "bigint" ? double(Number(value)) : null),
  Bool: (value) => (typeof value === "boolean" ? String(value) : null),
  String: (value) => (typeof value === "string" ? quoted(value) : null),
  Result: (value) => {
    if (value === 1 || value === true || value === "One" || value === "1") return "One";
    return value === 0 || value === false || value === "Zero" || value === "0" ? "Zero" : null;
  },
  Pauli: (value) => {
    const letter = typeof value === "string" ? /^(?:Pauli)?([IXYZ])$/.exec(value)?.[1] : undefined;
    return letter === undefined ? null : `Pauli${letter}`;
  },
  Complex: (value) => {
    const { re, im } = typeof value === "number" ? { re: value, im: 0 } : ((value ?? {}) as { re?: unknown; im?: unknown });
    if (typeof re !== "number" || typeof im !== "number") return null;
    const [real, imaginary] = [double(re), double(im)];
    return real === null || imaginary === null ? null : `Std.Math.Complex(${real}, ${imaginary})`;
  },
};

function quoted(text: string): string {
  const escapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };
  return `"${text.replaceAll(/[\n\r\t"\\]/g, (char) => escapes[char] ?? char)}"`;
}

function arrayLiteral(value: unknown, item: QType, path: string): string {
  const items = itemsOf(value, item);
  if (!items) throw new QuantumProblem(`the input \`${path}\` is ${shown(value)}, not a list`, "give a list, or change the type of the parameter");
  if (items.length > ITEM_LIMIT) {
    throw new QuantumProblem(`the input \`${path}\` has ${items.length} items`, `give at most ${ITEM_LIMIT}`);
  }
  return `[${items.map((part, index) => qsharpLiteral(part, item, `${path}[${index}]`)).join(", ")}]`;
}

/** The items of a list; a complex list `{re, im}` is one of complex numbers. */
function itemsOf(value: unknown, item: QType): unknown[] | null {
  if (Array.isArray(value)) return value as unknown[];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as ArrayLike<number>);
  if (item.kind !== "name" || item.name !== "Complex" || typeof value !== "object" || value === null) return null;
  const { re, im } = value as { re?: ArrayLike<number>; im?: ArrayLike<number> };
  return re && im && typeof re === "object" ? Array.from(re, (real, index) => ({ re: real, im: im[index] })) : null;
}

function tupleLiteral(value: unknown, items: readonly QType[], path: string): string {
  if (!Array.isArray(value) || value.length !== items.length) {
    throw new QuantumProblem(`the input \`${path}\` is ${shown(value)}, not a list of ${items.length} values`, "give one value for each part of the tuple");
  }
  return `(${items.map((type, index) => qsharpLiteral(value[index], type, `${path}[${index}]`)).join(", ")})`;
}

function described(name: string): string {
  const words: Record<string, string> = {
    Int: "a whole number", BigInt: "a whole number", Double: "a finite number", Bool: "`true` or `false`", String: "a text",
    Result: "0 or 1", Pauli: "I, X, Y or Z", Complex: "a number or `{re, im}`",
  };
  return words[name] ?? name;
}

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return `the text \`${value.slice(0, 40)}\``;
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) || ArrayBuffer.isView(value) ? "a list" : "an object";
}

/** A value as OpenQASM text: a number, or a list of them in braces. */
export function openqasmLiteral(value: unknown, port: string): string {
  switch (typeof value) {
    case "number":
      if (Number.isFinite(value)) return String(value);
      break;
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      if (/^\w+$/.test(value)) return value;
      throw new QuantumProblem(`the input \`${port}\` is a text with other characters than letters, digits and \`_\``, "give a number or a single name");
    default:
      break;
  }
  const items = itemsOf(value, { kind: "name", name: "Double" });
  if (items && items.length <= ITEM_LIMIT) return `{${items.map((item) => openqasmLiteral(item, port)).join(", ")}}`;
  throw new QuantumProblem(`the input \`${port}\` is ${shown(value)}, which cannot stand in a program`, "give a number, a name or a list of numbers");
}
