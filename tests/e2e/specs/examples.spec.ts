// Each example workflow: opened by its address, run, and checked for its numbers, its pictures and its trace in Git.

import type { Locator } from "@playwright/test";

import { nodeOf } from "../support/bench";
import { expect, test } from "../support/test";

/** How many different colours a picture on the page has. */
async function colours(picture: Locator): Promise<number> {
  return picture.evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let at = 0; at < data.length; at += 4) {
      seen.add(((data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!) >>> 0);
    }
    return seen.size;
  });
}

/** The plot in a preview, as a canvas with more than a background. */
async function expectPlot(preview: Locator): Promise<void> {
  const canvas = preview.locator("canvas").first();
  await expect(canvas).toBeVisible();
  await expect.poll(() => colours(canvas)).toBeGreaterThan(3);
}

test("vqe-plot-export finds the ground energy of hydrogen, shows it and keeps it in Git", async ({ bench, server }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  const trace = await bench.run();
  await bench.allAre("success");
  expect(trace.run.outcome).toBe("success");

  const energy = nodeOf(trace, "vqe").outputs["eigenvalue"] as number;
  expect(Math.abs(energy - -1.1373)).toBeLessThanOrEqual(1e-4);
  const exact = nodeOf(trace, "exact").outputs["energy"] as number;
  expect(Math.abs(energy - exact)).toBeLessThan(1e-6);

  await expectPlot(await bench.show("plot", "plot"));
  await expect(await bench.show("vqe", "eigenvalue")).toContainText("-1.1373");

  expect(server.git("log", "--format=%an %s", "--", trace.path)).toMatch(/^local .*vqe-plot-export/m);
  expect(server.git("fsck", "--strict")).not.toMatch(/error|missing|broken/);
  expect(server.git("status", "--porcelain")).toBe("");
  expect(server.git("show", `HEAD:${trace.path}`)).toContain("-1.1373");
});

test("a trace names the exact versions of the skills that ran", async ({ bench, request }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  const trace = await bench.run();
  for (const { node, skill_version } of trace.run.nodes) {
    expect(skill_version, node).toMatch(/^[0-9a-f]{40}$/);
  }
  const skill = await (await request.get("/skills/vqe-optimizer?user_id=local")).json();
  expect(nodeOf(trace, "vqe").skill_version).toBe(skill.version);
  expect(nodeOf(trace, "vqe").inputs).toMatchObject({ layers: 2, iterations: 60, seed: 42 });
});

test("csv-statistics shows its table and its plots", async ({ bench }) => {
  await bench.open("/workflows/system/csv-statistics", 5);
  const trace = await bench.run();
  await bench.allAre("success");

  const { columns } = nodeOf(trace, "statistics").outputs["statistics"] as { columns: { name: string; values: unknown[] }[] };
  const column = (name: string) => columns.find((candidate) => candidate.name === name)?.values;
  expect(column("column")).toEqual(["pm10", "pm2_5", "no2"]);
  expect(column("count")).toEqual([23, 23, 23]);

  const table = (await bench.show("statistics", "statistics")).getByRole("table");
  await expect(table.getByRole("columnheader", { name: "median" })).toBeVisible();
  await expect(table.getByRole("row").filter({ hasText: "pm2_5" })).toBeVisible();
  for (const id of ["means", "relation"]) await expectPlot(await bench.show(id, "plot"));
});

test("what a node prints is shown as lines of its log", async ({ bench }) => {
  await bench.open("/workflows/system/csv-statistics", 5);
  const trace = await bench.run();
  expect(nodeOf(trace, "reader").logs.map(({ text }) => text).join("\n")).toContain("24 rows, 6 columns");
  await expect(await bench.showLog()).toContainText("24 rows, 6 columns");
});

test("a second run of an unchanged workflow takes everything from the cache", async ({ bench }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  await bench.run();
  await bench.allAre("success");
  const second = await bench.run();
  await bench.allAre("cached");
  expect(second.run.nodes.map(({ state }) => state)).toEqual(Array(5).fill("cached"));
  const took = Date.parse(second.run.finished_at) - Date.parse(second.run.started_at);
  console.log(`second run of vqe-plot-export: ${took} ms`);
  // 50 ms is the aim and belongs to the benchmarks; here the machine is shared.
  expect(took).toBeLessThan(500);
});

test("a changed input runs again only what depends on it", async ({ bench }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  await bench.run();
  await bench.nodeById("plot").click();
  const title = bench.inspector.getByLabel("title", { exact: true });
  await title.fill("Another title");
  await title.press("Tab");
  const trace = await bench.run();
  const states = Object.fromEntries(trace.run.nodes.map(({ node, state }) => [node, state]));
  expect(states).toEqual({ hamiltonian: "cached", vqe: "cached", exact: "cached", plot: "success", export: "success" });
});
