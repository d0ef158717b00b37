/** Where an axis has ticks and what they say. */
import { formatNumber } from "../summary";
import { type Scale, toPixel } from "./scale";
import { isPrefixable, prefixOf } from "./units";

export type Tick = { value: number; label: string };
export type Ticks = { major: Tick[]; minor: number[] };

/** How an axis wants its ticks. */
export type TickStyle = {
  /** Pixels between two labels, at least. */
  room: number;
  unit: string;
  /** Only whole numbers are told. */
  integer?: boolean;
  /** The names at 0, 1, 2, …, where the axis has names instead of numbers. */
  categories?: readonly string[] | undefined;
};

const MAX_NAME = 14;
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** The ticks of a scale. */
export function ticksOf(scale: Scale, style: TickStyle): Ticks {
  if (style.categories) return { major: nameTicks(scale, style.categories, style.room), minor: [] };
  return scale.kind === "log" ? logTicks(scale, style) : linearTicks(scale, style);
}

function nameTicks(scale: Scale, names: readonly string[], room: number): Tick[] {
  const step = Math.max(Math.ceil(room / Math.abs(scale.slope)), 1);
  const ticks: Tick[] = [];
  const first = Math.ceil(Math.max(scale.min, 0) / step) * step;
  for (let at = first; at <= Math.min(scale.max, names.length - 1); at += step) {
    const name = names[at] ?? "";
    ticks.push({ value: at, label: name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name });
  }
  return ticks;
}

function linearTicks(scale: Scale, { room, unit, integer }: TickStyle): Ticks {
  const span = scale.max - scale.min;
  const n = Math.max(Math.abs(toPixel(scale, scale.max) - toPixel(scale, scale.min)) / room, 1);
  const step = Math.max(niceStep(span / n), integer ? 1 : 0);
  const values: number[] = [];
  const first = Math.ceil(scale.min / step - 1e-9);
  for (let k = first; k * step <= scale.max + step * 1e-9 && values.length < 200; k += 1) values.push(k * step);
  const labels = linearLabels(values, step, unit);
  return { major: values.map((value, at) => ({ value, label: labels[at] ?? "" })), minor: [] };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Labels with as many digits as the steps between them need. */
function linearLabels(values: readonly number[], step: number, unit: string): string[] {
  const largest = Math.max(...values.map(Math.abs), step);
  const plain = largest < 1e6 && largest >= 1e-3;
  const { factor, letter } = prefixOf(largest);
  if (isPrefixable(unit) && factor !== 1 && (largest >= 1e4 || largest < 0.1)) {
    return values.map((value) => (Math.abs(value) < step / 2 ? "0" : `${fixed(value / factor, step / factor)}${letter}`));
  }
  if (plain) return values.map((value) => fixed(value, step));
  return values.map((value) => (Math.abs(value) < step / 2 ? "0" : formatNumber(Number(value.toPrecision(6)))));
}

function fixed(value: number, step: number): string {
  const digits = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 9);
  const zero = Math.abs(value) < step / 2 ? 0 : value;
  return zero.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function logTicks(scale: Scale, style: TickStyle): Ticks {
  const low = Math.log10(scale.min);
  const high = Math.log10(scale.max);
  const pixels = Math.abs(toPixel(scale, scale.max) - toPixel(scale, scale.min));
  if (high - low < 0.6) return linearTicks(scale, style);
  const perDecade = pixels / (high - low);
  const stride = Math.max(Math.ceil(style.room / perDecade), 1);
  const between = perDecade >= style.room * 3.4 ? [1, 2, 5] : [1];
  const major: Tick[] = [];
  const minor: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (let factor = 1; factor < 10; factor += 1) {
      const value = factor * 10 ** power;
      if (value < scale.min * (1 - 1e-9) || value > scale.max * (1 + 1e-9)) continue;
      if (between.includes(factor) && power % stride === 0) major.push({ value, label: logLabel(factor, power, style.unit) });
      else if (stride === 1 || factor === 1) minor.push(value);
    }
  }
  return { major, minor };
}

function logLabel(factor: number, power: number, unit: string): string {
  const value = factor * 10 ** power;
  if (isPrefixable(unit)) {
    const { factor: thousand, letter } = prefixOf(value * (1 + 1e-9));
    return `${Number((value / thousand).toPrecision(3))}${letter}`;
  }
  if (power >= -3 && power < 5) return Number(value.toPrecision(3)).toLocaleString("en");
  const raised = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPT[Number(digit)]).join("");
  return `${factor === 1 ? "" : `${factor}·`}10${power < 0 ? "⁻" : ""}${raised}`;
}
