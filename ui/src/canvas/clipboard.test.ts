import { expect, test } from "vitest";

import { fakeEngine, sumWorkflow } from "../test/fakes";
import { copyNodes, freshCopies, readClip, writeClip } from "./clipboard";

const doc = sumWorkflow();

test("copies have ids of their own and keep the edges among them", () => {
  const clip = copyNodes(doc, new Set(["first", "total"]));
  const copies = freshCopies(clip ?? { llmos: "nodes", nodes: [], edges: [] }, doc, fakeEngine());
  expect(copies.nodes.map(({ id }) => id)).toEqual(["number", "sum"]);
  expect(copies.edges).toEqual([{ from: { node: "number", port: "value" }, to: { node: "sum", port: "a" } }]);
  expect(copies.nodes[0]?.position).toEqual({ x: 40, y: 40 });
});

test("an edge that leaves the copied nodes is not copied", () => {
  expect(copyNodes(doc, new Set(["total"]))?.edges).toEqual([]);
});

test("nothing selected copies nothing", () => {
  expect(copyNodes(doc, new Set())).toBeUndefined();
});

test("a clip goes through the clipboard as text", () => {
  const clip = copyNodes(doc, new Set(["first"]));
  expect(clip && readClip(writeClip(clip))).toEqual(clip);
});

test.each(["", "hello", "{}", '{"llmos":"nodes"}', '{"llmos":"nodes","nodes":[{"id":1}],"edges":[]}', "[]"])(
  "other text on the clipboard is left alone: %s",
  (text) => expect(readClip(text)).toBeUndefined(),
);
