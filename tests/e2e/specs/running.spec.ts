// What happens when a run does not go as planned, and what runs at the same time.

import { nodeOf, watchFrames } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { measureLag } from "../support/lag";
import { expect, test } from "../support/test";

const IN = "name: after, type: any, description: What to wait for, required: false";
const OUT = "name: value, type: number, description: A number";

const LOOP_JS = skill("loop-js", "javascript", { inputs: [IN], outputs: [OUT] }, "function execute() { for (;;); }");
const LOOP_PY = skill("loop-py", "python-wasm", { inputs: [IN], outputs: [OUT] }, "def execute(inputs):\n    while True:\n        pass");
const STUBBORN_PY = skill(
  "stubborn-py",
  "python-wasm",
  { outputs: [OUT] },
  "def execute(inputs):\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass",
);
const FAIL_PY = skill(
  "fail-py",
  "python-wasm",
  { inputs: [IN], outputs: [OUT] },
  "def execute(inputs):\n    numbers = []\n    print('about to fail')\n    return {'value': numbers[3]}",
);
const FAIL_JS = skill(
  "fail-js",
  "javascript",
  { inputs: [IN], outputs: [OUT] },
  "function execute() {\n  const settings = undefined;\n  return { value: settings.size };\n}",
);
const PASS_JS = skill("pass-js", "javascript", { inputs: [IN], outputs: [OUT] }, "function execute() {\n  return { value: 1 };\n}");
const BUSY_PY = skill(
  "busy-py",
  "python-wasm",
  { inputs: ["name: seconds, type: number, description: How long to work, default: 1"], outputs: [OUT] },
  "import time\n\ndef execute(inputs):\n    end = time.monotonic() + inputs['seconds']\n    while time.monotonic() < end:\n        pass\n    return {'value': 1}",
);

test.beforeAll(async ({ server }) => {
  for (const source of [LOOP_JS, LOOP_PY, STUBBORN_PY, FAIL_PY, FAIL_JS, PASS_JS, BUSY_PY]) {
    const answer = await fetch(`${server.origin}/skills`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: "local", source }),
    });
    // A spec that failed is started again with the same program.
    if (answer.status !== 201 && answer.status !== 409) throw new Error(await answer.text());
  }
});

for (const [language, id, line] of [["Python", "fail-py", 4], ["JavaScript", "fail-js", 3]] as const) {
  test(`a ${language} node that fails says where; what depends on it is skipped, the rest goes on`, async ({ bench, store }) => {
    const address = await store.addWorkflow(
      workflow(
        `fails-${id}`,
        [
          { id: "broken", skill_id: id },
          { id: "next", skill_id: "pass-js" },
          { id: "last", skill_id: "pass-js" },
          { id: "other", skill_id: "pass-js" },
          { id: "after-other", skill_id: "pass-js" },
        ],
        ["broken.value > next.after", "next.value > last.after", "other.value > after-other.after"],
      ),
    );
    await bench.open(address, 5);
    const trace = await bench.run();
    expect(await bench.states()).toEqual({
      broken: "error", next: "skipped", last: "skipped", other: "success", "after-other": "success",
    });
    expect(trace.run.outcome).toBe("error");
    const { error } = nodeOf(trace, "broken");
    expect(error?.kind).toBe("exception");
    expect(error?.message).toMatch(language === "Python" ? new RegExp(`line ${line}\\b`) : new RegExp(`${id}\\.js:${line}:`));
    await bench.nodeById("broken").click();
    const shown = language === "Python" ? "IndexError: list index out of range" : /Cannot read properties of undefined/;
    await expect(bench.page.getByText(shown).first()).toBeVisible();
  });
}

