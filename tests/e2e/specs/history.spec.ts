// Earlier runs: listed, looked at, taken over, compared.

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const OUT = "name: value, type: number, description: A number";
const GIVE = skill(
  "give-js",
  "javascript",
  { inputs: ["name: x, type: number, description: The number, default: 1"], outputs: [OUT] },
  "function execute({ x }) {\n  console.log(`gives ${x}`);\n  return { value: x };\n}",
);

test("an earlier run is looked at on the canvas and cannot be changed; then back to one's own", async ({ bench, page, store }) => {
  await store.addSkill(GIVE);
  await bench.open(await store.addWorkflow(workflow("given", [{ id: "g", skill_id: "give-js", inputs: { x: 5 } }])), 1);
  await bench.run();
  await bench.nodeById("g").click();
  const field = bench.inspector.getByLabel("x", { exact: true });
  await field.fill("7");
  await bench.run();

  await bench.library.getByRole("tab", { name: "Runs" }).click();
  const list = bench.library.getByRole("list", { name: "Runs" }).getByRole("listitem");
  await expect(list).toHaveCount(2);
  await list.nth(1).getByRole("button").click();
  const banner = page.getByRole("group", { name: "Earlier run" });
  await expect(banner).toBeVisible();
  await bench.nodeById("g").click();
  await expect(field).toHaveValue("5");
  await expect(field).toBeDisabled();
  await expect(await bench.show("g", "value")).toContainText("5");
  await expect(bench.runButton).toBeDisabled();

  await banner.getByRole("button", { name: "Back to the workflow" }).click();
  await bench.nodeById("g").click();
  await expect(field).toHaveValue("7");
  await expect(await bench.show("g", "value")).toContainText("7");

  for (const at of [0, 1]) await list.nth(at).getByRole("checkbox").check();
  await bench.library.getByRole("button", { name: "Compare the two" }).click();
  const comparison = page.getByRole("region", { name: "Comparison of two runs" });
  await expect(comparison.getByText(/differ/).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(comparison).toBeHidden();
});

test("a version that ran before is taken over, and undo brings one's own back", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow(workflow("given-2", [{ id: "g", skill_id: "give-js", inputs: { x: 1 } }])), 1);
  await bench.run();
  await bench.nodeById("g").click();
  await page.keyboard.press("Delete");
  await expect(bench.nodes()).toHaveCount(0);
  await bench.library.getByRole("tab", { name: "Runs" }).click();
  await bench.library.getByRole("list", { name: "Runs" }).getByRole("listitem").first().getByRole("button").click();
  await page.getByRole("button", { name: "Restore this version" }).click();
  await expect(bench.nodes()).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(bench.nodes()).toHaveCount(0);
});

test("a replay runs the same skills and says whether the results are the same", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow(workflow("given-3", [{ id: "g", skill_id: "give-js", inputs: { x: 3 } }])), 1);
  await bench.run();
  await bench.library.getByRole("tab", { name: "Runs" }).click();
  await bench.library.getByRole("list", { name: "Runs" }).getByRole("listitem").first().getByRole("button").click();
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(page.getByRole("status", { name: "Result of the replay" })).toHaveText("Same results: 1 output of 1 agree");
});
