/** What a table makes of its columns: their types, their cells as text, and what they amount to. */
import { formatNumber, summarise } from "../summary";
import type { Column } from "../value";

export type ColumnKind = "integer" | "number" | "text" | "yes/no" | "mixed" | "empty";

/** What a column amounts to over some rows. */
export type Stats = {
  n: number;
  missing: number;
  numbers?: { min: number; max: number; mean: number };
  /** How many different values there are; `undefined` for more than are counted. */
  distinct?: number | undefined;
};

const SAMPLE = 400;
const MAX_DISTINCT = 1_000;
const CHAR = 7.4;
const MAX_CHARS = 300;

/** The type of a column, told by a sample of its values. */
export function kindOf({ values }: Column): ColumnKind {
  const kinds = new Set<ColumnKind>();
  for (const at of sample(values.length)) {
    const value = values[at];
    if (isMissing(value)) continue;
    if (typeof value === "number") kinds.add(Number.isInteger(value) ? "integer" : "number");
    else if (typeof value === "bigint") kinds.add("integer");
    else kinds.add(typeof value === "boolean" ? "yes/no" : "text");
  }
  if (kinds.delete("number")) {
    kinds.delete("integer");
    kinds.add("number");
  }
  const [kind = "empty"] = kinds;
  return kinds.size > 1 ? "mixed" : kind;
}

/** Whether cells of such a column stand at the right. */
export function isNumeric(kind: ColumnKind): boolean {
  return kind === "number" || kind === "integer";
}

/** Whether there is nothing in a cell. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

/** A cell in few characters; nothing for a missing value. */
export function cellText(value: unknown): string {
  if (isMissing(value)) return "";
  if (typeof value === "number") return formatNumber(value);
  return typeof value === "string" ? value.slice(0, MAX_CHARS) : summarise(value);
}

/** A cell as it is copied: with all its digits. */
export function rawText(value: unknown): string {
  if (isMissing(value)) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A width in which the name and most cells fit. */
export function widthOf({ name, values }: Column): number {
  let longest = Math.max(name.length + 2, 7);
  for (const at of sample(values.length)) longest = Math.max(longest, cellText(values[at]).length);
  return Math.min(longest * CHAR + 24, 340);
}

/** What a column amounts to over the rows that are shown. */
export function statsOf({ values }: Column, rows: Uint32Array | undefined, nRows: number): Stats {
  const n = rows?.length ?? nRows;
  const different = new Set<unknown>();
  let missing = 0;
  let nNumbers = 0;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (let at = 0; at < n; at += 1) {
    const value = values[rows ? (rows[at] ?? 0) : at];
    if (isMissing(value)) missing += 1;
    else if (typeof value === "number") {
      nNumbers += 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    } else if (different.size <= MAX_DISTINCT) different.add(value);
  }
  if (nNumbers > 0) return { n, missing, numbers: { min, max, mean: sum / nNumbers } };
  return { n, missing, distinct: different.size > MAX_DISTINCT ? undefined : different.size };
}

/** Indices spread over a list. */
function sample(length: number): number[] {
  if (length <= SAMPLE) return Array.from({ length }, (_, at) => at);
  return Array.from({ length: SAMPLE }, (_, at) => (at < SAMPLE / 2 ? at : Math.floor((at * length) / SAMPLE)));
}
