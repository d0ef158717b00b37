/**
 * Values as previews read them. A value is looked at, never copied and never
 * turned into text whole: it may have a million points.
 */

export type Column = { name: string; values: ArrayLike<unknown> };
export type Table = { columns: Column[] };
export type Series = {
  name?: string;
  kind?: string;
  x: ArrayLike<number | string>;
  y: ArrayLike<number | string | null>;
  /** Of a heat map: a row for each `y`, and in it a number for each `x`. */
  z?: ArrayLike<ArrayLike<number | null>>;
};
export type ScaleKind = "linear" | "log";
export type Plot = {
  title?: string;
  x_label?: string;
  y_label?: string;
  z_label?: string;
  x_scale?: ScaleKind;
  y_scale?: ScaleKind;
  series: Series[];
};
/** A list of complex numbers as two lists. */
export type ComplexList = { re: ArrayLike<number>; im: ArrayLike<number> };
export type FileValue = { name: string; mime: string } & ({ text: string } | { base64: string });

/** A value under the preview that fits it. */
export type Shape =
  | { shape: "nothing" }
  | { shape: "plot"; plot: Plot }
  | { shape: "table"; table: Table }
  | { shape: "image"; url: string }
  | { shape: "file"; file: FileValue }
  | { shape: "bytes"; bytes: Uint8Array }
  | { shape: "text"; text: string }
  | { shape: "scalar"; value: number | boolean | bigint | null }
  | { shape: "tree"; value: object };

/** Which preview fits a value; looks at its surface only. */
export function shapeOf(value: unknown): Shape {
  switch (typeof value) {
    case "undefined":
      return { shape: "nothing" };
    case "string":
      return value.startsWith("data:image/") ? { shape: "image", url: value } : { shape: "text", text: value };
    case "number":
    case "boolean":
    case "bigint":
      return { shape: "scalar", value };
    default:
      break;
  }
  if (value === null) return { shape: "scalar", value };
  if (value instanceof Uint8Array) return { shape: "bytes", bytes: value };
  if (typeof value !== "object") return { shape: "text", text: String(value) };
  if (isPlot(value)) return { shape: "plot", plot: value };
  if (isTable(value)) return { shape: "table", table: value };
  if (isFile(value)) return { shape: "file", file: value };
  return { shape: "tree", value };
}

const KNOWN_KEYS = new WeakMap<object, readonly string[]>();

/** The keys of an object. Values never change once they are here, and those of a large one are costly to list. */
export function keysOf(value: object): readonly string[] {
  const known = KNOWN_KEYS.get(value);
  if (known) return known;
  const keys = Object.keys(value);
  KNOWN_KEYS.set(value, keys);
  return keys;
}

/** Whether a value is a list: an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Whether a value is a list of complex numbers. */
export function isComplexList(value: unknown): value is ComplexList {
  if (!isRecord(value) || isList(value)) return false;
  return isList(value.re) && isList(value.im) && value.re.length === value.im.length && Object.keys(value).length === 2;
}

function isTable(value: object): value is Table {
  if (!("columns" in value) || !Array.isArray(value.columns)) return false;
  return value.columns.every((one) => isRecord(one) && typeof one.name === "string" && (isList(one.values) || isComplexList(one.values)));
}

function isPlot(value: object): value is Plot {
  if (!("series" in value) || !Array.isArray(value.series)) return false;
  return value.series.every((one) => isRecord(one) && isList(one.x) && isList(one.y));
}

function isFile(value: object): value is FileValue {
  if (!("name" in value && "mime" in value)) return false;
  if (typeof value.name !== "string" || typeof value.mime !== "string") return false;
  return ("text" in value && typeof value.text === "string") || ("base64" in value && typeof value.base64 === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
