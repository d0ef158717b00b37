// Large values between runtimes, and how the page feels meanwhile.

import type { Page } from "@playwright/test";

import { nodeOf } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { measureLag } from "../support/lag";
import { expect, test } from "../support/test";

// A recording looks at the page at every move of the mouse, which is what is measured here.
test.use({ trace: "off" });

const MILLION = skill("million-numbers", "python-wasm", { outputs: ["name: y, type: array, description: Numbers"] },
  "import array\n\nblock = array.array('d', bytes(8_000_000))\n\ndef execute(inputs):\n    block[0] = 0.5\n    return {'y': block}", "deterministic: false");
const TO_PLOT = skill("numbers-to-plot", "javascript",
  { inputs: ["name: y, type: array, description: Numbers"], outputs: ["name: plot, type: plot, description: Plot", "name: count, type: integer, description: How many"] },
  "function execute({ y }) {\n  const x = new Float64Array(y.length);\n  for (let i = 0; i < x.length; i += 1) x[i] = i;\n  return { plot: { title: 'All', x_label: 'i', y_label: 'y', series: [{ name: 'y', kind: 'line', x, y }] }, count: y.length };\n}");

test("a million numbers pass from Python to JavaScript to a plot", async ({ bench, store }) => {
  await store.addSkill(MILLION);
  await store.addSkill(TO_PLOT);
  await bench.open(await store.addWorkflow(workflow("million", [{ id: "make", skill_id: "million-numbers" }, { id: "plot", skill_id: "numbers-to-plot" }], ["make.y > plot.y"])), 2);
  await bench.run();
  const times: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const trace = await bench.run();
    const [make, plot] = [nodeOf(trace, "make"), nodeOf(trace, "plot")];
    expect(plot.outputs["count"]).toBe(1_000_000);
    times.push((plot.started_ms ?? 0) + (plot.duration_ms ?? 0) - (make.started_ms ?? 0));
  }
  console.log(`a million numbers, Python to plot: ${times.map((ms) => Math.round(ms)).join(", ")} ms`);
  // The aim is 100 ms and belongs to the benchmarks; here the machine is shared.
  expect(Math.min(...times)).toBeLessThan(1_000);
  const preview = await bench.show("plot", "plot");
  await expect(preview.locator("canvas").first()).toBeVisible();
});

/** Watches how long input waits for the page, until the answer is called. */
async function watchInput(page: Page): Promise<() => Promise<{ worstMs: number; events: number }>> {
  await page.evaluate(() => {
    const seen = { worstMs: 0, events: 0 };
    addEventListener("pointermove", ({ timeStamp }) => {
      seen.worstMs = Math.max(seen.worstMs, performance.now() - timeStamp);
      seen.events += 1;
    }, true);
    (globalThis as Record<string, unknown>)["inputSeen"] = seen;
  });
  let on = true;
  const moving = (async () => {
    for (let i = 0; on; i += 1) {
      // oxlint-disable-next-line no-await-in-loop -- a hand moves one step at a time
      await page.mouse.move(600 + (i % 50), 300 + (i % 30));
    }
  })();
  return async () => {
    on = false;
    await moving;
    return page.evaluate(() => (globalThis as Record<string, unknown>)["inputSeen"] as { worstMs: number; events: number });
  };
}

const LARGE: [string, string][] = [
  ["typed", "new Float64Array(12_500_000).fill(0.5)"],
  ["bytes", "new Uint8Array(100_000_000)"],
  ["list", "Array.from({ length: 12_500_000 }, (_, i) => i / 2)"],
];

for (const [name, expression] of LARGE) {
  test(`100 MB as ${name} do not freeze the page`, async ({ bench, store, page }) => {
    await store.addSkill(skill(`large-${name}`, "javascript", { outputs: ["name: block, type: any, description: Much"] }, `function execute() {\n  return { block: ${expression} };\n}`));
    await store.addSkill(skill(`take-${name}`, "javascript", { inputs: ["name: block, type: any, description: Much"], outputs: ["name: count, type: integer, description: How many"] }, "function execute({ block }) {\n  return { count: block.length };\n}"));
    await bench.open(await store.addWorkflow(workflow(`large-${name}`, [{ id: "give", skill_id: `large-${name}` }, { id: "take", skill_id: `take-${name}` }], ["give.block > take.block"])), 2);
    const lag = measureLag();
    const stop = await watchInput(page);
    const trace = await bench.run();
    const { worstMs, events } = await stop();
    const slackMs = lag();
    console.log(`100 MB as ${name}: input waits ${Math.round(worstMs)} ms at worst (${events} events, machine late by ${Math.round(slackMs)} ms)`);
    expect(nodeOf(trace, "give").error).toBeUndefined();
    expect(nodeOf(trace, "take").outputs["count"]).toBe(name === "bytes" ? 100_000_000 : 12_500_000);
    expect(nodeOf(trace, "give").outputs["block"]).toMatchObject({ $omitted: {} });
    expect(events).toBeGreaterThan(10);
    expect(worstMs).toBeLessThan(100 + 10 * slackMs);
  });
}

const ROUND: [string, unknown][] = [
  ["numbers", [1, 2.5, -3e300, 5e-324]],
  ["complex numbers", { re: [1, 2], im: [0.5, -0.5] }],
  ["a table", { columns: [{ name: "a", values: [1, 2] }, { name: "b", values: ["x", null] }] }],
  ["nested objects", { a: [{ b: { c: [[1], [2]] } }], "": "é😀" }],
];

test("values come back from Python as JavaScript gave them", async ({ bench, store }) => {
  await store.addSkill(skill("same-py", "python-wasm", { inputs: ["name: x, type: any"], outputs: ["name: x, type: any"] }, "def execute(inputs):\n    return inputs"));
  await store.addSkill(skill("same-js", "javascript", { inputs: ["name: x, type: any", "name: y, type: any"], outputs: ["name: x, type: any", "name: same, type: boolean"] },
    "function execute({ x, y }) {\n  return { x, same: JSON.stringify(x) === JSON.stringify(y) };\n}"));
  const nodes = ROUND.flatMap(([, x], i) => [{ id: `p${i}`, skill_id: "same-py", inputs: { x } }, { id: `j${i}`, skill_id: "same-js", inputs: { y: x } }]);
  await bench.open(await store.addWorkflow(workflow("rounds", nodes, ROUND.map((_, i) => `p${i}.x > j${i}.x`))), nodes.length);
  const trace = await bench.run();
  for (const [i, [what, x]] of ROUND.entries()) {
    expect(nodeOf(trace, `j${i}`).outputs, what).toEqual({ x, same: true });
  }
});
