import { expect, test, vi } from "vitest";

import { createWorkbench } from "../app/workbench";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, sumWorkflow } from "../test/fakes";
import { editCommands, runCommands } from "./commands";

function bench() {
  const workbench = createWorkbench({ api: fakeApi(), engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner() });
  workbench.editor.open(sumWorkflow(), { kind: "new" });
  return workbench;
}

test("a node is run from here, or alone", () => {
  const workbench = bench();
  const run = vi.spyOn(workbench.runs, "run");
  const [from, only] = runCommands(workbench, ["total"]);
  from?.run();
  only?.run();
  expect([from?.label, only?.label]).toEqual(["Run from here", "Run only this"]);
  expect(run.mock.calls).toEqual([[{ from: ["total"] }], [{ only: ["total"] }]]);
});

test("a node that failed is tried again, with what was skipped for it", () => {
  const workbench = bench();
  workbench.board.take([{ node: "total", state: "error", error: { kind: "exception", message: "no" } }]);
  expect(runCommands(workbench, ["total"])[0]?.label).toBe("Retry from here");
});

test("nothing is offered while a run is on", () => {
  const workbench = bench();
  workbench.board.setPhase({ phase: "running", since: 0 });
  expect(runCommands(workbench, ["total"]).map(({ disabled }) => disabled)).toEqual([true, true]);
});

test("copies and deletes", () => {
  const workbench = bench();
  const [duplicate, gone] = editCommands(workbench, ["first", "total"]);
  duplicate?.run();
  expect(workbench.editor.store.getState().doc.nodes).toHaveLength(4);
  expect(workbench.editor.store.getState().doc.edges).toHaveLength(2);
  gone?.run();
  expect(workbench.editor.store.getState().doc.nodes.map(({ id }) => id)).not.toContain("total");
});
