// A part of a workflow is run: from a node on, or one node alone; what fed it is taken from what is kept.

import { nodeOf } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const IN = "name: x, type: any, description: What goes in, required: false";
const OUT = "name: value, type: number, description: A number";

const STEP = skill("step-js", "javascript", { inputs: [IN], outputs: [OUT] }, "function execute({ x }) {\n  return { value: (x ?? 0) + 1 };\n}");
const FLAKY = skill(
  "flaky-py",
  "python-wasm",
  { inputs: [IN], outputs: [OUT] },
  "calls = 0\n\ndef execute(inputs):\n    global calls\n    calls += 1\n    if calls < 2:\n        raise ValueError('not yet')\n    return {'value': calls}",
);
const TIMERS = skill(
  "timers-js",
  "javascript",
  { outputs: [OUT] },
  "let ticks = 0;\nfunction execute() {\n  const before = ticks;\n  ticks += 1;\n  setInterval(() => { const end = Date.now() + 50; while (Date.now() < end); }, 1);\n  return { value: before };\n}",
  "deterministic: false",
);

const CHAIN = workflow(
  "chain",
  [{ id: "a", skill_id: "step-js" }, { id: "b", skill_id: "step-js" }, { id: "c", skill_id: "step-js" }, { id: "side", skill_id: "step-js" }],
  ["a.value > b.x", "b.value > c.x", "a.value > side.x"],
);

test.beforeAll(async ({ server }) => {
  for (const source of [STEP, FLAKY, TIMERS]) {
    const answer = await fetch(`${server.origin}/skills`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: "local", source }),
    });
    if (answer.status !== 201 && answer.status !== 409) throw new Error(await answer.text());
  }
});

test("from a node on, by its menu; then one node alone, by keys", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow(CHAIN), 4);
  await bench.run();
  await bench.allAre("success");

  await bench.nodeById("b").click({ button: "right" });
  const from = await bench.startRun(() => page.getByRole("menuitem", { name: /Run from here/ }).click());
  const second = await from();
  expect(second.run.nodes.map(({ node, state }) => [node, state])).toEqual([["a", "cached"], ["b", "success"], ["c", "success"], ["side", "idle"]]);
  expect(nodeOf(second, "c").outputs["value"]).toBe(3);
  // What did not take part stays as it was.
  await bench.nodeIs("side", "success");
  await expect(await bench.show("side", "value")).toContainText("2");

  await bench.nodeById("c").click();
  const only = await bench.startRun(() => page.keyboard.press("Alt+Enter"));
  const third = await only();
  expect(third.run.nodes.map(({ state }) => state)).toEqual(["idle", "cached", "success", "idle"]);
});

test("one node alone runs what feeds it where nothing is kept", async ({ bench, store }) => {
  await bench.open(await store.addWorkflow({ ...CHAIN, workflow_id: "chain-2" }), 4);
  await bench.nodeById("b").click();
  const ended = await bench.startRun(() => bench.inspector.getByRole("button", { name: "Run only this" }).click());
  const trace = await ended();
  expect(trace.run.nodes.map(({ state }) => state)).toEqual(["success", "success", "idle", "idle"]);
});

test("a node that failed is tried again with what depends on it", async ({ bench, store }) => {
  const address = await store.addWorkflow(
    workflow("flaky", [{ id: "flaky", skill_id: "flaky-py" }, { id: "next", skill_id: "step-js" }], ["flaky.value > next.x"]),
  );
  await bench.open(address, 2);
  await bench.run();
  expect(await bench.states()).toEqual({ flaky: "error", next: "skipped" });
  await bench.nodeById("flaky").click();
  const ended = await bench.startRun(() => bench.inspector.getByRole("button", { name: "Retry from here" }).click());
  expect((await ended()).run.outcome).toMatch(/success|error/);
});

test("limits are set with units, and what was measured stands beside them", async ({ bench, store }) => {
  await bench.open(await store.addWorkflow({ ...CHAIN, workflow_id: "chain-3" }), 4);
  await bench.run();
  await bench.nodeById("a").click();
  await bench.inspector.locator("summary", { hasText: "Limits" }).click();
  const limit = bench.inspector.getByLabel("Time limit");
  await expect(limit).toHaveAttribute("placeholder", "60 (default)");
  await expect(bench.inspector.getByText(/^took /)).toBeVisible();
  await limit.fill("2.5");
  await bench.inspector.getByLabel("Tries after a failure").fill("2");
  const trace = await bench.run();
  expect(trace.run.outcome).toBe("success");
});

test("timers that a call left behind end with it", async ({ bench, store }) => {
  await bench.open(await store.addWorkflow(workflow("timers", [{ id: "t", skill_id: "timers-js" }])), 1);
  expect(nodeOf(await bench.run(), "t").outputs["value"]).toBe(0);
  // A worker that were used again would count on.
  expect(nodeOf(await bench.run(), "t").outputs["value"]).toBe(0);
});

test("results are still there when one comes back to a workflow", async ({ bench, store }) => {
  await bench.open(await store.addWorkflow({ ...CHAIN, workflow_id: "chain-4" }), 4);
  await bench.run();
  await bench.openFromList("vqe-plot-export");
  await expect(bench.nodes()).toHaveCount(5);
  await bench.openFromList("chain-4");
  await expect(bench.nodes()).toHaveCount(4);
  await bench.allAre("success");
  await expect(await bench.show("c", "value")).toContainText("3");
});
