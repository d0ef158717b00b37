// A chain of 5,000 JavaScript nodes, and how it feels meanwhile.

import { durationMs, nodeOf, watchFrames } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const LENGTH = 5_000;

test("a chain of 5,000 JavaScript nodes runs to its end", async ({ bench, store, page }) => {
  test.setTimeout(180_000);
  await store.addSkill(
    skill(
      "count-up",
      "javascript",
      {
        inputs: ["name: value, type: number, description: The number before, default: 0"],
        outputs: ["name: value, type: number, description: The next number"],
      },
      "function execute({ value }) {\n  return { value: value + 1 };\n}",
    ),
  );
  const id = (k: number) => `n${k}`;
  const nodes = Array.from({ length: LENGTH }, (_, k) => ({
    id: id(k), skill_id: "count-up", position: { x: (k % 100) * 280, y: Math.floor(k / 100) * 160 },
  }));
  const edges = nodes.slice(1).map((_, k) => `${id(k)}.value > ${id(k + 1)}.value`);
  const address = await store.addWorkflow(workflow("chain", nodes, edges));

  const asked = Date.now();
  await page.goto(address);
  await expect(bench.runButton).toBeEnabled({ timeout: 60_000 });
  console.log(`opening the chain of ${LENGTH}: ${Date.now() - asked} ms`);
  const stop = await watchFrames(page);
  const trace = await bench.run(120_000);
  const { longestGapMs } = await stop();

  expect(trace.run.outcome).toBe("success");
  expect(trace.run.nodes).toHaveLength(LENGTH);
  expect(nodeOf(trace, id(LENGTH - 1)).outputs["value"]).toBe(LENGTH);
  const took = durationMs(trace);
  console.log(`chain of ${LENGTH}: ${took} ms, ${(took / LENGTH).toFixed(3)} ms per node, longest frame gap ${Math.round(longestGapMs)} ms`);
  // The aim is 0.3 ms per node and belongs to the benchmarks; here the machine is shared.
  expect(took / LENGTH).toBeLessThan(3);
});
