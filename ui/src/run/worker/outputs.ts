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
  if (typeof result !== "object" || result === null || Array.isArray(result) || ArrayBuffer.isView(result)) {
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
      return unfit(path, describe(value));
    case "object":
      break;
    default:
      return null;
  }
  if (value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return null;
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
      const problem = check(item, `${path}[${i}]`, depth + 1);
      if (problem) return problem;
    }
    return null;
  }
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Object]") return unfit(path, describe(value));
  for (const key of Object.keys(value)) {
    const problem = check((value as Record<string, unknown>)[key], `${path}.${key}`, depth + 1);
    if (problem) return problem;
  }
  return null;
}

function unfit(path: string, what: string): NodeError {
  return {
    kind: "output",
    message: `output \`${path}\` is ${what}, which cannot be handed to another node`,
    hint: "return numbers, text, booleans, lists, plain objects and typed arrays",
  };
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
}
