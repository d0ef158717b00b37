/** Tables made of values that are not called so: lists, lists of objects, complex lists, matrices. */
import { type Column, type ComplexList, isComplexList, isList, type Plot, type Series, shapeOf, type Table } from "./value";

const SAMPLE = 30;
const MAX_COLUMNS = 500;
const DEGREES = 180 / Math.PI;

/** A value as a table, where it has rows; of a table its complex columns become several. */
export function tabular(value: unknown): Table | undefined {
  const shape = shapeOf(value);
  if (shape.shape === "table") return { columns: shape.table.columns.flatMap(spread) };
  if (isComplexList(value)) return { columns: [indexColumn(value.re.length), ...complexColumns("", value)] };
  if (!isList(value) || value instanceof Uint8Array || value.length < 2) return undefined;
  switch (itemsOf(value)) {
    case "complex":
      return { columns: [indexColumn(value.length), ...complexColumns("", pulledApart(value))] };
    case "scalar":
      return { columns: [indexColumn(value.length), { name: "value", values: value }] };
    case "list":
      return matrixTable(value as ArrayLike<ArrayLike<unknown>>);
    case "record":
      return recordTable(value as ArrayLike<Readonly<Record<string, unknown>>>);
    default:
      return undefined;
  }
}

/** A list of equally long lists of numbers as a heat map. */
export function matrixPlot(value: unknown): Plot | undefined {
  if (!isList(value) || value.length < 2 || itemsOf(value) !== "list") return undefined;
  const rows = value as ArrayLike<ArrayLike<number>>;
  const width = rows[0]?.length ?? 0;
  const even = sampled(rows).every((row) => row.length === width && sampled(row).every(isNumberOrGap));
  if (width < 2 || !even) return undefined;
  const axis = (length: number) => Float64Array.from({ length }, (_, at) => at);
  const series: Series = { name: "value", kind: "heatmap", x: axis(width), y: axis(rows.length), z: rows };
  return { x_label: "column", y_label: "row", z_label: "value", series: [series] };
}

/** Whether a column can be drawn: most of what is sampled are numbers. */
export function isDrawable({ values }: Column): boolean {
  const some = sampled(values).filter((one) => one !== null && one !== undefined);
  return some.length > 0 && some.every((one) => typeof one === "number" || typeof one === "bigint");
}

/** What the items of a list are, told by a sample. */
function itemsOf(list: ArrayLike<unknown>): "scalar" | "complex" | "list" | "record" | undefined {
  if (ArrayBuffer.isView(list)) return "scalar";
  const some = sampled(list).filter((one) => one !== null && one !== undefined);
  if (some.length === 0) return undefined;
  if (some.every((one) => typeof one !== "object")) return "scalar";
  if (some.every(isComplex)) return "complex";
  if (some.every((one) => isList(one) && !(one instanceof Uint8Array))) return "list";
  return some.every((one) => typeof one === "object" && !isList(one)) ? "record" : undefined;
}

function spread(column: Column): Column[] {
  const { name, values } = column;
  if (isComplexList(values)) return complexColumns(name, values);
  return values.length > 0 && itemsOf(values) === "complex" ? complexColumns(name, pulledApart(values)) : [column];
}

/** Size, decibels and angle before the two parts: they are what people look at. */
function complexColumns(name: string, { re, im }: ComplexList): Column[] {
  const n = re.length;
  const made = (word: string, of: (re: number, im: number) => number): Column => ({
    name: name ? `${name} ${word}` : word,
    values: Float64Array.from({ length: n }, (_, at) => of(re[at] ?? NaN, im[at] ?? NaN)),
  });
  return [
    made("magnitude", Math.hypot),
    made("magnitude (dB)", (a, b) => 20 * Math.log10(Math.hypot(a, b))),
    made("phase (°)", (a, b) => Math.atan2(b, a) * DEGREES),
    made("real", (a) => a),
    made("imaginary", (_, b) => b),
  ];
}

function pulledApart(list: ArrayLike<unknown>): ComplexList {
  const part = (key: "re" | "im") => Float64Array.from(list, (one) => (one as Record<string, number> | null)?.[key] ?? NaN);
  return { re: part("re"), im: part("im") };
}

function matrixTable(rows: ArrayLike<ArrayLike<unknown>>): Table {
  let width = 0;
  for (let at = 0; at < rows.length; at += 1) width = Math.max(width, rows[at]?.length ?? 0);
  const columns = Array.from({ length: Math.min(width, MAX_COLUMNS) }, (_, column) => ({
    name: String(column),
    values: Array.from(rows, (row) => row?.[column] ?? null),
  }));
  return { columns };
}

function recordTable(rows: ArrayLike<Readonly<Record<string, unknown>>>): Table {
  const keys = new Set<string>();
  for (const row of sampled(rows)) for (const key of Object.keys(row ?? {})) keys.add(key);
  const names = [...keys].slice(0, MAX_COLUMNS);
  return { columns: names.map((name) => ({ name, values: Array.from(rows, (row) => row?.[name] ?? null) })) };
}

function indexColumn(length: number): Column {
  return { name: "index", values: countUp(length, 0) };
}

function isComplex(one: unknown): boolean {
  return typeof one === "object" && one !== null && "re" in one && "im" in one && typeof one.re === "number" && Object.keys(one).length === 2;
}

function isNumberOrGap(one: unknown): boolean {
  return typeof one === "number" || typeof one === "bigint" || one === null;
}

/** Some items from all over a list. */
function sampled<T>(list: ArrayLike<T>): T[] {
  const n = Math.min(list.length, SAMPLE);
  return Array.from({ length: n }, (_, at) => list[Math.floor((at * list.length) / n)] as T);
}

/** The numbers from `first` on. Much faster than `from` with a function, where there are millions. */
export function countUp(length: number, first: number): Uint32Array {
  const numbers = new Uint32Array(length);
  for (let at = 0; at < length; at += 1) numbers[at] = at + first;
  return numbers;
}
