import { expect, test } from "vitest";

import { Sheet } from "./sheet";
import type { NodeState, NodeUpdate } from "../run/types";

const parts = new Map([["filter", [{ id: "filter-r", label: "r" }, { id: "filter-c", label: "c" }]]]);

function sheetOf(...updates: NodeUpdate[]): Sheet {
  const sheet = new Sheet(parts);
  for (const update of updates) sheet.take(update);
  return sheet;
}

test.each([
  [["success", "running"], "running"],
  [["success", "queued"], "running"],
  [["queued", "queued"], "queued"],
  [["success", "error"], "error"],
  [["error", "skipped"], "error"],
  [["success", "cancelled"], "cancelled"],
  [["success", "cached"], "success"],
  [["cached", "cached"], "cached"],
] satisfies [[NodeState, NodeState], NodeState][])("parts that are %j are drawn as %s", ([r, c], state) => {
  const sheet = sheetOf({ node: "filter-r", state: r }, { node: "filter-c", state: c });
  expect(sheet.node("filter").state).toBe(state);
  expect(sheet.order()).toEqual(["filter"]);
});

test("a drawn node took as long as from its first part's start to its last one's end", () => {
  const sheet = sheetOf(
    { node: "filter-r", state: "success", startedAt: 10, durationMs: 5 },
    { node: "filter-c", state: "success", startedAt: 20, durationMs: 30 },
  );
  expect(sheet.node("filter")).toMatchObject({ startedAt: 10, durationMs: 40, parts: { done: 2, total: 2 } });
  expect(sheet.node("filter-c").durationMs).toBe(30);
});

test("an error names the part that failed", () => {
  const sheet = sheetOf({ node: "filter-c", state: "error", error: { kind: "exception", message: "no", hint: "try" } });
  expect(sheet.node("filter").error).toEqual({ kind: "exception", message: "c: no", hint: "try" });
});

test("lines of the parts are lines of the drawn node", () => {
  const line = { stream: "stdout" as const, text: "hello", atMs: 1 };
  const sheet = sheetOf({ node: "filter-r", state: "running", log: [line] });
  expect(sheet.lines("filter").map(({ text, node }) => [text, node])).toEqual([["hello", "filter"]]);
  expect(sheet.node("filter").nLogs).toBe(1);
});

test("the sum is the same object until a part changes", () => {
  const sheet = sheetOf({ node: "filter-r", state: "running" });
  expect(sheet.node("filter")).toBe(sheet.node("filter"));
  const before = sheet.node("filter");
  sheet.take({ node: "filter-c", state: "running" });
  expect(sheet.node("filter")).not.toBe(before);
});

test("a run of some nodes leaves the others as they were, through several of them", () => {
  const whole = sheetOf({ node: "a", state: "success", durationMs: 5 }, { node: "b", state: "error" }, { node: "filter-r", state: "success" });
  const second = new Sheet(new Map(), whole);
  expect(second.node("filter").state).toBe("success");
  second.take({ node: "b", state: "success" });
  const third = new Sheet(new Map(), second);
  third.take({ node: "c", state: "success" });
  expect(["a", "b", "c", "filter"].map((id) => third.node(id).state)).toEqual(["success", "success", "success", "success"]);
  expect(third.node("a").durationMs).toBe(5);
  expect([...third.touchedNodes]).toEqual(["c"]);
  expect(third.order()).toEqual(["a", "b", "filter", "c"]);
});

test("what a node printed before goes when it runs again", () => {
  const line = (text: string) => ({ stream: "stdout" as const, text, atMs: 1 });
  const first = sheetOf({ node: "a", state: "success", log: [line("old")] }, { node: "b", state: "success", log: [line("kept")] });
  const second = new Sheet(new Map(), first);
  second.take({ node: "a", state: "running", log: [line("new")] });
  expect(second.lines("a").map(({ text }) => text)).toEqual(["new"]);
  expect(second.lines("b").map(({ text }) => text)).toEqual(["kept"]);
  expect(second.lines().map(({ text }) => text)).toEqual(["new"]);
});