for (const [language, id] of [["Python", "loop-py"], ["JavaScript", "loop-js"], ["stubborn Python", "stubborn-py"]] as const) {
  test(`an endless loop in ${language} is stopped at its limit, and the next run works`, async ({ bench, store, page }) => {
    const after = id === "stubborn-py" ? [] : ["loop.value > next.after"];
    const address = await store.addWorkflow(
      workflow(
        `endless-${id}`,
        [
          { id: "loop", skill_id: id, timeout_ms: 500 },
          { id: "next", skill_id: "pass-js" },
          { id: "free", skill_id: "busy-py", inputs: { seconds: 0.1 } },
        ],
        after,
      ),
    );
    await bench.open(address, 3);
    const lag = measureLag();
    const stop = await watchFrames(page);
    const trace = await bench.run();
    const { longestGapMs, frames } = await stop();
    // A busy machine delays the page as it delays this process; ten times covers a page with many threads.
    const slackMs = 10 * lag();

    const loop = nodeOf(trace, "loop");
    expect(loop.state).toBe("error");
    expect(loop.error?.kind).toBe("timeout");
    expect(loop.error?.message).toContain("500");
    console.log(`${id}: stopped after ${loop.duration_ms} ms; longest frame gap ${Math.round(longestGapMs)} ms in ${frames} frames; slack ${Math.round(slackMs)} ms`);
    expect(loop.duration_ms).toBeGreaterThanOrEqual(480);
    expect(loop.duration_ms).toBeLessThan(1500 + slackMs);
    expect(nodeOf(trace, "free").state).toBe("success");
    expect(longestGapMs).toBeLessThan(1000 + slackMs);

    const again = await bench.run();
    expect(nodeOf(again, "loop").error?.kind).toBe("timeout");
    expect(nodeOf(again, "free").state).toBe("cached");
  });
}

test("after a timeout the same page runs other workflows", async ({ bench, store }) => {
  await store.addWorkflow(workflow("endless-once", [{ id: "loop", skill_id: "loop-py", timeout_ms: 500 }]));
  await bench.open("/workflows/user/local/endless-once", 1);
  await bench.run();
  await bench.openFromList("vqe-plot-export");
  await expect(bench.nodes()).toHaveCount(5);
  await bench.run();
  await bench.allAre("success");
});

for (const [language, id] of [["Python", "loop-py"], ["JavaScript", "loop-js"]] as const) {
  test(`Cancel stops a running ${language} node, and a trace says so`, async ({ bench, store }) => {
    const address = await store.addWorkflow(
      workflow(`cancelled-${id}`, [{ id: "loop", skill_id: id }, { id: "next", skill_id: "pass-js" }], ["loop.value > next.after"]),
    );
    await bench.open(address, 2);
    const ended = await bench.startRun();
    await bench.nodeIs("loop", "running");
    await bench.cancelButton.click();
    const trace = await ended();
    expect(trace.run.outcome).toBe("cancelled");
    expect(["cancelled", "skipped"]).toContain(nodeOf(trace, "loop").state);
    const second = await bench.startRun();
    await bench.nodeIs("loop", "running");
    await bench.cancelButton.click();
    expect((await second(10_000)).run.outcome).toBe("cancelled");
  });
}

test("two independent Python nodes run at the same time", async ({ bench, store }) => {
  const address = await store.addWorkflow(
    workflow("two-at-once", [
      { id: "left", skill_id: "busy-py", inputs: { seconds: 1.5 } },
      { id: "right", skill_id: "busy-py", inputs: { seconds: 1.4 } },
    ]),
  );
  await bench.open(address, 2);
  const trace = await bench.run();
  const spans = ["left", "right"].map((id) => {
    const { started_ms, duration_ms } = nodeOf(trace, id);
    return { from: started_ms ?? 0, to: (started_ms ?? 0) + (duration_ms ?? 0) };
  });
  const [left, right] = spans;
  const overlap = Math.min(left!.to, right!.to) - Math.max(left!.from, right!.from);
  console.log(`two Python nodes of 1.5 and 1.4 s overlapped for ${Math.round(overlap)} ms`);
  expect(overlap).toBeGreaterThan(300);
});

test("log lines of Python arrive while the node runs", async ({ bench, store }) => {
  await store.addSkill(
    skill(
      "talking-py",
      "python-wasm",
      { outputs: [OUT] },
      "import time\n\ndef execute(inputs):\n    print('hello from the middle')\n    end = time.monotonic() + 4\n    while time.monotonic() < end:\n        pass\n    return {'value': 1}",
    ),
  );
  await bench.open(await store.addWorkflow(workflow("talks", [{ id: "talk", skill_id: "talking-py" }])), 1);
  const ended = await bench.startRun();
  await bench.nodeIs("talk", "running");
  await expect(await bench.showLog()).toContainText("hello from the middle", { timeout: 3_500 });
  expect(await bench.nodeById("talk").getAttribute("data-status")).toBe("running");
  await ended();
});
