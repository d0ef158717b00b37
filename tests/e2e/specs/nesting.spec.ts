// A workflow as a node of another one: added, run, entered; its ports chosen. And nodes added where an edge ends.

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const ADD = skill(
  "add-js",
  "javascript",
  {
    inputs: ["name: a, type: number, description: A number, default: 1", "name: b, type: number, description: Another, default: 2"],
    outputs: ["name: sum, type: number, description: Both together"],
  },
  "function execute({ a, b }) {\n  if (a < 0) throw new Error('no negative numbers');\n  console.log(`${a} and ${b}`);\n  return { sum: a + b };\n}",
);
const INNER = workflow("inner-sum", [{ id: "one", skill_id: "add-js" }, { id: "two", skill_id: "add-js" }], ["one.sum > two.a"]);

test.beforeAll(async ({ server }) => {
  const answer = await fetch(`${server.origin}/skills`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: "local", source: ADD }),
  });
  // A spec that failed is started again with the same program.
  if (answer.status !== 201 && answer.status !== 409) throw new Error(await answer.text());
});

test("a workflow is a node: its ports, its parts, an error inside, the way in and back", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow(INNER), 2);
  await bench.inspector.locator("summary", { hasText: "As a node" }).click();
  await bench.inspector.getByRole("button", { name: "Choose the ports" }).click();
  const shown = bench.inspector.getByRole("group", { name: "Inputs" });
  await shown.getByLabel("add-js › a", { exact: true }).check();
  await shown.getByLabel("Name of add-js › a on the outside").fill("start");
  await bench.saveButton.click();
  await expect(page.getByText(/^Saved [0-9a-f]{7}/)).toBeVisible();

  await bench.library.getByRole("tab", { name: "Skills" }).click();
  await page.getByRole("button", { name: "New workflow" }).click();
  await expect(bench.nodes()).toHaveCount(0);
  await bench.library.getByRole("searchbox").fill("inner-sum");
  await bench.library.locator('[data-skill-id="inner-sum"]').dblclick();
  await expect(bench.nodes()).toHaveCount(1);
  const node = bench.nodes().first();
  await node.click();
  const start = bench.inspector.getByLabel("start", { exact: true });
  await start.fill("10");

  await bench.run();
  await bench.allAre("success");
  await expect(bench.inspector.getByRole("list", { name: "Parts" }).getByRole("listitem")).toHaveCount(2);
  await bench.inspector.getByRole("button", { name: "Show sum", exact: true }).click();
  await expect(bench.results.getByRole("article")).toContainText("14");

  await start.fill("-1");
  await bench.run();
  await bench.allAre("error");
  await expect(bench.inspector.getByRole("group", { name: "Error" })).toContainText(/one: .*no negative numbers/);

  await node.dblclick();
  await expect(page).toHaveURL(/inner-sum$/);
  await expect(bench.nodes()).toHaveCount(2);
  await page.getByRole("button", { name: /^Untitled workflow/ }).click();
  await expect(bench.nodes()).toHaveCount(1);
  await bench.nodes().first().click();
  await expect(start).toHaveValue("-1");
});

test("an edge that ends over nothing offers what fits; one undo takes node and edge back", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow({ ...INNER, workflow_id: "open-end" }), 2);
  const from = await bench.handle(bench.nodeById("two"), "sum", "output").boundingBox();
  const pane = await bench.canvas.boundingBox();
  if (!from || !pane) throw new Error("the canvas is not on the page");
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(pane.x + pane.width / 2, pane.y + 60, { steps: 8 });
  await page.mouse.up();
  const quick = page.getByRole("dialog", { name: "Add a node" });
  await quick.getByRole("combobox").fill("add-js");
  await expect(quick.locator('[data-skill-id="add-js"]')).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(bench.nodes()).toHaveCount(3);
  await expect(bench.canvas.locator(".react-flow__edge")).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(bench.nodes()).toHaveCount(2);
  await expect(bench.canvas.locator(".react-flow__edge")).toHaveCount(1);
});

test("a double click on the empty canvas finds a skill and adds it there", async ({ bench, page }) => {
  await bench.open("/workflows/system/csv-statistics", 5);
  const pane = await bench.canvas.boundingBox();
  if (!pane) throw new Error("the canvas is not on the page");
  await page.mouse.dblclick(pane.x + pane.width / 2, pane.y + pane.height - 40);
  await page.getByRole("combobox", { name: "Find a skill to add" }).fill("histogram");
  await expect(page.getByRole("option").first()).toContainText("Histogram");
  await page.keyboard.press("Enter");
  await expect(bench.nodes()).toHaveCount(6);
});
