import { expect, test } from "vitest";

import type { NodeDoc, TraceView } from "../api/schema";
import { viewOf } from "../history/traceView";
import type { NodeReport } from "../run/types";
import { sweepIn, sweepView } from "./fromTrace";

function node(id: string, inputs: Record<string, unknown> = {}): NodeDoc {
  return { id, skill_id: "sum", inputs };
}

function report(id: string, state: NodeReport["state"], outputs: Record<string, unknown> = {}): NodeReport {
  return {
    node: id, skill_id: "sum", skill_version: null, state, key: null, attempts: 1, started_ms: 0, duration_ms: 1, inputs: {}, outputs,
    logs: [{ at_ms: 1, stream: "stdout", text: `from ${id}` }],
  };
}

const edge = (from: string, to: string) => ({ from: { node: from, port: "total" }, to: { node: to, port: "a" } });

function trace(nodes: NodeDoc[], edges: ReturnType<typeof edge>[], reports: NodeReport[] = []): TraceView {
  const workflow = { workflow_id: "w", name: "W", description: "", tags: [], nodes, edges };
  const times = { started_at: "2026-11-20T12:00:00Z", finished_at: "2026-11-20T12:00:01Z" };
  return { trace_id: "t", kind: "run", path: "p", volume: "user/ana", commit: "c", run: { workflow, outcome: "success", nodes: reports, ...times } };
}

const SWEPT = trace(
  [node("in"), node("r--1", { b: 1 }), node("r--2", { b: 2 }), node("out--1"), node("out--2")],
  [edge("in", "r--1"), edge("in", "r--2"), edge("r--1", "out--1"), edge("r--2", "out--2")],
  [report("in", "success"), report("r--1", "success", { total: 10 }), report("r--2", "error"), report("out--1", "success", { total: 11 }), report("out--2", "skipped")],
);

test("the copies of a trace become one node again, and what they differ in was swept", () => {
  const found = sweepIn(SWEPT);
  expect(found?.doc.nodes.map(({ id }) => id)).toEqual(["in", "r", "out"]);
  expect(found?.doc.edges).toEqual([edge("in", "r"), edge("r", "out")]);
  expect(found?.spec).toEqual({ axes: [{ node: "r", port: "b", values: [1, 2] }], mode: "product" });
  expect(found?.runs[1]).toEqual({ index: 2, values: [{ node: "r", port: "b", value: 2 }], nodes: { in: "in", r: "r--2", out: "out--2" } });
});

test("a trace of one run is none of a sweep", () => {
  expect(sweepIn(trace([node("a"), node("b--1")], [edge("a", "b--1")]))).toBeUndefined();
  expect(sweepIn(trace([node("a--1"), node("a--2"), node("b--1")], []))).toBeUndefined();
});

test("it is drawn as the sweep was left", () => {
  const found = sweepIn(SWEPT);
  if (!found) throw new Error("no sweep");
  const { view } = sweepView(SWEPT, found, viewOf(SWEPT));
  expect(view.board.sheet.node("r")).toMatchObject({ state: "error", parts: { done: 2, total: 2 } });
  expect(view.board.sheet.lines("r").map(({ text }) => text)).toEqual(["from r--1", "from r--2"]);
  expect(view.shown.value("out", "total")).toBe(11);
});
