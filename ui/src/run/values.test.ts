import { expect, test } from "vitest";

import { fitsWithin, kindOf, sizeOf } from "./values";

test.each([
  [1, "integer"],
  [1.5, "number"],
  [Number.NaN, "number"],
  [10n ** 20n, "integer"],
  [true, "boolean"],
  ["text", "string"],
  ["data:image/png;base64,AA==", "image"],
  [null, "null"],
  [undefined, "null"],
  [[], "array"],
  [new Float64Array(2), "array"],
  [new Uint8Array(2), "bytes"],
  [new ArrayBuffer(2), "bytes"],
  [{}, "object"],
  [{ columns: [{ name: "a", values: [1] }] }, "table"],
  [{ columns: [] }, "table"],
  [{ columns: ["a"] }, "object"],
  [{ title: "t", series: [{ name: "s", kind: "line", x: [1], y: new Float64Array(1) }] }, "plot"],
  [{ name: "a.csv", mime: "text/csv", text: "a" }, "file"],
  [{ name: "a.bin", mime: "x/y", base64: "AA==" }, "file"],
  [{ name: "only a name" }, "object"],
])("the kind of %o is %s", (value, kind) => {
  expect(kindOf(value)).toBe(kind);
});

test("the size of a value is about what it takes in memory", () => {
  expect(sizeOf(new Float64Array(1000))).toBeGreaterThanOrEqual(8000);
  expect(sizeOf(Array.from({ length: 1000 }, () => 1))).toBeGreaterThanOrEqual(8000);
  expect(sizeOf("x".repeat(1000))).toBeGreaterThanOrEqual(2000);
  expect(sizeOf({ a: { b: "x".repeat(1000) } })).toBeGreaterThanOrEqual(2000);
});

test("a value fits when it is neither too large nor nested too deep", () => {
  const value = { a: [1, 2, 3], b: { c: "text" }, d: new Float64Array(10) };
  expect(fitsWithin(value, sizeOf(value), 2)).toBe(true);
  expect(fitsWithin(value, sizeOf(value) - 1, 2)).toBe(false);
  expect(fitsWithin(value, 1_000, 1)).toBe(false);
});

test("a value without an end does not fit, and is not walked through for ever", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(fitsWithin(circle, 1e6, 100)).toBe(false);
  // A hundred lists in memory, two to the power of a hundred on the way through them.
  let shared: unknown[] = [];
  for (let i = 0; i < 100; i += 1) shared = [shared, shared];
  expect(fitsWithin(shared, 1e6, 200)).toBe(false);
});
