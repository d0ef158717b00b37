import { expect, test } from "vitest";

import { port } from "../test/fakes";
import { type AxisDraft, countRuns, draftFor, readAxis } from "./spec";

const ref = { node: "r1", port: "ohm" };
const draft = (more: Partial<AxisDraft>): AxisDraft => ({ ...draftFor(ref, port("ohm", "number"), 1000), ...more });

test("a number starts with a range around its value", () => {
  expect(draftFor(ref, port("ohm", "number"), 1000)).toMatchObject({ kind: "range", from: "500", to: "2000", steps: "11" });
  expect(draftFor(ref, port("ohm", "number", { default: 3 }), undefined)).toMatchObject({ from: "1.5", to: "6" });
  expect(draftFor(ref, port("n", "integer"), 0)).toMatchObject({ from: "0", to: "1" });
});

test("anything else starts with a list", () => {
  expect(draftFor(ref, port("name", "string"), "a")).toMatchObject({ kind: "list", list: "a" });
});

test("a range is read", () => {
  expect(readAxis(draft({ from: "1e3", to: "1e6", steps: "4", scale: "log" }), "number")).toEqual({
    ok: true,
    count: 4,
    axis: { ...ref, from: 1000, to: 1e6, steps: 4, scale: "log" },
  });
});

test.each([
  [{ from: "" }, "write two numbers, such as 0.5 and 2e3"],
  [{ steps: "0" }, "the number of values is 1 or more"],
  [{ steps: "2.5" }, "the number of values is 1 or more"],
  [{ from: "-1", scale: "log" as const }, "a logarithmic range lies above zero"],
  [{ kind: "list" as const, list: "" }, "write at least one value"],
  [{ kind: "list" as const, list: "1, two" }, "write numbers, with commas or line breaks between"],
])("%j is refused: %s", (more, message) => expect(readAxis(draft(more), "number")).toEqual({ ok: false, message }));

test.each([
  ["number", "1, 2\n3.5", [1, 2, 3.5]],
  ["string", "a, b\nc", ["a, b", "c"]],
  ["boolean", "true false", [true, false]],
  ["array", "[[1], [2]]", [[1], [2]]],
])("a list of type %s is read", (type, list, values) => {
  expect(readAxis(draft({ kind: "list", list }), type)).toMatchObject({ ok: true, axis: { values }, count: values.length });
});

test("each with each, or side by side", () => {
  expect([countRuns([3, 4], "product"), countRuns([3, 4], "zip"), countRuns([], "product")]).toEqual([12, 3, 0]);
});
