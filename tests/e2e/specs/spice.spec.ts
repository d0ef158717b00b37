// Netlists as a person meets them: results against formulas, errors with their line, a schematic, limits.

import { readFile } from "node:fs/promises";

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const RC = `* RC low-pass
v1 in 0 dc 0 ac 1 pulse(0 5 0 1p 1p 1 2)
r1 in out {{ohms}}
c1 out 0 1u
.tran 5u 5m
.ac dec 10 1 10meg
.options reltol=1e-6
.output ac gain = db(v(out))`;

const RC_PORTS = {
  inputs: ["name: ohms, type: number, default: 1000, description: Ohms"],
  outputs: [
    "name: time, type: array, description: Seconds",
    "name: tran_v_out, type: array, description: Volts",
    "name: frequency, type: array, description: Hertz",
    "name: gain, type: array, description: Decibels",
    "name: tran_plot, type: plot, description: Voltages",
    "name: netlist, type: file, description: The circuit",
  ],
};

test("a circuit charges as the formula says, falls by 20 dB per decade, and is drawn", async ({ bench, store, page }) => {
  await store.addSkill(skill("rc", "spice", RC_PORTS, RC));
  const address = await store.addWorkflow(workflow("rc-flow", [{ id: "rc", skill_id: "rc" }]));
  await bench.open(address, 1);
  const trace = await bench.run();
  expect(trace.run.nodes[0]?.error).toBeUndefined();

  const { time, tran_v_out: out, frequency, gain } = trace.run.nodes[0]?.outputs as Record<string, number[]>;
  const off = (time ?? []).map((t, i) => Math.abs((out?.[i] ?? 0) - 5 * (1 - Math.exp(-t / 1e-3))));
  expect(Math.max(...off)).toBeLessThan(1e-4);
  const at = (hertz: number): number => gain?.[frequency?.findIndex((f) => f > hertz * 0.99) ?? 0] ?? 0;
  expect(at(1e6) - at(1e5)).toBeCloseTo(-20, 3);

  const preview = await bench.show("rc", "netlist");
  const drawing = preview.getByRole("img", { name: "Schematic of RC low-pass" });
  await expect(drawing).toBeVisible();
  await expect(drawing.getByText("1 kΩ", { exact: true })).toBeVisible();
  await expect(drawing.getByText("1 µF", { exact: true })).toBeVisible();
  const frame = preview.getByRole("group", { name: /^Schematic of RC low-pass/ });
  const size = async (): Promise<number> => (await drawing.boundingBox())?.width ?? 0;
  const before = await size();
  await frame.focus();
  await page.keyboard.press("+");
  await expect.poll(size).toBeGreaterThan(before * 1.2);
  await page.keyboard.press("0");
  await expect.poll(size).toBeCloseTo(before, 0);
  for (const kind of ["PNG", "SVG"]) {
    const saving = page.waitForEvent("download");
    await preview.getByRole("button", { name: kind, exact: true }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`netlist.${kind.toLowerCase()}`);
    const content = await readFile(await saved.path(), "latin1");
    // Colours are in the file itself; it has no style sheet.
    expect(content).toMatch(kind === "PNG" ? /^.PNG/ : /<path[^>]* stroke="(rgb|color)/);
  }
});

test("a broken netlist after a good one is told with its line, and gives no old data", async ({ bench, store }) => {
  const out = { outputs: ["name: v_out, type: number, description: Volts"] };
  await store.addSkill(skill("good", "spice", out, "* divider\nv1 in 0 4\nr1 in out 1k\nr2 out 0 1k\n.op"));
  await store.addSkill(skill("bad", "spice", { inputs: ["name: after, type: number, description: Waits for it"], ...out }, "* broken {{after}}\nv1 in 0 4\nr1 in out\nr2 out 0 1k\n.op"));
  const nodes = [{ id: "good", skill_id: "good" }, { id: "bad", skill_id: "bad" }];
  await bench.open(await store.addWorkflow(workflow("good-bad", nodes, ["good.v_out > bad.after"])), 2);
  const { run } = await bench.run();
  const [good, bad] = run.nodes;
  expect(good?.outputs["v_out"]).toBeCloseTo(2, 9);
  expect(bad?.state).toBe("error");
  expect(bad?.outputs).toEqual({});
  expect(bad?.error).toMatchObject({
    kind: "exception",
    message: "line 3: too little for a resistor\n    r1 in out",
    hint: "write it as in `r1 in out 1k`",
  });
});

test("an endless simulation and one that takes too much memory are stopped, and the others go on", async ({ bench, store }) => {
  const out = { outputs: ["name: v_in, type: any, description: Volts"] };
  const sine = (step: string, stop: string): string => `* sine\nv1 in 0 sin(0 1 1meg)\nr1 in out 1k\nc1 out 0 1n\n.tran ${step} ${stop} 0 ${step}`;
  await store.addSkill(skill("endless-circuit", "spice", out, sine("1n", "10"), "timeout_ms: 2500"));
  await store.addSkill(skill("hog-circuit", "spice", out, sine("1n", "100m"), "memory_mb: 64"));
  await store.addSkill(skill("fine-circuit", "spice", out, "* fine\nv1 in 0 4\nr1 in 0 1k\n.op"));
  const nodes = ["endless-circuit", "hog-circuit", "fine-circuit"].map((id) => ({ id, skill_id: id }));
  await bench.open(await store.addWorkflow(workflow("circuit-limits", nodes)), 3);
  const { run } = await bench.run();
  const [endless, hog, fine] = run.nodes;
  expect(endless?.error).toMatchObject({ kind: "timeout" });
  expect(hog?.error).toMatchObject({ kind: "memory", message: "over the memory limit of 64 MB" });
  expect(fine?.outputs["v_in"]).toBe(4);
});
