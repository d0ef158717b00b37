// Quantum programs as a person meets them: counts, state, circuit and histogram, errors with their place, limits.

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const BELL = `OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;`;

const BELL_PORTS = {
  inputs: ["name: shots, type: integer, default: 2000, description: Shots"],
  outputs: [
    "name: counts, type: object, description: Counts",
    "name: state, type: object, description: Amplitudes",
    "name: circuit, type: file, description: The circuit",
  ],
};

test("a Bell pair: counts within five sigma, every digit of the state, circuit and histogram drawn", async ({ bench, store, page }) => {
  // Counts, state and circuit are four compilations: seconds, or minutes on a machine that does much else.
  test.slow();
  await store.addSkill(skill("bell", "openqasm", BELL_PORTS, BELL, "timeout_ms: 300000"));
  await bench.open(await store.addWorkflow(workflow("bell-flow", [{ id: "bell", skill_id: "bell" }])), 1);
  const first = await bench.run(300_000);
  const outputs = first.run.nodes[0]?.outputs as { counts: { shots: number; counts: Record<string, number> }; state: { re: number[] } };
  expect(first.run.nodes[0]?.error).toBeUndefined();
  expect(Object.keys(outputs.counts.counts).toSorted()).toEqual(["00", "11"]);
  expect(Math.abs((outputs.counts.counts["00"] ?? 0) - 1000)).toBeLessThan(5 * Math.sqrt(2000 / 4));
  expect(outputs.state.re[0]).toBeCloseTo(Math.SQRT1_2, 14);
  expect(outputs.state.re[3]).toBeCloseTo(Math.SQRT1_2, 14);

  const circuit = await bench.show("bell", "circuit");
  const drawing = circuit.getByRole("img", { name: "Quantum circuit" });
  await expect(drawing).toBeVisible();
  await expect(drawing.locator(".gate")).not.toHaveCount(0);
  const frame = circuit.getByRole("group", { name: /^Quantum circuit/ });
  const size = async (): Promise<number> => (await drawing.boundingBox())?.width ?? 0;
  const before = await size();
  await frame.focus();
  await page.keyboard.press("-");
  await expect.poll(size).toBeLessThan(before * 0.9);

  const histogram = await bench.show("bell", "counts");
  await expect(histogram.getByRole("img", { name: /^Histogram of counts: (00|11) \d\d\.\d %, (00|11)/ })).toBeVisible();
  await expect(histogram.locator("svg rect.bar")).toHaveCount(2);
  await histogram.getByLabel("Result", { exact: true }).selectOption("11");
  await expect(histogram.getByRole("status")).toContainText(`11: ${outputs.counts.counts["11"]} times`);
  await expect(histogram.locator("svg rect.bar-selected")).toHaveCount(1);
});

test("mistakes in both languages are told with line, column and mark", async ({ bench, store }) => {
  const result = { outputs: ["name: result, type: any, description: Result"] };
  await store.addSkill(skill("bad-qasm", "openqasm", result, 'include "stdgates.inc";\nqubit q;\nhh q;'));
  await store.addSkill(skill("bad-qsharp", "qsharp", result, "operation Main() : Int {\n    return 1 / 0;\n}"));
  const nodes = ["bad-qasm", "bad-qsharp"].map((id) => ({ id, skill_id: id }));
  await bench.open(await store.addWorkflow(workflow("bad-programs", nodes)), 2);
  const { run } = await bench.run();
  const [qasm, qsharp] = run.nodes.map(({ error }) => error);
  expect(qasm?.message).toMatch(/^line 3, column 1: undefined symbol: hh\n {4}hh q;\n {4}\^\^/);
  expect(qsharp?.message).toMatch(/^line 2, column 16: .*division by zero\n {8}return 1 \/ 0;\n {19}\^/);
  expect(qsharp?.hint).toBe("check the divisor first");
});

test("an endless program and one that takes too much memory are stopped, and the others go on", async ({ bench, store }) => {
  const result = { outputs: ["name: result, type: integer, description: Result"] };
  const main = (body: string): string => `operation Main() : Int {\n    ${body}\n}`;
  await store.addSkill(skill("endless", "qsharp", result, main("mutable n = 0; while true { set n += 1; } return n;"), "timeout_ms: 3000"));
  await store.addSkill(skill("hog", "qsharp", result, main("mutable a = [0, size = 1000]; while true { set a = a + a; } return a[0];"), "memory_mb: 128\ntimeout_ms: 120000"));
  await store.addSkill(skill("fine", "qsharp", result, main("return 42;"), "timeout_ms: 120000"));
  const nodes = ["endless", "hog", "fine"].map((id) => ({ id, skill_id: id }));
  await bench.open(await store.addWorkflow(workflow("limits", nodes)), 3);
  const { run } = await bench.run();
  const [endless, hog, fine] = run.nodes;
  expect(endless?.error).toMatchObject({ kind: "timeout" });
  expect(hog?.error).toMatchObject({ kind: "memory", message: "over the memory limit of 128 MB" });
  expect(fine?.outputs["result"]).toBe(42);
});
