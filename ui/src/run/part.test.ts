import { expect, test } from "vitest";

import { downstream, partOf } from "./part";

const edge = (from: string, to: string) => ({ from: { node: from, port: "out" }, to: { node: to, port: "in" } });
const edges = [edge("a", "b"), edge("b", "c"), edge("a", "d"), edge("x", "c")];

test.each([
  [["a"], ["a", "b", "c", "d"]],
  [["b"], ["b", "c"]],
  [["c"], ["c"]],
  [["x", "d"], ["c", "d", "x"]],
])("what depends on %j is %j", (from, expected) => expect([...downstream(edges, from)].toSorted()).toEqual(expected));

test("a circle is walked once", () => {
  expect(downstream([edge("a", "b"), edge("b", "a")], ["a"]).size).toBe(2);
});

test("only: just the node runs again; from: what depends on it as well", () => {
  expect(partOf({ edges }, { only: ["b"] })).toEqual({ targets: ["b"], again: new Set(["b"]) });
  expect(partOf({ edges }, { from: ["b"] })).toEqual({ targets: ["b", "c"], again: new Set(["b", "c"]) });
});

test("a whole run, or one with targets, takes every kept result", () => {
  expect(partOf({ edges }, {})).toEqual({ targets: undefined, again: new Set() });
  expect(partOf({ edges }, { targets: ["b"] })).toEqual({ targets: ["b"], again: new Set() });
});
