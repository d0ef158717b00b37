import { expect, test } from "vitest";

import { checkOutputs } from "./outputs";

test.each([
  [undefined, "`execute` returned nothing, not an object of outputs"],
  [5, "`execute` returned a number, not an object of outputs"],
  [[1], "`execute` returned a list, not an object of outputs"],
  [new Uint8Array(1), "`execute` returned a Uint8Array, not an object of outputs"],
  [{ a: () => 1 }, "output `a` is a function, which cannot be handed to another node"],
  [{ a: [1, { b: new Map() }] }, "output `a[1].b` is a Map, which cannot be handed to another node"],
  [{ a: new Date(0) }, "output `a` is a Date, which cannot be handed to another node"],
  [{ a: new DataView(new ArrayBuffer(1)) }, "output `a` is a DataView, which cannot be handed to another node"],
  [{ a: { b: new (class Vector { x = 1 })() } }, "output `a.b` is a Vector, which cannot be handed to another node"],
  [{ a: [1, undefined] }, "output `a[1]` is nothing, which cannot be handed to another node"],
  [{ a: new Set([1]) }, "output `a` is a Set, which cannot be handed to another node"],
  [new Map([["a", 1]]), "`execute` returned a Map, not an object of outputs"],
])("%o is refused: %s", (outputs, message) => {
  expect(checkOutputs(outputs)).toMatchObject({ kind: "output", message });
});

test("a value that contains itself is refused", () => {
  const nested: unknown[] = [];
  nested.push(nested);
  expect(checkOutputs({ a: { b: nested } })?.message).toBe("output `a` is nested too deep or contains itself");
});

test("numbers, text, lists, plain objects and typed arrays are handed on", () => {
  const outputs = { a: 1, b: "x", c: [1, [2]], d: { e: null }, f: new Float64Array(2), g: 1n, h: true, i: new ArrayBuffer(1) };
  expect(checkOutputs(outputs)).toBeNull();
});
