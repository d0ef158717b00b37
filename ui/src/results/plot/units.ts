/** Numbers with units: what a label says of the unit, and prefixes as engineers write them. */
import { formatNumber } from "../summary";

/** Units that take `k`, `m`, `µ` and the like. */
const PREFIXABLE = new Set(["s", "V", "A", "Hz", "F", "H", "Ω", "Ohm", "ohm", "W", "m", "J", "eV", "Pa", "N", "C", "T", "B", "bit", "S"]);
const PREFIXES: Readonly<Record<number, string>> = {
  [-15]: "f", [-12]: "p", [-9]: "n", [-6]: "µ", [-3]: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T",
};

/** The parts of a label such as `time (s)` or `gain [dB]`. */
export function labelParts(label: string): { name: string; unit: string } {
  const found = /^(.*?)(?:\s+\(|\s*\[)\s*([^()[\]]{1,12})\s*[)\]]\s*$/.exec(label);
  return { name: found?.[1] ?? label, unit: found?.[2] ?? "" };
}

/** Whether numbers of this unit are written with prefixes. */
export function isPrefixable(unit: string): boolean {
  return PREFIXABLE.has(unit);
}

/** The power of a thousand that suits a number, and its letter. */
export function prefixOf(value: number): { factor: number; letter: string } {
  const power = value === 0 ? 0 : 3 * Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  const near = Math.min(Math.max(power, -15), 12);
  return { factor: 10 ** near, letter: PREFIXES[near] ?? "" };
}

/** A value with its unit, such as `1.25 ms`, `-3.01 dB` or `42`. */
export function withUnit(value: number, unit: string): string {
  if (!unit || !Number.isFinite(value)) return formatNumber(value);
  if (!isPrefixable(unit)) return `${formatNumber(Number(value.toPrecision(7)))} ${unit}`;
  const { factor, letter } = prefixOf(value);
  return `${formatNumber(Number((value / factor).toPrecision(6)))} ${letter}${unit}`;
}
