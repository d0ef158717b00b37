// Writes the pictures of the documentation: `npm run screenshots` with LLMOS_SCREENSHOTS=1.

import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "../support/test";

const images = path.resolve(fileURLToPath(import.meta.url), "../../../../docs/images");
const file = (name: string) => path.join(images, `${name}.png`);

test("the start page @screenshots", async ({ bench, page }) => {
  await bench.open("/");
  await expect(bench.library.locator("[data-skill-id]").first()).toBeVisible();
  await page.screenshot({ path: file("start") });
});

for (const [id, select] of [["vqe-plot-export", "plot"], ["csv-statistics", "relation"]] as const) {
  test(`${id} after its run @screenshots`, async ({ bench, page }) => {
    await bench.open(`/workflows/system/${id}`, 5);
    await bench.run();
    await bench.allAre("success");
    await expect((await bench.show(select, "plot")).locator("canvas").first()).toBeVisible();
    await page.waitForTimeout(500);
    await page.screenshot({ path: file(id) });
  });
}
