import { expect, test } from "vitest";

import { kindOf, sizeOf } from "./values";

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
