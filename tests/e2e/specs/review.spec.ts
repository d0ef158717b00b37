// Proposals: made on the canvas, looked at, decided, taken back. By mouse and by keyboard, dark and light, at phone width.

import AxeBuilder from "@axe-core/playwright";
import type { APIRequestContext, Page } from "@playwright/test";

import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const OUT = "name: value, type: number, description: A number";
const LIMITS = "timeout_ms: 9000\nmemory_mb: 256";

function give(id: string, code: string, more = LIMITS): string {
  return skill(id, "javascript", { inputs: ["name: x, type: number, description: The number, default: 3"], outputs: [OUT] }, code, more);
}

async function propose(request: APIRequestContext, id: string, reason = "we all need it"): Promise<string> {
  const answer = await request.post("/proposals", { data: { user_id: "local", team_id: "atlas", skill_id: id, reason } });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .exclude("iframe")
    .analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}

/** A picture for people who look at what a change did; none is kept otherwise. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["LLMOS_PICTURES"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

test("a skill is proposed from the canvas, looked at, run, approved and taken back", async ({ bench, page, request, store }) => {
  await store.addSkill(give("triple", "function execute({ x }) {\n  return { value: 3 * x };\n}"));
  await bench.open(await store.addWorkflow(workflow("thrice", [{ id: "t", skill_id: "triple" }])), 1);
  await bench.nodeById("t").click();
  await bench.inspector.getByRole("button", { name: "Propose to a team…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Team").fill("atlas");
  await dialog.getByLabel("Why others should have it").fill("Everybody multiplies by three");
  await picture(page, "propose");
  await dialog.getByRole("button", { name: "Propose", exact: true }).click();
  await page.getByRole("log", { name: "Messages" }).getByRole("button", { name: "Look at it" }).click();

  const detail = page.getByRole("article", { name: "Proposal" });
  await expect(detail.getByRole("heading", { level: 2 })).toContainText("triple");
  await expect(detail).toContainText("Everybody multiplies by three");
  await expect(detail.getByRole("region", { name: "What it may do" })).toContainText("It runs JavaScript code");
  await expect(detail.getByRole("region", { name: "What it may do" })).toContainText("It is stopped after 9 s");
  await expect(detail.getByRole("region", { name: "Checks" })).toContainText("Passed: It is a skill without mistakes");
  await detail.getByRole("button", { name: "Run the example" }).click();
  await expect(detail.getByRole("region", { name: "Example" })).toContainText("It ran in");
  await expect(detail.getByRole("figure")).toContainText("9");
  await picture(page, "review-new");

  const approve = detail.getByRole("button", { name: "Approve and merge" });
  await expect(approve).toBeDisabled();
  await detail.getByRole("checkbox", { name: /my own proposal/ }).check();
  await approve.click();
  await expect(detail).toContainText("Approved by local");
  const kept = (await (await request.get("/skills/triple?user_id=other&team_id=atlas")).json()) as { volume: string; provenance: object };
  expect(kept.volume).toBe("team/atlas");
  expect(kept.provenance).toMatchObject({ from: "user/local", reason: "Everybody multiplies by three", author: "local" });

  await detail.getByLabel("Why it is taken back").fill("It was two");
  await detail.getByRole("button", { name: "Take it back" }).click();
  await expect(detail).toContainText("Reverted by local");
  expect((await request.get("/skills/triple?user_id=other&team_id=atlas")).status()).toBe(404);
});

test("what cannot be seen is shown, and what changed is told by field and by line", async ({ page, request, store }) => {
  const before = "function execute({ x }) {\n  return { value: x };\n}";
  await store.addSkill(give("sneaky", before));
  const first = await propose(request, "sneaky");
  const own = { user_id: "local", volume: "team/atlas", own: true };
  expect((await request.post(`/proposals/${first}/approve`, { data: own })).ok()).toBe(true);
  const after = `function execute({ x }) {\n  // \u202e harmless \u2066\n  const a\u200bdmin = "${"x".repeat(400)}";\n  return { value: x, admin: 1 };\n}`;
  const changed = await request.put("/skills/sneaky", { data: { user_id: "local", source: give("sneaky", after, "timeout_ms: 60000\nexecution_mode: browser-wasm") } });
  expect(changed.ok(), await changed.text()).toBe(true);
  const second = await propose(request, "sneaky", "small clean-up");

  await page.goto(`/review/team/atlas/${second}`);
  const detail = page.getByRole("article", { name: "Proposal" });
  await expect(detail.getByRole("region", { name: "What it may do" })).toContainText("3 characters that cannot be seen");
  await expect(detail.getByRole("region", { name: "What it may do" })).toContainText("Before, it is stopped after 9 s");
  const lines = detail.getByRole("group", { name: /^Lines of/ });
  for (const name of ["U+202E", "U+2066", "U+200B"]) await expect(lines.getByText(name, { exact: true })).toBeVisible();
  await expect(lines).toContainText("long line, shown to its end");
  await expect(detail.getByRole("table")).toContainText("timeout_ms");
  const text = await lines.innerText();
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
  await picture(page, "review-hidden");

  await detail.getByLabel("What you say to it").fill("That is no clean-up");
  await detail.getByRole("button", { name: "Withdraw" }).click();
  await expect(detail).toContainText("Declined by local");
  await page.getByRole("tab", { name: /Decided/ }).click();
  await expect(page.getByRole("list", { name: "Decided proposals" }).getByRole("listitem")).not.toHaveCount(0);
});

test("everything is reached by keyboard, and the canvas keeps what was open", async ({ bench, page, request, store }) => {
  await store.addSkill(give("by-keys", "function execute({ x }) {\n  return { value: x };\n}"));
  await propose(request, "by-keys");
  await bench.open("/workflows/system/csv-statistics", 5);
  await page.getByRole("link", { name: "Review" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Review" })).toBeVisible();
  await page.getByRole("list", { name: "Open proposals" }).getByRole("link", { name: /by-keys/ }).focus();
  await page.keyboard.press("Enter");
  const heading = page.getByRole("article", { name: "Proposal" }).getByRole("heading", { level: 2 });
  await expect(heading).toBeFocused();
  await page.getByLabel("What you say to it").focus();
  await page.keyboard.type("not now");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Withdraw" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Proposal" })).toContainText("Declined by local");
  await page.getByRole("link", { name: "Canvas" }).click();
  await expect(bench.nodes()).toHaveCount(5);
  await expect(page).toHaveURL(/csv-statistics$/);
});

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`the review has no accessibility fault in the ${colorScheme} theme, also at phone width`, async ({ page, request, store }) => {
      const id = `axe-${colorScheme}`;
      await store.addSkill(give(id, "function execute({ x }) {\n  return { value: x }; // \u200b\n}"));
      const proposal = await propose(request, id);
      await page.goto(`/review/team/atlas/${proposal}`);
      await expect(page.getByRole("region", { name: "Changes" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await picture(page, `review-${colorScheme}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect(page.getByRole("button", { name: "Pages" })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(await violations(page)).toEqual([]);
      await picture(page, `review-phone-${colorScheme}`);
      await page.getByRole("button", { name: "All proposals" }).click();
      await expect(page.getByRole("list", { name: "Open proposals" })).toBeVisible();
      await picture(page, `review-phone-list-${colorScheme}`);
      await page.getByRole("button", { name: "Pages" }).click();
      await page.getByRole("menuitem", { name: "Canvas" }).click();
      await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
    });
  });
}
