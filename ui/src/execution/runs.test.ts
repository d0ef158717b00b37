import { expect, test, vi } from "vitest";

import { fakeApi, fakeEngine, fakeRunner, problem, SKILLS, sumWorkflow } from "../test/fakes";
import type { Runner, RunPayload } from "../run/types";
import { createEditor } from "../workflow/editor";
import { RunBoard } from "./board";
import { createRuns } from "./runs";

function parts(runner: Runner = fakeRunner()) {
  const api = fakeApi();
  const editor = createEditor(fakeEngine());
  editor.know(SKILLS);
  editor.open(sumWorkflow(), { kind: "stored", volume: "system", version: "v7" });
  const board = new RunBoard();
  const source = vi.fn(async () => runner);
  return { api, editor, board, source, runs: createRuns(api, editor, board, source) };
}

test("a run ends with its outcome and the trace that was kept", async () => {
  const { board, runs } = parts();
  await runs.run();
  expect(board.phase()).toMatchObject({
    phase: "ended",
    outcome: "success",
    tally: { success: 2 },
    trace: { state: "saved", trace: { trace_id: "run-20261120-120000-00000001" } },
  });
  expect(runs.value("total", "total")).toBe(5);
});

test("the trace names the stored version of what ran, and none once it was changed", async () => {
  const seen: RunPayload[] = [];
  const runner = fakeRunner();
  const { editor, runs } = parts({ ...runner, run: (payload, options) => (seen.push(payload), runner.run(payload, options)) });
  await runs.run();
  editor.edit((doc) => ({ ...doc, name: "Changed" }));
  await runs.run();
  expect(seen.map(({ workflow_version }) => workflow_version)).toEqual(["v7", undefined]);
});

test("a refused run says why and what to do", async () => {
  const { api, board, runs } = parts();
  api.prepareRun = async () => {
    throw problem(422, "the workflow has problems", { hint: "see the list" });
  };
  await runs.run();
  expect(board.phase()).toEqual({ phase: "refused", message: "the workflow has problems", hint: "see the list" });
});

test("a trace that could not be kept can be kept again", async () => {
  const { api, board, runs } = parts();
  const { keepTrace } = api;
  api.keepTrace = async () => {
    throw problem(503, "the disk is full");
  };
  await runs.run();
  expect(board.phase()).toMatchObject({ phase: "ended", trace: { state: "failed", message: "the disk is full" } });
  api.keepTrace = keepTrace;
  await runs.keepAgain();
  expect(board.phase()).toMatchObject({ trace: { state: "saved" } });
});

test("cancelling stops the run, and its trace is kept too", async () => {
  const { board, runs } = parts();
  board.watch(() => board.phase().phase === "running" && runs.cancel());
  await runs.run();
  expect(board.phase()).toMatchObject({ outcome: "cancelled", tally: { skipped: 2 }, trace: { state: "saved" } });
});

test("a run that was left for another workflow is kept too", async () => {
  const { api, board, runs } = parts();
  const kept = vi.spyOn(api, "keepTrace");
  board.watch(() => {
    if (board.phase().phase !== "running") return;
    runs.cancel();
    board.clear();
  });
  await runs.run();
  expect(kept).toHaveBeenCalledTimes(1);
  expect(board.phase()).toEqual({ phase: "none" });
});

test("the runner is made once, and again after it could not be made", async () => {
  const { board, source, runs } = parts();
  source.mockRejectedValueOnce(new Error("the sandbox did not load"));
  await runs.run();
  expect(board.phase()).toMatchObject({ phase: "refused", message: "the sandbox did not load" });
  await runs.run();
  await runs.run();
  expect(source).toHaveBeenCalledTimes(2);
});

test("a run of some nodes leaves what the others gave", async () => {
  const { board, runs } = parts(partialRunner());
  await runs.run();
  expect([runs.value("first", "value"), runs.value("total", "total")]).toEqual(["run 1", "run 1"]);
  await runs.run({ only: ["total"] });
  expect([runs.value("first", "value"), runs.value("total", "total")]).toEqual(["run 1", "run 2"]);
  expect(board.node("first").state).toBe("success");
  expect(board.phase()).toMatchObject({ tally: { success: 1 } });
});

test("what a run left comes back with its values and its trace", async () => {
  const { board, runs } = parts(partialRunner());
  await runs.run();
  const view = runs.view();
  runs.show(undefined);
  expect([board.phase(), runs.value("total", "total")]).toEqual([{ phase: "none" }, undefined]);
  await runs.run();
  runs.show(view);
  expect(runs.value("total", "total")).toBe("run 1");
  expect(board.phase()).toMatchObject({ phase: "ended", trace: { state: "saved" } });
});

test("a cancelled run says that it stops until it has", async () => {
  const { board, runs } = parts();
  const phases: string[] = [];
  board.watch(() => {
    const phase = board.phase();
    if (phase.phase === "running") runs.cancel();
    phases.push(phase.phase === "running" && phase.stopping ? "stopping" : phase.phase);
  });
  await runs.run();
  expect(phases).toContain("stopping");
  expect(phases.at(-1)).toBe("ended");
});

/** A runner that runs what it is asked for; each output says which run it comes from. */
function partialRunner(): Runner {
  let n = 0;
  let ran = new Map<string, string>();
  return {
    ...fakeRunner(),
    async run({ workflow }, { onUpdate, only } = {}) {
      n += 1;
      const nodes = only ?? workflow.nodes.map(({ id }) => id);
      ran = new Map(nodes.map((node) => [node, `run ${n}`]));
      onUpdate?.(nodes.map((node) => ({ node, state: "success" })));
      const times = { started_at: "2026-11-20T12:00:00Z", finished_at: "2026-11-20T12:00:01Z" };
      return { outcome: "success", durationMs: 1, report: { workflow, outcome: "success", nodes: [], ...times } };
    },
    outputs(node) {
      const value = ran.get(node);
      return value === undefined ? undefined : { port: () => value, whole: () => ({ value }) };
    },
  };
}
