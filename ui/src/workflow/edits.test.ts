import { expect, test } from "vitest";

import { sumWorkflow } from "../test/fakes";
import { addNodes, connect, disconnect, edgeId, moveNodes, patchNode, remove, setInput } from "./edits";

const doc = sumWorkflow();
const input = { node: "total", port: "a" };

test("an edge replaces the one before it and the value of its input", () => {
  const typed = setInput(disconnect(doc, input), input, 7);
  const joined = connect(connect(typed, { from: { node: "first", port: "value" }, to: input }), {
    from: { node: "other", port: "value" },
    to: input,
  });
  expect(joined.edges.map(edgeId)).toEqual(["other.value>total.a"]);
  expect(joined.nodes[1]?.inputs).toEqual({});
});

test("removing a node removes its edges", () => {
  const left = remove(doc, new Set(["first"]));
  expect(left.nodes.map(({ id }) => id)).toEqual(["total"]);
  expect(left.edges).toEqual([]);
});

test("an edge is removed by its name alone", () => {
  expect(remove(doc, new Set(), new Set(["first.value>total.a"])).edges).toEqual([]);
});

test("a change that changes nothing gives the same document", () => {
  expect(setInput(doc, { node: "first", port: "unset" }, undefined)).toBe(doc);
  expect(moveNodes(doc, new Map([["first", { x: 0, y: 0 }]]))).toBe(doc);
  expect(moveNodes(doc, new Map())).toBe(doc);
});

test("what is not touched is shared with the document before", () => {
  const next = setInput(doc, { node: "first", port: "value" }, 3);
  expect(next.nodes[1]).toBe(doc.nodes[1]);
  expect(next.edges).toBe(doc.edges);
  expect(doc.nodes[0]?.inputs).toEqual({ value: 2 });
});

test("a field of a node is set, and cleared by undefined", () => {
  const named = patchNode(doc, "first", { name: "One", timeout_ms: 500 });
  expect(named.nodes[0]).toMatchObject({ name: "One", timeout_ms: 500 });
  expect(patchNode(named, "first", { name: undefined }).nodes[0]).not.toHaveProperty("name");
});

test("nodes are added at the end", () => {
  const more = addNodes(doc, [{ id: "new", skill_id: "text", inputs: {} }]);
  expect(more.nodes.map(({ id }) => id)).toEqual(["first", "total", "new"]);
});
