// Two people on one workflow, and the versions that come of it.

import type { Page } from "@playwright/test";

import { Bench } from "../support/bench";
import { workflow } from "../support/documents";
import { expect, test } from "../support/test";

const pair = (id: string) =>
  workflow(id, [
    { id: "one", skill_id: "number-constant", name: "First", inputs: { value: 1 } },
    { id: "two", skill_id: "number-constant", name: "Second", inputs: { value: 2 } },
  ]);

async function stored(page: Page, id: string) {
  const { workflow } = await (await page.request.get(`/workflows/${id}?user_id=local&volume=user/local`)).json();
  return Object.fromEntries(workflow.nodes.map((node: { id: string }) => [node.id, node]));
}

/** Moves a node to the right and down, far enough to be seen in the file. */
async function move(page: Page, bench: Bench, id: string) {
  const box = await bench.nodeById(id).boundingBox();
  if (!box) throw new Error(`node ${id} is not in sight`);
  const [x, y] = [box.x + box.width / 2, box.y + 12];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 60, { steps: 4 });
  await page.mouse.move(x + 40, y + 120, { steps: 4 });
  await page.mouse.up();
}

/** Saves, and waits for the answer. */
async function save(bench: Bench) {
  const answer = bench.page.waitForResponse((response) => response.url().endsWith("/workflows/save"));
  await bench.saveButton.click();
  await answer;
}

async function setValue(bench: Bench, id: string, value: string) {
  await bench.nodeById(id).click();
  const field = bench.inspector.getByLabel("value", { exact: true });
  await field.fill(value);
  await field.press("Tab");
}

test("two people move different nodes: both changes stand", async ({ bench, context, page, store }) => {
  const address = await store.addWorkflow(pair("both-move"));
  const before = await stored(page, "both-move");
  const other = await context.newPage();
  const others = new Bench(other);
  await bench.open(address, 2);
  await others.open(address, 2);

  await move(other, others, "two");
  await save(others);
  await move(page, bench, "one");
  await save(bench);
  await expect(page.getByText(/saved together with what local changed: moved node/i)).toBeVisible();

  const after = await stored(page, "both-move");
  expect(after.one.position).not.toEqual(before.one.position);
  expect(after.two.position).not.toEqual(before.two.position);
  // What the other moved is on this canvas too: the next save takes nothing of it back.
  await move(page, bench, "one");
  await save(bench);
  expect((await stored(page, "both-move")).two.position).toEqual(after.two.position);
});

test("two people change the same value: both versions are shown, and nothing is lost", async ({ bench, context, page, server, store, watch }) => {
  watch.expected.push(/409/);
  const address = await store.addWorkflow(pair("one-value"));
  const other = await context.newPage();
  const others = new Bench(other);
  await bench.open(address, 2);
  await others.open(address, 2);

  await setValue(others, "one", "30");
  await setValue(others, "two", "40");
  await save(others);
  await setValue(bench, "one", "50");
  await save(bench);

  const dialog = page.getByRole("dialog");
  const conflict = dialog.getByRole("group", { name: "Both changed input value of node one" });
  await expect(conflict).toBeVisible();
  await expect(conflict).toContainText("Before: 1");
  await expect(conflict.getByLabel(/Mine/)).toBeVisible();
  await expect(conflict).toContainText("50");
  await expect(conflict).toContainText("30");
  const choose = dialog.getByRole("button", { name: "Save with these choices" });
  await expect(choose).toBeDisabled();
  await conflict.getByLabel(/Mine/).check();
  await choose.click();
  await expect(dialog).toBeHidden();

  const after = await stored(page, "one-value");
  expect(after.one.inputs.value).toBe(50);
  expect(after.two.inputs.value).toBe(40);
  await bench.nodeById("two").click();
  await expect(bench.inspector.getByLabel("value", { exact: true })).toHaveValue("40");
  // Theirs is in the history.
  expect(server.git("log", "-p", "--", "workflows/one-value.md")).toContain('"value": 30');
});

test("a conflict can end with theirs open, or with a copy of mine beside it", async ({ bench, page, store, watch }) => {
  watch.expected.push(/409/);
  const address = await store.addWorkflow(pair("copied"));
  await bench.open(address, 2);
  const { version } = await (await page.request.get("/workflows/copied?user_id=local&volume=user/local")).json();
  const theirs = pair("copied");
  theirs.nodes[0]!.inputs["value"] = 7;
  await store.addWorkflow(theirs, version);

  await setValue(bench, "one", "8");
  await save(bench);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save a copy" }).click();
  await dialog.getByLabel("Id").fill("copied-mine");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toBeHidden();
  expect((await stored(page, "copied")).one.inputs.value).toBe(7);
  expect((await stored(page, "copied-mine")).one.inputs.value).toBe(8);
});

test("versions tell what changed, are looked at on the canvas, and come back", async ({ bench, page, server, store }) => {
  await bench.open(await store.addWorkflow(pair("versions")), 2);
  await setValue(bench, "one", "11");
  await save(bench);

  await bench.library.getByRole("tab", { name: "Versions" }).click();
  const list = bench.library.getByRole("list", { name: "Versions" }).getByRole("listitem");
  await expect(list).toHaveCount(2);
  await expect(list.first()).toContainText("Changed input value of node one from 1 to 11");
  await list.nth(1).getByRole("button").click();
  const banner = page.getByRole("group", { name: "Earlier version" });
  await expect(banner).toBeVisible();
  await bench.nodeById("one").click();
  const field = bench.inspector.getByLabel("value", { exact: true });
  await expect(field).toHaveValue("1");
  await expect(field).toBeDisabled();
  await banner.getByRole("button", { name: "Back to the workflow" }).click();
  await bench.nodeById("one").click();
  await expect(field).toHaveValue("11");

  await list.nth(1).getByRole("button").click();
  await banner.getByRole("button", { name: "Restore this version" }).click();
  await expect(banner).toBeHidden();
  await expect(list).toHaveCount(3);
  await bench.nodeById("one").click();
  await expect(field).toHaveValue("1");
  expect(server.git("log", "-1", "--format=%s").trim()).toMatch(/^restore workflows\/versions.md to /);
});
