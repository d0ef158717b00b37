/** Heat maps: cells between edges, and a colour for each value. */
import type { Series } from "../value";
import { bounds, numbers } from "./lists";
import { type Bounds, type Scale, toValue } from "./scale";

export type Heat = {
  label: string;
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  rows: ArrayLike<number>[];
  /** One more than there are columns, and than there are rows. */
  xEdges: Float64Array;
  yEdges: Float64Array;
  range: Bounds;
};

/** Viridis: even steps look even, also to the colour-blind and in grey. */
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"].map(
  (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number],
);

/** How many colours there are from the least value to the greatest. */
const N_SHADES = 256;

const SHADES = new Uint8ClampedArray(N_SHADES * 4);
for (let at = 0; at < N_SHADES; at += 1) {
  const place = (at / (N_SHADES - 1)) * (VIRIDIS.length - 1);
  const left = VIRIDIS[Math.floor(place)] ?? [0, 0, 0];
  const right = VIRIDIS[Math.ceil(place)] ?? left;
  for (const channel of [0, 1, 2] as const) {
    SHADES[at * 4 + channel] = left[channel] + (right[channel] - left[channel]) * (place % 1);
  }
  SHADES[at * 4 + 3] = 255;
}

/** Makes a heat map of a series; names stand at 0, 1, 2, …. */
export function heatOf(series: Series, xNames: string[] | undefined, yNames: string[] | undefined, label: string): Heat {
  const rows = Array.from(series.z ?? [], (row) => numbers(row));
  const xs = xNames ? Float64Array.from(xNames.keys()) : numbers(series.x);
  const ys = yNames ? Float64Array.from(yNames.keys()) : numbers(series.y);
  return { label, xs, ys, rows, xEdges: edges(xs), yEdges: edges(ys), range: bounds(rows) };
}

/** The colour of a value, or `undefined` where it has none. */
export function heatColour({ min, max }: Bounds, value: number): string | undefined {
  const at = shadeOf(min, max, value);
  return at < 0 ? undefined : `rgb(${SHADES[at * 4]},${SHADES[at * 4 + 1]},${SHADES[at * 4 + 2]})`;
}

/** The value of the cell at a place, and which one it is. */
export function cellAt(heat: Heat, x: number, y: number): { column: number; row: number; value: number } | undefined {
  const column = cellOf(heat.xEdges, x);
  const row = cellOf(heat.yEdges, y);
  if (column < 0 || row < 0) return undefined;
  return { column, row, value: heat.rows[row]?.[column] ?? NaN };
}

/** The map as pixels of a box; outside of the cells it is clear. */
export function heatPixels(heat: Heat, x: Scale, y: Scale, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const columns = Int32Array.from({ length: width }, (_, at) => cellOf(heat.xEdges, toValue(x, at + 0.5)));
  const pixels = new Uint8ClampedArray(width * height * 4);
  const { min, max } = heat.range;
  for (let line = 0; line < height; line += 1) {
    const row = heat.rows[cellOf(heat.yEdges, toValue(y, line + 0.5))];
    if (!row) continue;
    for (let at = 0; at < width; at += 1) {
      const column = columns[at] ?? -1;
      const shade = column < 0 ? -1 : shadeOf(min, max, row[column] ?? NaN);
      if (shade < 0) continue;
      const from = shade * 4;
      const to = (line * width + at) * 4;
      pixels[to] = SHADES[from] ?? 0;
      pixels[to + 1] = SHADES[from + 1] ?? 0;
      pixels[to + 2] = SHADES[from + 2] ?? 0;
      pixels[to + 3] = 255;
    }
  }
  return pixels;
}

function shadeOf(min: number, max: number, value: number): number {
  if (Number.isNaN(value)) return -1;
  const share = max > min ? (value - min) / (max - min) : 0.5;
  return Math.round(Math.min(Math.max(share, 0), 1) * (N_SHADES - 1));
}

/** The cell in which a value lies, or -1. Edges rise or fall. */
function cellOf(list: Float64Array, value: number): number {
  const n = list.length - 1;
  const falling = (list[0] ?? 0) > (list[n] ?? 0);
  let low = 0;
  let high = n;
  const beyond = (at: number) => (falling ? (list[at] ?? 0) < value : (list[at] ?? 0) > value);
  if (beyond(0) || !(beyond(n) || list[n] === value)) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(middle)) high = middle;
    else low = middle + 1;
  }
  return Math.min(low - 1, n - 1);
}

/** Edges half-way between centres. */
function edges(centres: ArrayLike<number>): Float64Array {
  const n = centres.length;
  const at = (index: number) => centres[index] ?? 0;
  if (n < 2) return Float64Array.of(at(0) - 0.5, at(0) + 0.5);
  const list = new Float64Array(n + 1);
  for (let index = 1; index < n; index += 1) list[index] = (at(index - 1) + at(index)) / 2;
  list[0] = at(0) - (at(1) - at(0)) / 2;
  list[n] = at(n - 1) + (at(n - 1) - at(n - 2)) / 2;
  return list;
}
