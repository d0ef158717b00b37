// The page on screens of other sizes: a phone, and windows in which the chat stands beside the canvas.

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const SUM = workflow(
  "sizes",
  [
    { id: "one", skill_id: "number-constant", inputs: { value: 2 } },
    { id: "two", skill_id: "arithmetic", inputs: { b: 3 } },
    { id: "three", skill_id: "arithmetic", inputs: { b: 4 } },
  ],
  ["one.value > two.a", "two.result > three.a"],
);
const NAME = "A sum of three numbers";

test("on a phone the name can be read, the workflow is in view, and a run leads to its results", async ({ bench, page, store }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await bench.open(await store.addWorkflow({ ...SUM, name: NAME }), 3);
  const title = page.getByRole("heading", { level: 1, name: NAME });
  expect((await title.boundingBox())?.width).toBeGreaterThan(110);
  await expect(async () => {
    for (const node of await bench.nodes().all()) {
      const box = await node.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    }
  }).toPass({ timeout: 10_000 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await bench.run();
  await page.getByRole("button", { name: "Show the results" }).click();
  await expect(bench.results.getByRole("article")).toContainText("9");
  await page.getByRole("button", { name: "Canvas" }).click();
  await expect(page.getByRole("button", { name: "Show the results" })).toHaveCount(0);
});

test("an empty canvas shows all examples; the results take their room once there are some", async ({ bench, page }) => {
  await page.goto("/");
  const examples = page.getByRole("region", { name: "Open an example" }).getByRole("button");
  await expect(examples).toHaveCount(6);
  await expect(examples.last()).toBeInViewport({ ratio: 1 });
  await expect(bench.results).toHaveJSProperty("clientHeight", 37);
  await examples.first().click();
  await expect(bench.nodes()).not.toHaveCount(0);
  expect((await bench.results.boundingBox())?.height).toBeGreaterThan(200);
});

for (const width of [1180, 1280, 1440, 1920]) {
  test(`at ${width} pixels the chat leaves the canvas room for a workflow`, async ({ bench, page, store }) => {
    await page.setViewportSize({ width, height: 900 });
    await bench.open(await store.addWorkflow({ ...SUM, workflow_id: `sizes-${width}` }), 3);
    await page.keyboard.press("Control+j");
    const chat = page.getByRole("region", { name: "Chat", exact: true });
    await expect(chat).toBeVisible();
    const [canvas, inspector, panel] = await Promise.all([bench.canvas, bench.inspector, chat].map((one) => one.boundingBox()));
    expect(canvas?.width).toBeGreaterThan(400);
    expect((inspector?.x ?? 0) + (inspector?.width ?? 0)).toBeLessThanOrEqual((panel?.x ?? 0) + 1);
  });
}

test("what ran before the first save is among the runs of the saved workflow, also after a reload", async ({ bench, page, store }) => {
  await store.addSkill(skill("ran-before", "javascript", { outputs: ["name: v, type: number"] }, "function execute() { return { v: 1 }; }"));
  await bench.open("/", 0);
  await bench.library.getByRole("searchbox").fill("ran-before");
  await page.keyboard.press("Enter");
  await expect(bench.nodes()).toHaveCount(1);
  await bench.run();
  await bench.saveButton.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Ran before it had a name");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(/ran-before-it-had-a-name$/);
  const runs = bench.library.getByRole("list", { name: "Runs" }).getByRole("listitem");
  await bench.library.getByRole("tab", { name: "Runs" }).click();
  await expect(runs).toHaveCount(1);
  await page.reload();
  await bench.library.getByRole("tab", { name: "Runs" }).click();
  await expect(runs).toHaveCount(1);
  await runs.getByRole("button").click();
  await bench.allAre("success");
});
