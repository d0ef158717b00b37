// Writes the pictures of the documentation: `npm run screenshots` with LLMOS_SCREENSHOTS=1.

import path from "node:path";
import { fileURLToPath } from "node:url";

import { EXAMPLES } from "../support/examples";
import { expect, test } from "../support/test";

const images = path.resolve(fileURLToPath(import.meta.url), "../../../../docs/images");
const file = (name: string) => path.join(images, `${name}.png`);

/** Moments of an animation that make a better picture than its beginning, in milliseconds. */
const LATER: Record<string, number> = { "rotating-cube": 1500, "lorenz-attractor": 2500 };

test("the start page @screenshots", async ({ bench, page }) => {
  await bench.open("/");
  await expect(bench.library.locator("[data-skill-id]").first()).toBeVisible();
  await page.screenshot({ path: file("start") });
});

for (const { id, nodes, seen } of EXAMPLES) {
  test(`${id} after its run @screenshots`, async ({ bench, page }) => {
    await bench.open(`/workflows/system/${id}`, nodes);
    await bench.run();
    await bench.allAre("success");
    const [node, port, sight] = seen[0] ?? ["", "", ""];
    const preview = await bench.show(node, port);
    if (sight === "scene") await expect(preview.locator("[data-phase=shown]")).toBeVisible();
    await page.getByRole("button", { name: "Show all", exact: true }).click();
    await page.waitForTimeout(1000 + (LATER[id] ?? 0));
    await expect(preview.getByRole("alert")).toHaveCount(0);
    await page.screenshot({ path: file(id) });
  });
}
