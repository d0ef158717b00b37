import { expect, test, vi } from "vitest";

import type { TraceView } from "../api/schema";
import { createWorkbench } from "../app/workbench";
import type { NodeReport } from "../run/types";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, sumWorkflow } from "../test/fakes";
import { verdictOf } from "./replay";

function report(node: string, outputs: Record<string, unknown>, more: Partial<NodeReport> = {}): NodeReport {
  return {
    node, skill_id: "sum", skill_version: "v1", state: "success", key: null, attempts: 1,
    started_ms: 1, duration_ms: 5, inputs: {}, outputs, logs: [], ...more,
  };
}

function trace(nodes: NodeReport[]): TraceView {
  const times = { started_at: "2026-11-20T12:00:00Z", finished_at: "2026-11-20T12:00:01Z" };
  const workflow = { ...sumWorkflow(), name: "As it was" };
  return { trace_id: "run-1", kind: "run", path: "traces/1.md", volume: "user/ana", commit: "c", run: { workflow, outcome: "success", nodes, ...times } };
}

function bench(kept = trace([report("first", { value: 2 }), report("total", { total: 5 })])) {
  const api = { ...fakeApi(), readTrace: async () => kept };
  const workbench = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner({ total: 7 }) });
  workbench.editor.open(sumWorkflow(), { kind: "new" });
  return { ...workbench, api };
}

test("an earlier run is shown with its values, and cannot be changed", async () => {
  const { board, editor, runs, viewing } = bench();
  await viewing.open("run-1");
  expect(editor.store.getState().doc.name).toBe("As it was");
  expect(runs.value("total", "total")).toBe(5);
  expect(board.node("total")).toMatchObject({ state: "success", durationMs: 5 });
  expect(board.phase()).toMatchObject({ phase: "ended", durationMs: 1000, tally: { success: 2 } });
  editor.edit((doc) => ({ ...doc, name: "changed" }));
  expect(editor.store.getState().doc.name).toBe("As it was");
});

test("going back brings the own workflow, its history and its results", async () => {
  const { editor, runs, viewing } = bench();
  editor.edit((doc) => ({ ...doc, name: "Mine" }));
  await runs.run();
  const before = runs.value("total", "total");
  await viewing.open("run-1");
  await viewing.open("run-2");
  viewing.back();
  expect(editor.store.getState()).toMatchObject({ doc: { name: "Mine" }, readOnly: false });
  expect(runs.value("total", "total")).toBe(before);
  editor.undo();
  expect(editor.store.getState().doc.name).toBe("Sums");
});

test("restoring takes over the nodes, and undo brings one's own back", async () => {
  const { editor, viewing } = bench();
  editor.edit((doc) => ({ ...doc, nodes: [], edges: [] }));
  await viewing.open("run-1");
  viewing.restore();
  expect(editor.store.getState()).toMatchObject({ readOnly: false, doc: { name: "Sums", nodes: [{ id: "first" }, { id: "total" }] } });
  editor.undo();
  expect(editor.store.getState().doc.nodes).toEqual([]);
});

test("a trace that cannot be read says so and changes nothing", async () => {
  const { api, editor, viewing } = bench();
  vi.spyOn(api, "readTrace").mockRejectedValue(new Error("gone"));
  await viewing.open("run-9");
  expect(viewing.store.getState()).toMatchObject({ trace: null, problem: { message: "gone" } });
  expect(editor.store.getState().readOnly).toBe(false);
});

test("at most two runs are chosen for a comparison", () => {
  const { viewing } = bench();
  for (const id of ["a", "b", "c"]) viewing.pick(id);
  expect(viewing.store.getState().picked).toEqual(["b", "c"]);
  viewing.pick("b");
  expect(viewing.store.getState().picked).toEqual(["c"]);
});

test("a replay that gives the same says so; one that does not says where", () => {
  const before = trace([report("first", { value: 2 }), report("total", { total: 5, extra: 1 }), report("idle", {}, { state: "idle" })]).run;
  const same = verdictOf(fakeEngine(), before, before);
  expect(same).toEqual({ nSame: 3, deviations: [] });
  const after = trace([report("first", {}, { state: "error" }), report("total", { total: 6, extra: 1 })]).run;
  expect(verdictOf(fakeEngine(), before, after)).toEqual({
    nSame: 1,
    deviations: [
      { node: "first", port: "", what: "was success, is error" },
      { node: "total", port: "total", what: "was 5, is 6" },
    ],
  });
});
