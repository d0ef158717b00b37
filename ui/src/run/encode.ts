/**
 * Writes values as JSON for the trace.
 *
 * What JSON has stays as it is; typed arrays become lists of numbers, and a
 * property that is `undefined` is none. What JSON lacks becomes an object with
 * one key that begins with `$`:
 *
 * - `{"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}`
 * - `{"$bigint": "123"}`, for integers beyond 2^53
 * - `{"$bytes": "<base64>"}`
 * - `{"$omitted": {"kind", "bytes"}}`, for a value that is too large or nested too deep to keep
 * - `{"$value": {…}}`, around an object of the user that looks like one of these
 */

import type { HeldOutputs } from "./lists";
import { kindOf, sizeOf } from "./values";

/** How much JSON one trace may hold, in bytes. */
export const REPORT_BUDGET_BYTES = 32 * 2 ** 20;

/** About how long a number with a fraction is as JSON. */
const NUMBER_BYTES = 20;

/** How deep the JSON of a value may be nested: readers of JSON stop at 128 levels of the whole trace. */
const DEPTH_LIMIT = 100;

const HALF = /[\ud800-\udfff]/u;

/** Text as JSON in UTF-8 can hold it: half a character, which cutting text can leave, becomes `\ufffd`. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** Writes values until the budget is spent, and markers from then on. */
export class Encoder {
  #left: number;

  constructor(budgetBytes: number = REPORT_BUDGET_BYTES) {
    this.#left = budgetBytes;
  }

  /** Encodes the ports of a node. */
  ports(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(values).map(([port, value]) => [wellFormed(port), this.value(value)]));
  }

  /** Encodes the outputs of a node; a long list that has no room is not even unpacked. */
  held(outputs: HeldOutputs): Record<string, unknown> {
    const encoded = Object.keys(outputs.packed).map((port) => {
      const { value, lists } = outputs.linked(port, port);
      const numbers = lists.reduce((sum, { data }) => sum + data.length, 0);
      if (numbers * NUMBER_BYTES <= this.#left) return [wellFormed(port), this.value(outputs.port(port))];
      return [wellFormed(port), { $omitted: { kind: kindOf(value), bytes: sizeOf(value) + 8 * numbers } }];
    });
    return Object.fromEntries(encoded) as Record<string, unknown>;
  }

  /** Encodes one value, whole or not at all. */
  value(value: unknown): unknown {
    const bytes = jsonBytes(value, DEPTH_LIMIT);
    if (bytes > this.#left) return { $omitted: { kind: kindOf(value), bytes: sizeOf(value) } };
    this.#left -= bytes;
    return encode(value);
  }
}

function encode(value: unknown): unknown {
  switch (typeof value) {
    case "number":
      if (Object.is(value, -0)) return { $number: "-0" };
      return Number.isFinite(value) ? value : { $number: String(value) };
    case "bigint":
      return { $bigint: value.toString() };
    case "string":
      return wellFormed(value);
    case "boolean":
      return value;
    case "object":
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (value instanceof ArrayBuffer) return { $bytes: base64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) {
    if (kindOf(value) === "bytes" || value instanceof DataView) {
      return { $bytes: base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
    }
    return isPlain(value) ? Array.from(value) : Array.from(value as unknown as ArrayLike<number | bigint>, encode);
  }
  if (Array.isArray(value)) return value.map(encode);
  if (isFlat(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[wellFormed(key), encode(item)] as const]));
  const encoded = Object.fromEntries(entries);
  return entries.length === 1 && entries[0]?.[0].startsWith("$") ? { $value: encoded } : encoded;
}

/** Whether JSON has every number of these: a look is ten times as fast as writing each of them anew. */
function isPlain(value: ArrayBufferView): value is Float64Array {
  if (!(value instanceof Float64Array || value instanceof Float32Array)) return false;
  for (let i = 0; i < value.length; i += 1) {
    const item = value[i] as number;
    if (!Number.isFinite(item) || Object.is(item, -0)) return false;
  }
  return true;
}

/** Whether JSON has all of an object as it is: one of many thousand keys need not be written anew. */
function isFlat(value: object): boolean {
  return Object.keys(value).every((key) => {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (key.startsWith("$") || HALF.test(key)) return false;
    if (typeof item === "number") return Number.isFinite(item) && !Object.is(item, -0);
    return item === null || typeof item === "boolean" || (typeof item === "string" && !HALF.test(item));
  });
}

/** About how long the JSON of a value is, never much too small; without end when it is nested deeper than `levels`. */
function jsonBytes(value: unknown, levels: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return Number.isInteger(value) && Math.abs(value) < 1e6 ? 8 : NUMBER_BYTES;
    case "object":
      break;
    default:
      return 24;
  }
  if (value === null) return 5;
  if (value instanceof ArrayBuffer) return 16 + value.byteLength * 1.4;
  if (ArrayBuffer.isView(value)) {
    if (kindOf(value) === "bytes" || value instanceof DataView) return 16 + value.byteLength * 1.4;
    return (value as unknown as ArrayLike<number>).length * NUMBER_BYTES;
  }
  if (levels <= 0) return Infinity;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) bytes += 1 + jsonBytes(item, levels - 1);
    return bytes;
  }
  // Every object may need another one around it.
  for (const key of Object.keys(value)) {
    bytes += key.length + 4 + jsonBytes((value as Readonly<Record<string, unknown>>)[key], levels - (key.startsWith("$") ? 2 : 1));
  }
  return bytes;
}

function base64(bytes: Uint8Array): string {
  const step = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(text);
}
