/** Lists of numbers as plots read them. */
import type { ScaleKind } from "../value";
import type { Bounds } from "./scale";

/** Numbers of any list; what is none becomes `NaN`. */
export function numbers(list: ArrayLike<number | string | null>): ArrayLike<number> {
  if (ArrayBuffer.isView(list)) return list as unknown as ArrayLike<number>;
  return Float64Array.from(list, (one) => (one === null || one === undefined ? NaN : Number(one)));
}

/** The least and the greatest number that an axis can show. */
export function bounds(lists: readonly ArrayLike<number>[], kind: ScaleKind = "linear"): Bounds {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (let at = 0; at < list.length; at += 1) {
      const value = list[at] ?? NaN;
      if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min <= max) return { min, max };
  return kind === "log" ? { min: 1, max: 10 } : { min: 0, max: 1 };
}
