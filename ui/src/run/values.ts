/** What kind a value is and how much memory it takes. */

import type { ValueKind } from "./types";

type Fields = Record<string, unknown>;

/** Names a value's kind from its shape, without looking deep into it. */
export function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "integer" : "number";
    case "bigint":
      return "integer";
    case "boolean":
      return "boolean";
    case "string":
      return value.startsWith("data:image/") ? "image" : "string";
    case "object":
      return value === null ? "null" : kindOfObject(value);
    default:
      return "null";
  }
}

function kindOfObject(value: object): ValueKind {
  if (Array.isArray(value)) return "array";
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof ArrayBuffer) return "bytes";
  if (ArrayBuffer.isView(value)) return "array";
  const fields = value as Fields;
  if (isListOf(fields["columns"], "values")) return "table";
  if (isListOf(fields["series"], "y")) return "plot";
  const hasContent = typeof fields["text"] === "string" || typeof fields["base64"] === "string";
  if (typeof fields["name"] === "string" && hasContent) return "file";
  return "object";
}

/** A list whose first item has a list under `field`; an empty list counts. */
function isListOf(list: unknown, field: string): boolean {
  if (!Array.isArray(list)) return false;
  const [first] = list as unknown[];
  if (first === undefined) return true;
  if (typeof first !== "object" || first === null) return false;
  const inner = (first as Fields)[field];
  return Array.isArray(inner) || ArrayBuffer.isView(inner);
}

/** What an object or a list takes beside its items. */
const OBJECT_BYTES = 32;

/** About how many bytes a value takes in memory. */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return 16 + 2 * value.length;
    case "object":
      break;
    default:
      return 8;
  }
  if (value === null) return 8;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return OBJECT_BYTES + value.byteLength;
  let bytes = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) bytes += typeof item === "number" ? 8 : sizeOf(item);
    return bytes;
  }
  for (const key in value) bytes += 16 + key.length + sizeOf((value as Fields)[key]);
  return bytes;
}

/**
 * Whether a value takes no more than `bytes` and is nested no deeper than `depth`.
 *
 * Ends for every value, also for one that contains itself, and for one that is
 * small in memory because its parts are shared but endless to walk through.
 */
export function fitsWithin(value: unknown, bytes: number, depth: number): boolean {
  let left = bytes;
  const take = (item: unknown, levels: number): boolean => {
    const isPlace = typeof item === "object" && item !== null && !ArrayBuffer.isView(item) && !(item instanceof ArrayBuffer);
    if (!isPlace) {
      left -= sizeOf(item);
      return left >= 0;
    }
    left -= OBJECT_BYTES;
    if (left < 0 || levels === 0) return false;
    if (Array.isArray(item)) {
      for (const part of item as unknown[]) {
        if (typeof part === "number") left -= 8;
        else if (!take(part, levels - 1)) return false;
      }
      return left >= 0;
    }
    for (const key of Object.keys(item)) {
      left -= 16 + key.length;
      if (!take((item as Fields)[key], levels - 1)) return false;
    }
    return true;
  };
  return take(value, depth);
}
