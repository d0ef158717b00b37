// A workflow from an empty canvas: by mouse, and by keyboard alone; saved, and there again after a reload.

import type { Locator, Page } from "@playwright/test";

import type { Bench } from "../support/bench";
import { expect, test } from "../support/test";

/** Finds a skill in the library. */
async function find(bench: Bench, id: string, words: string): Promise<Locator> {
  await bench.library.getByRole("searchbox").fill(words);
  const entry = bench.library.locator(`[data-skill-id="${id}"]`);
  await expect(entry).toBeVisible();
  return entry;
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("the element is not on the page");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await centre(from), await centre(to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 });
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

test("by mouse: drag, connect, edit, run, save, reload", async ({ bench, page, server }) => {
  await bench.open("/");
  await expect(bench.nodes()).toHaveCount(0);

  const pane = bench.canvas.locator(".react-flow__pane");
  const places: [string, string, { x: number; y: number }][] = [
    ["list-constant", "list constant", { x: 120, y: 120 }],
    ["histogram", "histogram", { x: 480, y: 120 }],
  ];
  for (const [id, words, targetPosition] of places) {
    await (await find(bench, id, words)).dragTo(pane, { targetPosition });
  }
  await expect(bench.nodes()).toHaveCount(2);
  const list = bench.node("List constant");
  const histogram = bench.node("Histogram");

  await drag(page, bench.handle(list, "value", "output"), bench.handle(histogram, "values", "input"));
  await expect(bench.canvas.locator(".react-flow__edge")).toHaveCount(1);

  await list.click();
  const value = bench.inspector.getByLabel("value", { exact: true });
  await value.fill("[1, 2, 2, 3, 3, 3, 4]");
  await value.press("Tab");
  await histogram.click();
  const bins = bench.inspector.getByLabel("bins", { exact: true });
  await bins.fill("3");
  await bins.press("Tab");

  const trace = await bench.run();
  await bench.allAre("success");
  const outputs = trace.run.nodes.find(({ skill_version, inputs }) => skill_version && inputs["bins"] === 3)?.outputs;
  expect(JSON.stringify(outputs?.["table"])).toContain('"values":[1,2,4]');
  await expect(bench.results.getByRole("article").locator("canvas").first()).toBeVisible();

  await save(bench, page, "my-histogram");
  await expect(page).toHaveURL(/\/workflows\/user\/local\/my-histogram$/);
  expect(server.git("log", "-1", "--format=%an %s", "--", "workflows/my-histogram.md")).toMatch(/^local .*my-histogram/);

  await page.reload();
  await expect(bench.nodes()).toHaveCount(2);
  await expect(bench.canvas.locator(".react-flow__edge")).toHaveCount(1);
  await bench.node("Histogram").click();
  await expect(bench.inspector.getByLabel("bins", { exact: true })).toHaveValue("3");
});

/** Saves a new workflow under an id, in the dialog that asks for it. */
async function save(bench: Bench, page: Page, id: string): Promise<void> {
  await bench.saveButton.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^name/i).fill(id);
  await dialog.getByLabel(/^id/i).fill(id);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
}

test("types that do not fit cannot be connected, and the page says why", async ({ bench, page }) => {
  await bench.open("/");
  const pane = bench.canvas.locator(".react-flow__pane");
  await (await find(bench, "text-constant", "text constant")).dragTo(pane, { targetPosition: { x: 120, y: 120 } });
  await (await find(bench, "histogram", "histogram")).dragTo(pane, { targetPosition: { x: 480, y: 120 } });
  await drag(
    page,
    bench.handle(bench.node("Text constant"), "value", "output"),
    bench.handle(bench.node("Histogram"), "values", "input"),
  );
  await expect(bench.canvas.locator(".react-flow__edge")).toHaveCount(0);
  await expect(page.getByText(/`?string`?.*`?array`?/).first()).toBeVisible();
});

test("by keyboard alone: find, add, edit, run, save", async ({ bench, page }) => {
  await bench.open("/");
  await page.keyboard.press("/");
  await expect(bench.library.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("number constant");
  await expect(bench.library.locator('[data-skill-id="number-constant"]')).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(bench.nodes()).toHaveCount(1);

  const node = bench.node("Number constant");
  await tabTo(page, node);
  await page.keyboard.press("Enter");
  const value = bench.inspector.getByLabel("value", { exact: true });
  await expect(value).toBeVisible();
  await tabTo(page, value);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("42");
  await page.keyboard.press("Tab");

  const ended = await bench.startRun(async () => {
    await tabTo(page, bench.runButton);
    await page.keyboard.press("Enter");
  });
  const trace = await ended();
  expect(trace.run.nodes[0]?.outputs["value"]).toBe(42);

  await tabTo(page, bench.saveButton);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  const id = dialog.getByLabel(/^id/i);
  await tabTo(page, id);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("by-keyboard");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/workflows\/user\/local\/by-keyboard$/);
});

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the element is not in the tab order");
}

test("an example is opened from the list and saved as one's own", async ({ bench, page }) => {
  await bench.open("/");
  await bench.openFromList("csv-statistics");
  await expect(bench.nodes()).toHaveCount(5);
  await expect(page).toHaveURL(/\/workflows\/system\/csv-statistics$/);
  await save(bench, page, "my-air");
  await expect(page).toHaveURL(/\/workflows\/user\/local\/my-air$/);
});

test("undo brings a deleted node back", async ({ bench, page }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  await bench.nodeById("plot").click();
  await page.keyboard.press("Delete");
  await expect(bench.nodes()).toHaveCount(4);
  await page.keyboard.press("Control+z");
  await expect(bench.nodes()).toHaveCount(5);
});
