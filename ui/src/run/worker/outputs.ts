/**
 * Checks what a skill returned before it leaves the worker. Runs inside the
 * sandbox; the page checks again what it needs to rely on.
 */

import type { NodeError } from "../types";

/** How much memory the outputs of one call may take. */
export const OUTPUT_LIMIT_BYTES = 256 * 2 ** 20;

/** What is said when they take more. */
export const tooLarge: NodeError = {
  kind: "output",
  message: `the outputs take more than ${OUTPUT_LIMIT_BYTES / 2 ** 20} MB`,
  hint: "return less: summarise, or sample",
};

/** How deep a value may be nested. A value that contains itself is deeper. */
const DEPTH_LIMIT = 200;

/** Why `result` cannot be handed on, or `null` when it can. */
export function checkOutputs(result: unknown): NodeError | null {
  if (typeof result !== "object" || result === null || !isPlain(result)) {
    return {
      kind: "output",
      message: `\`execute\` returned ${describe(result)}, not an object of outputs`,
      hint: "return an object with one property per output",
    };
  }
  for (const [name, value] of Object.entries(result)) {
    const problem = check(value, name, 0);
    if (problem) return problem;
  }
  return null;
}

/** Turns the error of a failed structured clone into one a person can use. */
export function explainUncloneable(error: unknown): NodeError {
  return {
    kind: "output",
    message: `the outputs cannot be handed on: ${error instanceof Error ? error.message : String(error)}`,
    hint: "return numbers, text, booleans, lists, plain objects and typed arrays",
  };
}

function check(value: unknown, path: string, depth: number): NodeError | null {
  switch (typeof value) {
    case "function":
    case "symbol":
      return unfit(path, value);
    case "object":
      break;
    default:
      return null;
  }
  if (value === null || value instanceof ArrayBuffer) return null;
  if (ArrayBuffer.isView(value)) return TYPED.has(tagOf(value)) ? null : unfit(path, value);
  if (depth >= DEPTH_LIMIT) {
    return {
      kind: "output",
      message: `output \`${path.split(/[.[]/, 1)[0] ?? path}\` is nested too deep or contains itself`,
      hint: `return a value of at most ${DEPTH_LIMIT} levels`,
    };
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const item: unknown = value[i];
      if (typeof item === "number" || typeof item === "string") continue;
      if (item === undefined) return unfit(`${path}[${i}]`, undefined);
      const problem = check(item, `${path}[${i}]`, depth + 1);
      if (problem) return problem;
    }
    return null;
  }
  if (!isPlain(value)) return unfit(path, value);
  for (const key of Object.keys(value)) {
    const problem = check((value as Record<string, unknown>)[key], `${path}.${key}`, depth + 1);
    if (problem) return problem;
  }
  return null;
}

/** The typed arrays that every runtime can take. */
const TYPED = new Set([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float32Array", "Float64Array",
]);

/** The name of a kind of object, whatever its properties say. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether an object is nothing but its properties; one of another module's world counts, too. */
function isPlain(value: object): boolean {
  if (tagOf(value) !== "Object") return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What to write instead of a value of these kinds. */
const INSTEAD: readonly [string, string][] = [
  ["a Date", "return `date.toISOString()` or `date.getTime()`"],
  ["a Set", "return `[...set]`"],
  ["a Map", "return `Object.fromEntries(map)`"],
  ["a Promise", "`await` it before it is returned"],
  ["a RegExp", "return `pattern.source`"],
  ["an error", "return its `message`"],
  ["a Float16Array", "return `Float32Array.from(array)`"],
  ["a DataView", "return the `Uint8Array` of its buffer"],
  ["nothing", "a list has no holes: write `null`"],
];

function unfit(path: string, value: unknown): NodeError {
  const what = describe(value);
  const isVector = typeof (value as { toArray?: unknown } | undefined)?.toArray === "function";
  const instead = isVector ? "return its `toArray()`" : INSTEAD.find(([kind]) => kind === what)?.[1];
  return {
    kind: "output",
    message: `output \`${path}\` is ${what}, which cannot be handed to another node`,
    hint: instead ?? "return numbers, text, booleans, lists, plain objects and typed arrays",
  };
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  const tag = tagOf(value);
  if (tag === "Error") return "an error";
  if (tag !== "Object") return `a ${tag}`;
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === "string" && name !== "" && name !== "Object" ? `a ${name}` : "an object with a prototype of its own";
}
