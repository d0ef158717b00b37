/** Places on an axis: from values to pixels and back, linear or logarithmic. */
import type { ScaleKind } from "../value";

export type Bounds = { min: number; max: number };

/** `pixel = offset + slope * value`, or its logarithm. */
export type Scale = Bounds & { kind: ScaleKind; offset: number; slope: number };

/** A scale on which `min` is at pixel `from` and `max` at pixel `to`. */
export function makeScale(kind: ScaleKind, { min, max }: Bounds, from: number, to: number): Scale {
  const low = forward(kind, min);
  const slope = (to - from) / (forward(kind, max) - low || 1);
  return { kind, min, max, offset: from - slope * low, slope };
}

/** The pixel of a value; `NaN` where a logarithmic axis has no place for it. */
export function toPixel({ kind, offset, slope }: Scale, value: number): number {
  return offset + slope * forward(kind, value);
}

/** The value at a pixel. */
export function toValue({ kind, offset, slope }: Scale, pixel: number): number {
  const at = (pixel - offset) / slope;
  return kind === "log" ? 10 ** at : at;
}

/** Bounds with some room on both sides, as seen on the axis. */
export function padded(kind: ScaleKind, { min, max }: Bounds, share: number): Bounds {
  const low = forward(kind, min);
  const high = forward(kind, max);
  const room = (high - low || Math.abs(high) || 1) * share;
  const flat = low === high ? (kind === "log" ? 0.5 : Math.abs(high) * 0.5 || 1) : 0;
  return { min: backward(kind, low - room - flat), max: backward(kind, high + room + flat) };
}

/** Bounds zoomed by a factor around a value that keeps its place; below 1 is nearer. */
export function zoomed(kind: ScaleKind, { min, max }: Bounds, around: number, factor: number): Bounds {
  const centre = forward(kind, around);
  const low = centre + (forward(kind, min) - centre) * factor;
  const high = centre + (forward(kind, max) - centre) * factor;
  // Nearer than this, numbers can no longer tell the two ends apart.
  const least = Math.max(Math.abs(low), Math.abs(high), 1e-290) * 1e-12;
  if (!(high - low > least) || !Number.isFinite(high - low)) return { min, max };
  return { min: backward(kind, low), max: backward(kind, high) };
}

/** Bounds moved by a share of what they span. */
export function moved(kind: ScaleKind, { min, max }: Bounds, share: number): Bounds {
  const by = (forward(kind, max) - forward(kind, min)) * share;
  return { min: backward(kind, forward(kind, min) + by), max: backward(kind, forward(kind, max) + by) };
}

function forward(kind: ScaleKind, value: number): number {
  if (kind === "linear") return value;
  return value > 0 ? Math.log10(value) : NaN;
}

function backward(kind: ScaleKind, value: number): number {
  return kind === "log" ? 10 ** Math.min(Math.max(value, -300), 300) : value;
}
