/**
 * Which rows a table shows, and in which order. Everything here is a
 * generator that yields how far it is, so that a page can draw in between.
 */
import type { Column } from "../value";
import { isMissing } from "./columns";
import { type Filter, matcherOf } from "./filter";

export type Sort = { column: number; down: boolean };

/** Yields the share of the work that is done. */
export type Work<T> = Generator<number, T>;

const PER_STEP = 20_000;

/** The rows that pass a filter, sorted; `undefined` stands for all rows as they are. */
export function* arrange(
  columns: readonly Column[],
  nRows: number,
  sort: Sort | undefined,
  filter: Filter | undefined,
): Work<Uint32Array | undefined> {
  const matches = filter && matcherOf(columns, filter);
  const values = sort && columns[sort.column]?.values;
  if (!matches && !values) return undefined;
  const all = matches ? yield* filtered(nRows, matches) : Uint32Array.from({ length: nRows }, (_, at) => at);
  return values ? yield* sorted(values, all, sort.down) : all;
}

/** Numbers come before texts, and missing values last, whichever way. Equal rows keep their order. */
export function* sorted(values: ArrayLike<unknown>, rows: Uint32Array, down: boolean): Work<Uint32Array> {
  const numbers: number[] = [];
  const texts: number[] = [];
  const missing: number[] = [];
  for (const row of rows) {
    const value = values[row];
    if (isMissing(value)) missing.push(row);
    else if (typeof value === "number") numbers.push(row);
    else texts.push(row);
  }
  yield 0.05;
  const byNumber = sortedNumbers(values as ArrayLike<number>, Uint32Array.from(numbers), down);
  yield 0.2;
  const byText = texts.length > 0 ? yield* sortedTexts(values, Uint32Array.from(texts), down) : new Uint32Array();
  const result = new Uint32Array(rows.length);
  const parts = down ? [byText, byNumber] : [byNumber, byText];
  let at = 0;
  for (const part of [...parts, missing]) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function* filtered(nRows: number, matches: (row: number) => boolean): Work<Uint32Array> {
  const kept: number[] = [];
  for (let row = 0; row < nRows; row += 1) {
    if (matches(row)) kept.push(row);
    if (row % PER_STEP === PER_STEP - 1) yield row / nRows;
  }
  return Uint32Array.from(kept);
}

/** Radix sort over the bits of the numbers: a million of them in a blink. */
function sortedNumbers(values: ArrayLike<number>, rows: Uint32Array, down: boolean): Uint32Array {
  const n = rows.length;
  const keys = new Float64Array(n);
  for (let at = 0; at < n; at += 1) keys[at] = (values[rows[at] ?? 0] ?? 0) + 0;
  const words = new Uint32Array(keys.buffer);
  for (let at = 0; at < n; at += 1) {
    // As unsigned integers the bits of doubles are in order once the sign is turned.
    const negative = (words[2 * at + 1] ?? 0) >>> 31;
    const flip = down ? 0xffffffff : 0;
    words[2 * at] = (words[2 * at] ?? 0) ^ (negative ? 0xffffffff : 0) ^ flip;
    words[2 * at + 1] = (words[2 * at + 1] ?? 0) ^ (negative ? 0xffffffff : 0x80000000) ^ flip;
  }
  const halves = new Uint16Array(keys.buffer);
  let from = Uint32Array.from({ length: n }, (_, at) => at);
  let to = new Uint32Array(n);
  for (let digit = 0; digit < 4; digit += 1) {
    const starts = new Uint32Array(65_537);
    const digitOf = (at: number) => halves[4 * at + digit] ?? 0;
    const add = (place: number, by: number) => (starts[place] = (starts[place] ?? 0) + by);
    for (let at = 0; at < n; at += 1) add(digitOf(at) + 1, 1);
    for (let at = 1; at < starts.length; at += 1) add(at, starts[at - 1] ?? 0);
    for (const at of from) to[add(digitOf(at), 1) - 1] = at;
    [from, to] = [to, from];
  }
  return from.map((at) => rows[at] ?? 0);
}

/** Merge sort of texts as people sort them: `b9` before `b10`, capitals beside small letters. */
function* sortedTexts(values: ArrayLike<unknown>, rows: Uint32Array, down: boolean): Work<Uint32Array> {
  const n = rows.length;
  const keys: string[] = [];
  let plain = true;
  for (let at = 0; at < n; at += 1) {
    const text = textOf(values[rows[at] ?? 0]);
    plain &&= isPlain(text);
    keys.push(text);
    if (at % PER_STEP === PER_STEP - 1) yield 0.2 + (0.2 * at) / n;
  }
  const words = new Intl.Collator(undefined, { numeric: true });
  if (plain) for (let at = 0; at < n; at += 1) keys[at] = naturalKey(keys[at] ?? "");
  yield 0.4;
  const sign = down ? -1 : 1;
  const compare = plain
    ? (a: string, b: string) => (a === b ? 0 : a < b ? -sign : sign)
    : (a: string, b: string) => sign * words.compare(a, b);
  let from = Uint32Array.from({ length: n }, (_, at) => at);
  let to = new Uint32Array(n);
  let done = 0;
  const total = Math.max(Math.ceil(Math.log2(n)), 1) * n;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at += 1) {
        const useRight =
          left >= middle || (right < end && compare(keys[from[right] ?? 0] ?? "", keys[from[left] ?? 0] ?? "") < 0);
        to[at] = from[useRight ? right++ : left++] ?? 0;
        done += 1;
        if (done % PER_STEP === 0) yield 0.4 + (0.6 * done) / total;
      }
    }
    [from, to] = [to, from];
  }
  return from.map((at) => rows[at] ?? 0);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the whole of ASCII
  return /^[\x00-\x7f]*$/.test(text);
}

/** A text that compares as people would: small letters, and numbers of one length. */
function naturalKey(text: string): string {
  const small = text.toLowerCase();
  return /\d/.test(small) ? small.replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(16, "0")) : small;
}
