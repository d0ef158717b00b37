// The page of what is learned: crons that run, drafts that are decided about.

import path from "node:path";
import { fileURLToPath } from "node:url";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Bench } from "../support/bench";
import { skill, type Store, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const OUT = "name: value, type: number, description: A number";
const GIVE = skill(
  "give-js",
  "javascript",
  { inputs: ["name: x, type: number, description: The number, default: 1"], outputs: [OUT] },
  "function execute({ x }) {\n  return { value: x };\n}",
);
const DOUBLE = skill(
  "double-js",
  "javascript",
  { inputs: ["name: x, type: number, description: The number, required: true"], outputs: [OUT] },
  "function execute({ x }) {\n  return { value: 2 * x };\n}",
);

const card = (page: Page, id: string) => page.locator(`[data-cron="${id}"]`);

/** Runs one workflow five times with other values, so that it is something that recurs. */
async function recur(bench: Bench, store: Store) {
  await store.addSkill(GIVE);
  await store.addSkill(DOUBLE);
  const nodes = [{ id: "g", skill_id: "give-js", inputs: { x: 1 } }, { id: "d", skill_id: "double-js" }];
  await bench.open(await store.addWorkflow(workflow("twice", nodes, ["g.value > d.x"])), 2);
  const field = bench.inspector.getByLabel("x", { exact: true });
  for (const x of ["100", "150", "120", "130", "110"]) {
    await bench.nodeById("g").click();
    await field.fill(x);
    await bench.run();
    await bench.allAre("success");
  }
}

/** Starts the user's own cron on the page of what is learned, and waits for the draft that comes of it. */
async function learn(page: Page) {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Learning" }).click();
  const own = card(page, "user-local");
  await expect(own.getByRole("timer")).toBeVisible();
  await own.getByRole("button", { name: "Run now" }).click();
  await expect(own.getByText(/5 traces/)).toBeVisible();

  const proposed = page.getByRole("region", { name: "Drafts" });
  await expect(proposed.getByRole("list", { name: "Drafts" }).getByRole("listitem").first()).toBeVisible();
  await expect(proposed.getByLabel("Text of the skill")).toContainText("122");
  return { own, proposed };
}

test("the page of what is learned @screenshots", async ({ bench, page, store }) => {
  await recur(bench, store);
  await learn(page);
  const images = path.resolve(fileURLToPath(import.meta.url), "../../../../docs/images");
  await page.screenshot({ path: path.join(images, "guide-learning.png") });
});

test("a cron that is started learns, and its draft becomes a skill", async ({ bench, page, store }) => {
  await recur(bench, store);
  const { own, proposed } = await learn(page);
  await proposed.getByRole("button", { name: "Accept" }).click();
  await expect(proposed.getByText("Nothing waits for a decision", { exact: false })).toBeVisible();
  await proposed.getByRole("tab", { name: /Learned/ }).click();
  await expect(proposed.getByRole("table", { name: "Use and success, as measured" })).toBeVisible();

  await own.getByRole("button", { name: "History" }).click();
  await expect(own.getByRole("list", { name: "Earlier runs" }).getByRole("listitem")).toHaveCount(1);
});

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test(`the page has no accessibility fault in the ${colorScheme} theme, also at the width of a phone`, async ({ page }) => {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto("/learning");
        await expect(card(page, "system")).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, "nothing is wider than the screen").toBeLessThanOrEqual(0);
      }
    });
  });
}
