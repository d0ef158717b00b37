// Unsaved work and work that somebody else saved meanwhile: neither gets lost.

import { workflow } from "../support/documents";
import { expect, test } from "../support/test";

const constant = (value: number) => workflow("number", [{ id: "one", skill_id: "number-constant", inputs: { value } }]);

test("an unsaved change survives a reload", async ({ bench, page, store }) => {
  const address = await store.addWorkflow({ ...constant(1), workflow_id: "unsaved" });
  await bench.open(address, 1);
  await bench.node("Number constant").click();
  const value = bench.inspector.getByLabel("value", { exact: true });
  await value.fill("1234");
  await value.press("Tab");
  await page.waitForTimeout(1_500);

  await page.reload();
  await expect(bench.nodes()).toHaveCount(1);
  await page.getByRole("button", { name: /restore|bring back/i }).first().click();
  await bench.node("Number constant").click();
  await expect(bench.inspector.getByLabel("value", { exact: true })).toHaveValue("1234");
});

test("saving over somebody else's version asks first, and loses neither", async ({ bench, page, store, watch, server }) => {
  watch.expected.push(/409/);
  const mine = { ...constant(1), workflow_id: "contested" };
  const address = await store.addWorkflow(mine);
  await bench.open(address, 1);

  const stored = await (await page.request.get("/workflows/contested?user_id=local&volume=user/local")).json();
  await store.addWorkflow({ ...constant(2), workflow_id: "contested" }, stored.version);

  await bench.node("Number constant").click();
  const value = bench.inspector.getByLabel("value", { exact: true });
  await value.fill("3");
  await value.press("Tab");
  await bench.saveButton.click();
  const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: /mine/i }).click();
  await expect(dialog).toBeHidden();

  const after = await (await page.request.get("/workflows/contested?user_id=local&volume=user/local")).json();
  expect(after.workflow.nodes[0].inputs.value).toBe(3);
  // The other version is in the history.
  expect(server.git("log", "--format=%h", "--", "workflows/contested.md").trim().split("\n")).toHaveLength(3);
});

test("the API refuses a stale save with 409 and the current version", async ({ request, store }) => {
  await store.addWorkflow({ ...constant(1), workflow_id: "stale" });
  const answer = await request.post("/workflows/save", {
    data: { user_id: "local", workflow: { ...constant(5), workflow_id: "stale" }, base_version: "0".repeat(40) },
  });
  expect(answer.status()).toBe(409);
  expect(answer.headers()["content-type"]).toContain("application/problem+json");
  const problem = await answer.json();
  expect(problem.hint).toBeTruthy();
  const { version } = await (await request.get("/workflows/stale?user_id=local&volume=user/local")).json();
  expect(problem.current_version).toBe(version);
});
