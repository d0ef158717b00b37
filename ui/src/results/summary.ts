import { count } from "../parts/time";
import { isList, keysOf, type Shape, shapeOf } from "./value";

const MAX_TEXT = 64;

/** A value in a few words, read from its surface. */
export function summarise(value: unknown): string {
  const shape = shapeOf(value);
  switch (shape.shape) {
    case "nothing":
      return "no value";
    case "scalar":
      return typeof shape.value === "number" ? formatNumber(shape.value) : String(shape.value);
    case "text":
      return firstLine(shape.text);
    case "plot":
      return `${count(shape.plot.series.length, "series", "series")} · ${count(points(shape), "point")}`;
    case "table": {
      const rows = shape.table.columns[0]?.values.length ?? 0;
      return `${count(shape.table.columns.length, "column")} · ${count(rows, "row")}`;
    }
    case "image":
      return `${/^data:image\/([a-z+]+)/.exec(shape.url)?.[1] ?? ""} image`;
    case "file":
      return shape.file.name;
    case "bytes":
      return bytes(shape.bytes.length);
    case "tree":
      return isList(shape.value) ? listText(shape.value) : keysText(shape.value);
  }
}

/** A number as people read it: ten significant digits, and no more than it has. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e12) return String(Number(value.toPrecision(10)));
  return value.toExponential(6).replace(/\.?0+e/, "e");
}

/** A size in bytes as people read it. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ["KB", "MB", "GB"];
  let size = n / 1024;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

function points({ plot }: Extract<Shape, { shape: "plot" }>): number {
  return plot.series.reduce((sum, { y }) => sum + y.length, 0);
}

function firstLine(text: string): string {
  const head = text.slice(0, MAX_TEXT + 1);
  const line = head.split("\n", 1)[0] ?? "";
  return line.length < text.length ? `${line.slice(0, MAX_TEXT)}…` : line;
}

function listText(list: ArrayLike<unknown>): string {
  if (list.length > 6 || Array.from(list).some((one) => typeof one === "object" && one !== null)) {
    return count(list.length, "item");
  }
  const items = Array.from(list, (one) => summarise(one)).join(", ");
  return items.length > MAX_TEXT ? count(list.length, "item") : `[${items}]`;
}

function keysText(value: object): string {
  const keys = keysOf(value);
  return `{${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""}}`;
}
