// The screen under axe-core, dark and light, empty and after a run.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../support/test";

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .exclude("iframe")
    .analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`the empty canvas has no accessibility fault in the ${colorScheme} theme`, async ({ bench, page }) => {
      await bench.open("/");
      await expect(bench.library.locator("[data-skill-id]").first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test(`a finished run has no accessibility fault in the ${colorScheme} theme`, async ({ bench, page }) => {
      await bench.open("/workflows/system/csv-statistics", 5);
      await bench.run();
      await bench.show("statistics", "statistics");
      expect(await violations(page)).toEqual([]);
      await bench.show("means", "plot");
      expect(await violations(page)).toEqual([]);
    });
  });
}
