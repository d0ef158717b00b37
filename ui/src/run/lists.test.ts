import { expect, test } from "vitest";

import { arePackedLists, HeldOutputs, movable, packLists, unpackLists } from "./lists";

const long = (change: (index: number) => number = (index) => index / 2): number[] => Array.from({ length: 2_000 }, (_, index) => change(index));

test.each([
  [{ a: long() }, 1],
  [{ a: [long(), "x", [long()]] }, 2],
  [{ table: { columns: [{ name: "x", values: long() }, { name: "y", values: ["a"] }] } }, 1],
  [{ a: [...long(), "x"] }, 0],
  [{ a: [1, 2, 3], b: new Float64Array(2_000), c: null, d: "text" }, 0],
  [{ a: long(() => Number.NaN), b: long((index) => (index % 2 ? -0 : Infinity)) }, 2],
  [{ "": { "a.b": { 0: long() } } }, 1],
])("long lists of numbers travel as blocks and come back the same (%#)", (value, count) => {
  const before = structuredClone(value);
  const { value: packed, lists } = packLists(value);
  expect(value).toEqual(before);
  expect(lists.length).toBe(count);
  expect(arePackedLists(lists)).toBe(true);
  expect(unpackLists(packed, lists)).toEqual(before);
  expect(JSON.stringify(packed).length).toBeLessThan(40_000);
});

test("putting lists back changes nothing that others hold", () => {
  const { value, lists } = packLists({ a: { b: long() }, c: { d: 1 } });
  const whole = unpackLists(value, lists);
  expect(value.a.b).toEqual([]);
  expect(whole.c).toBe(value.c);
});

test.each([
  [["__proto__", "polluted"]],
  [["constructor", "prototype", "polluted"]],
  [["a", "__proto__", "polluted"]],
  [["a", "length"]],
  [["missing"]],
  [["text", 0]],
  [[]],
])("a path that was made up reaches nothing: %j", (path) => {
  const data = new Float64Array([1]);
  const root = { a: [1], text: "x" };
  expect(unpackLists(root, [{ path, data }])).toEqual(root);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test.each([[null], [{}], [[null]], [[{ path: "a", data: new Float64Array(1) }]], [[{ path: [{}], data: new Float64Array(1) }]], [[{ path: ["a"], data: [1] }]]])(
  "what is no packed list is not taken for one: %j",
  (value) => {
    expect(arePackedLists(value)).toBe(false);
  },
);

test("an output travels on as the input of another node without being unpacked", () => {
  const { value, lists } = packLists({ y: { values: long() }, z: long() });
  const held = new HeldOutputs(value, lists);
  const linked = held.linked("y", "x");
  expect(linked.lists.map(({ path }) => path)).toEqual([["x", "values"]]);
  expect(unpackLists({ x: linked.value }, linked.lists)).toEqual({ x: { values: long() } });
  expect(held.port("z")).toEqual(long());
  expect(held.port("constructor")).toBeUndefined();
  expect(held.linked("constructor", "x").value).toBeUndefined();
});

test("for looking at, a very long list stays a block, and shorter ones are lists", () => {
  const many = Array.from({ length: 100_001 }, (_, index) => index);
  const packed = packLists({ a: { x: many }, b: many.slice(0, 2_000), c: 1 });
  const held = new HeldOutputs(packed.value, packed.lists);
  expect((held.view("a") as { x: unknown }).x).toBeInstanceOf(Float64Array);
  expect(held.views()["b"]).toEqual(many.slice(0, 2_000));
  expect(held.whole()).toEqual({ a: { x: many }, b: many.slice(0, 2_000), c: 1 });
  expect(held.view("toString")).toBeUndefined();
});

test("large typed arrays are moved as copies, so that the skill keeps its own", () => {
  const large = new Float64Array(10_000).fill(1);
  const free = new Uint8Array(100_000);
  const given = { a: large, b: [{ c: large }], small: new Uint8Array(3), free, list: [1, 2] };
  const { value, blocks } = movable(given, [free.buffer]);
  expect(value).toEqual(given);
  expect(given.a).toBe(large);
  expect(value.a).not.toBe(large);
  expect(value.b[0]?.c).toBe(value.a);
  expect(blocks).toEqual([value.a.buffer]);
  expect([value.free, value.small, value.list]).toEqual([free, given.small, given.list]);
});
