import { expect, test } from "vitest";

import { createWorkbench } from "../app/workbench";
import type { WorkflowDoc } from "../api/schema";
import type { Engine } from "../engine/engine";
import type { Runner } from "../run/types";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, sumWorkflow } from "../test/fakes";
import { csvOf, plotOf, scalarOutputs } from "./rows";
import type { SweepSpec } from "./spec";

const spec: SweepSpec = { axes: [{ node: "total", port: "b", values: [1, 2, 3] }], mode: "product" };

/** `first` is shared, `total` is there once for each value. */
function expand(doc: unknown): ReturnType<Engine["expandSweep"]> {
  const workflow = doc as WorkflowDoc;
  const [first, total] = workflow.nodes;
  if (!first || !total) throw new Error("two nodes are needed");
  // The core counts runs from 1 on.
  const runs = [1, 2, 3].map((value) => ({
    index: value,
    values: [{ node: "total", port: "b", value }],
    nodes: { first: "first", total: `total--${value}` },
  }));
  return { runs, workflow: { ...workflow, nodes: [first, ...runs.map((run) => ({ ...total, id: run.nodes.total }))], edges: [] } };
}

/** Each copy of `total` gives ten times its number, but the second one fails. */
function sweepRunner(): Runner {
  const number = (node: string) => Number(/--(\d+)$/.exec(node)?.[1] ?? 0);
  return {
    ...fakeRunner(),
    async run({ workflow }, { onUpdate } = {}) {
      for (const { id } of workflow.nodes) {
        onUpdate?.([number(id) === 2 ? { node: id, state: "error", error: { kind: "exception", message: "no" } } : { node: id, state: "success" }]);
      }
      const times = { started_at: "2026-11-20T12:00:00Z", finished_at: "2026-11-20T12:00:01Z" };
      return { outcome: "error", durationMs: 1, report: { workflow, outcome: "error", nodes: [], ...times } };
    },
    outputs(node) {
      const outputs = node === "first" ? { value: 2 } : { total: 10 * number(node) };
      return { port: (name) => (outputs as Record<string, unknown>)[name], whole: () => outputs };
    },
  };
}

function bench() {
  const workbench = createWorkbench({
    api: fakeApi(),
    engine: { ...fakeEngine(), expandSweep: expand },
    drafts: fakeDrafts(),
    runner: async () => sweepRunner(),
  });
  workbench.editor.know([]);
  workbench.editor.open(sumWorkflow(), { kind: "new" });
  return workbench;
}

async function swept() {
  const workbench = bench();
  const { skills } = await workbench.api.listExecutable({});
  workbench.editor.know(skills);
  await workbench.sweeps.start(spec);
  return workbench;
}

test("each run has its values, and how it ended", async () => {
  const { sweeps } = await swept();
  const { rows, outputs, nDone, nFailed } = sweeps.rows();
  expect(outputs.map(({ ref }) => ref)).toEqual([{ node: "total", port: "total" }]);
  expect(rows.map(({ state, outputs: values }) => [state, ...values])).toEqual([["success", 10], ["error"], ["success", 30]]);
  expect([nDone, nFailed]).toEqual([3, 1]);
});

test("a node is drawn once for all its copies, and names the run that failed", async () => {
  const { board } = await swept();
  expect(board.order()).toEqual(["first", "total"]);
  expect(board.node("total")).toMatchObject({ state: "error", error: { message: "run 2: no" }, parts: { done: 3, total: 3 } });
});

test("one run is shown on the canvas, and all of them again", async () => {
  const { board, runs, sweeps } = await swept();
  sweeps.pick(2);
  expect([board.node("total").state, runs.value("total", "total"), runs.value("first", "value")]).toEqual(["success", 30, 2]);
  sweeps.pick(1);
  expect(board.node("total")).toMatchObject({ state: "error", error: { message: "no" } });
  sweeps.pick(null);
  expect(board.node("total").error?.message).toBe("run 2: no");
  expect(sweeps.rows().rows).toHaveLength(3);
});

test("runs become a plot over the first input, and lines of a CSV file", async () => {
  const { sweeps } = await swept();
  const { rows, outputs } = sweeps.rows();
  expect(plotOf(spec, rows, outputs, [0], "Sums")).toEqual({
    title: "Sums",
    x_label: "b",
    y_label: "total",
    series: [{ name: "Sum › total", kind: "line", x: [1, 3], y: [10, 30] }],
  });
  expect(csvOf(spec, rows, outputs)).toBe("run,total.b,total.total,state\r\n1,1,10,success\r\n2,2,,error\r\n3,3,30,success\r\n");
});

test("a second input makes lines of their own, a logarithmic one a logarithmic axis", () => {
  const two: SweepSpec = { mode: "product", axes: [{ node: "a", port: "x", from: 1, to: 10, steps: 2, scale: "log" }, { node: "b", port: "y", values: [1, 2] }] };
  const outputs = [{ ref: { node: "c", port: "z" }, label: "C › z" }];
  const rows = [[1, 1], [1, 2], [10, 1], [10, 2]].map(([x, y], index) => ({
    state: "success" as const,
    outputs: [index],
    run: { index: index + 1, nodes: {}, values: [{ node: "a", port: "x", value: x }, { node: "b", port: "y", value: y }] },
  }));
  const plot = plotOf(two, rows, outputs, [0], "");
  expect(plot.x_scale).toBe("log");
  expect(plot.series.map(({ name, x, y }) => [name, x, y])).toEqual([["y = 1", [1, 10], [0, 2]], ["y = 2", [1, 10], [1, 3]]]);
});

test("only numbers of nodes that differ from run to run are compared", () => {
  expect(scalarOutputs(sumWorkflow(), {}, undefined)).toEqual([]);
});
