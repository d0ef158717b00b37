/** Values of parts, as they stand beside a symbol. */

const FACTORS: Record<string, number> = {
  t: 1e12, g: 1e9, meg: 1e6, k: 1e3, mil: 25.4e-6, m: 1e-3, u: 1e-6, µ: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15,
};
const PREFIXES: readonly (readonly [number, string])[] = [
  [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"], [1e-15, "f"],
];
const UNITS: Record<string, string> = { R: "Ω", C: "F", L: "H", V: "V", I: "A" };

/** The longest text beside a symbol. */
const LONGEST = 26;

/** A number as SPICE writes it, or `undefined`. */
export function spiceNumber(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(meg|mil|[tgkmunpfµ])?[a-zµ]*$/i.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === undefined ? 1 : (FACTORS[match[2].toLowerCase()] ?? 1));
}

/** A number with a prefix and a unit: `4.7 kΩ`. */
export function withUnit(value: number, unit: string): string {
  if (value === 0) return `0 ${unit}`;
  const [factor, prefix] = PREFIXES.find(([each]) => Math.abs(value) >= each * 0.9995) ?? [1, ""];
  return `${Number((value / factor).toPrecision(4))} ${prefix}${unit}`;
}

/** The value of a part of this kind, short. */
export function valueText(letter: string, value: string): string {
  const [first = "", second] = value.split(/\s+/);
  const unit = UNITS[letter];
  const number = spiceNumber(/^dc$/i.test(first) ? (second ?? "") : first);
  const isPlain = !/[({]|\b(ac|sin|pulse|pwl|exp|sffm)\b/i.test(value);
  const text = unit !== undefined && number !== undefined && isPlain ? withUnit(number, unit) : value;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
