// @vitest-environment node
import vm from "node:vm";

import { expect, test } from "vitest";

import { bytesIn, callIn, intrinsics, isOurs, numberIn, textIn } from "./crossing";

const within = <T>(code: string): T => vm.runInNewContext(code) as T;

/** Objects that keep what is done with them in `touched`. */
const traps = `
  globalThis.touched = [];
  const spy = (target) => new Proxy(target, { get: (_, key) => void touched.push(String(key)), getPrototypeOf: () => (touched.push("prototype"), null) });
  const inspected = { [Symbol.for("nodejs.util.inspect.custom")]: (...given) => void touched.push(...given) };
  const liar = Object.create(Uint8Array.prototype, { [Symbol.toStringTag]: { value: "Uint8Array" }, ...Object.getOwnPropertyDescriptors(inspected) });
  ({ touched, values: [inspected, liar, spy({}), spy(new Uint8Array(4)), spy(() => 0), new Uint16Array(4), new DataView(new ArrayBuffer(4)), new String("a"), null, undefined, 1] })`;

test("what is no text, number or array of bytes is refused before Node.js could look at it", () => {
  const { touched, values } = within<{ touched: unknown[]; values: unknown[] }>(traps);
  for (const value of values) {
    expect(() => bytesIn(value)).toThrow("not a buffer");
    expect(() => textIn(value)).toThrow("not a text");
  }
  for (const value of values.slice(0, -1)) expect(() => numberIn(value)).toThrow("not a number");
  for (const value of values.slice(0, 4)) expect(() => callIn(value)).toThrow("not a function");
  expect(touched).toEqual([]);
});

test("bytes arrive as an array of this realm, over the same memory", () => {
  const given = within<Uint8Array>(`
    const bytes = new Uint8Array(new ArrayBuffer(8), 2, 3);
    Object.defineProperty(bytes, "buffer", { get: () => { throw new Error("asked") } });
    Object.defineProperty(bytes, "length", { value: 1000 });
    bytes`);
  const bytes = bytesIn(given);
  expect(bytes).toBeInstanceOf(Uint8Array);
  bytes.set([1, 2, 3]);
  expect([bytes.byteOffset, bytes.length, given[2]]).toEqual([2, 3, 3]);
});

test("objects of the two realms are told apart", () => {
  expect([new Error("x"), () => 0, Promise].map(isOurs)).toEqual([true, true, true]);
  expect([within("new Error('x')"), within("() => 0"), "a", null, undefined].map(isOurs)).toEqual([false, false, false, false, false]);
});

test("the language's own objects are found, also those without a name", () => {
  const found = new Set(intrinsics());
  const wanted = [Object.prototype, Function, Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(new Map().keys()), (async () => 0).constructor, Object.getPrototypeOf(Uint8Array.prototype)];
  for (const one of wanted) expect(found.has(one as object)).toBe(true);
  expect(found.has(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object)).toBe(true);
  expect(found.has(globalThis)).toBe(false);
});
