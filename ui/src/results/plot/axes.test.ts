import { expect, test } from "vitest";

import { makeScale, moved, padded, toPixel, toValue, zoomed } from "./scale";
import { ticksOf } from "./ticks";
import { labelParts, withUnit } from "./units";

const labels = (kind: "linear" | "log", min: number, max: number, style: object = {}) =>
  ticksOf(makeScale(kind, { min, max }, 0, 600), { room: 74, unit: "", ...style }).major.map(({ label }) => label);

test.each([
  ["linear", 0, 10, ["0", "2", "4", "6", "8", "10"]],
  ["linear", -0.1, 0.1, ["-0.10", "-0.05", "0.00", "0.05", "0.10"]],
  ["linear", 0, 50_000, ["0", "10,000", "20,000", "30,000", "40,000", "50,000"]],
  ["log", 1, 1e6, ["1", "10", "100", "1,000", "10,000", "10⁵", "10⁶"]],
  ["log", 1e-6, 1, ["10⁻⁶", "10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"]],
] as const)("a %s axis from %d to %d says %j", (kind, min, max, words) => {
  expect(labels(kind, min, max)).toEqual(words);
});

test("an axis of whole numbers has no ticks between them", () => {
  expect(labels("linear", 0, 3, { integer: true })).toEqual(["0", "1", "2", "3"]);
  expect(labels("linear", 0, 3).length).toBeGreaterThan(4);
});

test("an axis of names has one tick for each, or for every few", () => {
  expect(labels("linear", -0.5, 2.5, { categories: ["00", "01", "11"] })).toEqual(["00", "01", "11"]);
  expect(labels("linear", -0.5, 99.5, { categories: Array.from({ length: 100 }, (_, at) => `n${at}`) }).length).toBeLessThan(10);
});

test("units get prefixes", () => {
  expect(labels("log", 1, 1e6, { unit: "Hz" })).toEqual(["1", "10", "100", "1k", "10k", "100k", "1M"]);
  expect(labels("linear", 0, 0.005, { unit: "s" })).toEqual(["0", "1m", "2m", "3m", "4m", "5m"]);
});

test("a logarithmic axis has fine lines between its decades, and ticks where it shows less than one", () => {
  const scale = makeScale("log", { min: 1, max: 100 }, 0, 200);
  expect(ticksOf(scale, { room: 74, unit: "" }).minor).toContain(5);
  expect(labels("log", 20, 40).length).toBeGreaterThan(2);
});

test.each([["linear", 3], ["log", 3]] as const)("pixels of a %s axis lead back to values", (kind, value) => {
  const scale = makeScale(kind, { min: 1, max: 1000 }, 40, 640);
  expect(toPixel(scale, 1)).toBeCloseTo(40);
  expect(toPixel(scale, 1000)).toBeCloseTo(640);
  expect(toValue(scale, toPixel(scale, value))).toBeCloseTo(value, 9);
});

test("a logarithmic axis has no place for zero", () => {
  expect(toPixel(makeScale("log", { min: 1, max: 10 }, 0, 100), 0)).toBeNaN();
});

test("zooming keeps the place of the pointer", () => {
  expect(zoomed("linear", { min: 0, max: 10 }, 2, 0.5)).toEqual({ min: 1, max: 6 });
  const near = zoomed("log", { min: 1, max: 100 }, 10, 0.5);
  expect(near.min * near.max).toBeCloseTo(100);
});

test("zooming ends where numbers do", () => {
  let view = { min: 1, max: 2 };
  for (let at = 0; at < 200; at += 1) view = zoomed("linear", view, 1.5, 0.5);
  expect(view.max).toBeGreaterThan(view.min);
});

test("moving keeps the span, and a flat line gets room", () => {
  expect(moved("linear", { min: 0, max: 10 }, 0.5)).toEqual({ min: 5, max: 15 });
  const flat = padded("linear", { min: 5, max: 5 }, 0.06);
  expect([flat.min < 5, flat.max > 5]).toEqual([true, true]);
});

test.each([
  [0.00125, "s", "1.25 ms"],
  [-3.0103, "dB", "-3.0103 dB"],
  [15_915.49, "Hz", "15.9155 kHz"],
  [0, "V", "0 V"],
  [42, "", "42"],
])("%d in %s is written %s", (value, unit, text) => expect(withUnit(value, unit)).toBe(text));

test("a label without unit is a name", () => {
  expect(labelParts("bond length (Å)")).toEqual({ name: "bond length", unit: "Å" });
  expect(labelParts("v(out)")).toEqual({ name: "v(out)", unit: "" });
  expect(labelParts("energy")).toEqual({ name: "energy", unit: "" });
});
