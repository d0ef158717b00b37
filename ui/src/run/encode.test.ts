import { expect, test } from "vitest";

import { Encoder } from "./encode";
import { HeldOutputs, packLists } from "./lists";

test.each([
  [1.5, 1.5],
  ["text", "text"],
  [null, null],
  [undefined, null],
  [Number.NaN, { $number: "NaN" }],
  [-Infinity, { $number: "-Infinity" }],
  [[-0, 0], [{ $number: "-0" }, 0]],
  [{ a: undefined, b: 1 }, { b: 1 }],
  [10n ** 20n, { $bigint: "100000000000000000000" }],
  [new Float64Array([1, Number.NaN]), [1, { $number: "NaN" }]],
  [new Float64Array([0.5, -0]), [0.5, { $number: "-0" }]],
  [new Float32Array([0.5, 3]), [0.5, 3]],
  [new BigInt64Array([5n]), [{ $bigint: "5" }]],
  [new Uint8Array([1, 2, 255]), { $bytes: "AQL/" }],
  [new Uint8Array([1, 2, 255]).buffer, { $bytes: "AQL/" }],
  [[{ a: [new Int8Array([-1])] }], [{ a: [[-1]] }]],
  [{ $bytes: "not bytes" }, { $value: { $bytes: "not bytes" } }],
  [{ $ref: 1, other: 2 }, { $ref: 1, other: 2 }],
])("%o becomes %o", (value, encoded) => {
  expect(new Encoder().value(value)).toEqual(encoded);
});

test("what is encoded survives JSON as it is", () => {
  const encoded = new Encoder().ports({ a: new Float64Array([0.1, Infinity]), b: { c: [1n, null, "é"] } });
  expect(JSON.parse(JSON.stringify(encoded))).toEqual(encoded);
});

test("a value over the budget leaves a marker, and smaller ones after it are kept", () => {
  const encoder = new Encoder(10_000);
  expect(encoder.value(new Float64Array(1_000))).toEqual({ $omitted: { kind: "array", bytes: 8_032 } });
  expect(encoder.value([1, 2])).toEqual([1, 2]);
});

test("the budget is one for the whole trace", () => {
  const encoder = new Encoder(10_000);
  const values = Array.from({ length: 5 }, () => encoder.value("x".repeat(4_000)));
  expect(values.map((value) => typeof value)).toEqual(["string", "string", "object", "object", "object"]);
});

test("large bytes are encoded without overflowing the stack", () => {
  const { $bytes } = new Encoder().value(new Uint8Array(1_000_000)) as { $bytes: string };
  expect($bytes.length).toBe(Math.ceil(1_000_000 / 3) * 4);
});

test("half a character is no text that JSON can hold", () => {
  const half = "\u{1f600}".slice(0, 1);
  expect(new Encoder().ports({ [half]: [half, { [half]: "\u{1f600}" }] })).toEqual({ "\ufffd": ["\ufffd", { "\ufffd": "\u{1f600}" }] });
});

test("what is nested deeper than the server reads leaves a marker", () => {
  const nested = (levels: number, around: (value: unknown) => unknown): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i += 1) value = around(value);
    return value;
  };
  const encoder = new Encoder();
  expect(encoder.value(nested(100, (value) => [value]))).toEqual(nested(100, (value) => [value]));
  expect(encoder.value(nested(101, (value) => [value]))).toMatchObject({ $omitted: { kind: "array" } });
  // Each level of these takes two.
  expect(encoder.value(nested(51, (value) => ({ $x: value })))).toMatchObject({ $omitted: { kind: "object" } });
});

test("held outputs are encoded as they were, and what has no room is not unpacked", () => {
  const long = Array.from({ length: 2_000 }, (_, index) => index / 2);
  const { value, lists } = packLists({ a: { x: long }, b: long });
  const held = new HeldOutputs(value, lists);
  expect(new Encoder().held(held)).toEqual({ a: { x: long }, b: long });
  const small = new Encoder(50_000);
  expect(small.held(held)).toEqual({ a: { x: long }, b: { $omitted: { kind: "array", bytes: 16_032 } } });
});
