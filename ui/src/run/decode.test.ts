import { expect, test } from "vitest";

import { decode } from "./decode";
import { Encoder } from "./encode";

test.each([
  [[1, "two", null, true, { three: [3] }]],
  [[Infinity, -Infinity, NaN, -0]],
  [{ big: 2n ** 70n, small: -5n }],
  [{ bytes: new Uint8Array([0, 1, 255]) }],
  [{ $number: "NaN" }],
  [{ $value: { $bytes: "AA==" } }],
  [{ $number: 1, more: 2 }],
])("%o comes back as it went", (value) => {
  const json = JSON.parse(JSON.stringify(new Encoder().value(value))) as unknown;
  expect(decode(json)).toEqual(value);
});

test.each([{ $number: "hello" }, { $bigint: "1.5" }, { $number: "toString" }, { $bytes: 5 }])("%o is no mark, and stays", (json) => {
  expect(decode(json)).toEqual(json);
});
