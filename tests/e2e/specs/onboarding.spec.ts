// The first minutes of somebody who starts the program on an empty machine: no model, no workflow of their own.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../support/test";

const SAMPLE = "Plot the convergence of a VQE for H2";

const chat = (page: Page) => page.getByRole("region", { name: "Chat" });

async function faults(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).exclude("iframe").analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** No region of the page is wider than the window. */
async function fits(page: Page): Promise<void> {
  const { scroll, width } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, width: innerWidth }));
  expect(scroll, "nothing is cut off at the side").toBeLessThanOrEqual(width);
}

test("from an empty canvas a question leads to a run, its session, and the results", async ({ bench, page, server }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Build a workflow" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Open an example" }).getByRole("button")).toHaveCount(6);
  await expect(page.getByRole("region", { name: "Go on with" })).toHaveCount(0);

  await page.getByRole("button", { name: `Ask: ${SAMPLE}` }).click();
  const answer = chat(page).getByRole("article", { name: SAMPLE });
  await expect(answer.getByText("No model is connected")).toBeVisible();
  const best = answer.getByRole("region", { name: /^Proposed workflow/ });
  await expect(best).toHaveCount(1);
  await expect(best).toBeInViewport();
  await expect(chat(page).getByRole("textbox", { name: "Message" })).toBeFocused();
  const others = answer.getByText(/^\d other workflows? that may fit$/);
  await others.click();
  await expect(best.nth(1)).toBeVisible();
  await others.click();

  await best.getByRole("button", { name: "Open and run" }).click();
  await bench.allAre("success");
  await expect(page.getByRole("region", { name: "Results" }).locator("canvas").first()).toBeVisible();
  expect(server.git("log", "--format=%s")).toMatch(/VQE|hydrogen|H2/i);

  await chat(page).getByRole("button", { name: "What came of this session" }).click();
  const artifacts = page.getByRole("list", { name: "Artifacts of the session" });
  await artifacts.getByRole("group").or(artifacts.locator("summary")).first().click();
  await expect(artifacts.getByRole("button", { name: "Save" }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat(page).getByRole("button", { name: "What came of this session" })).toBeFocused();
});

test("the same by keys alone, and the model settings give the focus back", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Build a workflow" })).toBeVisible();
  await page.keyboard.press("Control+j");
  await expect(chat(page).getByRole("textbox", { name: "Message" })).toBeFocused();
  await chat(page).getByRole("button", { name: "Begin a new session" }).or(chat(page).getByRole("button", { name: "Sessions" })).first().focus();
  await chat(page).getByRole("button", { name: "Model settings" }).first().focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Model settings" });
  await expect(dialog.getByLabel("Provider")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(chat(page).getByRole("button", { name: "Model settings" }).first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(chat(page)).toHaveCount(0);
});

for (const colorScheme of ["dark", "light"] as const) {
  for (const [name, viewport] of [
    ["desk", { width: 1280, height: 800 }],
    ["phone", { width: 390, height: 844 }],
  ] as const) {
    test(`each step is whole and without an accessibility fault on a ${name} in the ${colorScheme} theme`, async ({ page, request }) => {
      const listed = (await (await request.get("/api/sessions?user_id=local")).json()) as { sessions: { id: string }[] };
      await Promise.all(listed.sessions.map(({ id }) => request.delete(`/api/sessions/${id}?user_id=local`)));
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      const sound = async () => {
        await fits(page);
        expect(await faults(page)).toEqual([]);
      };
      await page.goto("/");
      await expect(page.getByRole("region", { name: "Open an example" })).toBeVisible();
      await sound();
      await page.getByRole("button", { name: "Chat", exact: true }).click();
      await expect(chat(page).getByRole("heading", { name: "Ask, and your skills answer" })).toBeVisible();
      await sound();
      await chat(page).getByRole("button", { name: `Try now: ${SAMPLE}` }).click();
      await expect(chat(page).getByText(/^chat-\d{8}-/)).toBeVisible();
      await sound();
      await chat(page).getByRole("button", { name: "What goes to the model" }).click();
      await expect(chat(page).getByRole("region", { name: "What goes to the model" })).toBeVisible();
      await sound();
      await chat(page).getByRole("button", { name: "What goes to the model" }).click();
      await chat(page).getByRole("button", { name: "What came of this session" }).click();
      await expect(page.getByRole("list", { name: "Artifacts of the session" })).toBeVisible();
      await sound();
      await page.keyboard.press("Escape");
      await chat(page).getByRole("button", { name: "Sessions" }).click();
      await expect(chat(page).getByRole("region", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);
      await sound();
      await chat(page).getByRole("button", { name: "Model settings" }).click();
      await expect(page.getByRole("dialog", { name: "Model settings" }).getByLabel("Provider")).toBeVisible();
      await sound();
    });
  }
}
