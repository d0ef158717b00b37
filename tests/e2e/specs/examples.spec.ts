// Each example workflow: opened by its address, run, checked for its numbers, for what is seen of it, and for the same results headless.

import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { Locator } from "@playwright/test";

import { nodeOf } from "../support/bench";
import { EXAMPLES, Results, type Sight } from "../support/examples";
import { differences, headless, softwareGpu } from "../support/headless";
import { expect, test } from "../support/test";

const library = path.resolve(fileURLToPath(import.meta.url), "../../../../library/workflows");

/** How many different colours are on the screen where an element is. */
async function colours(element: Locator): Promise<number> {
  const png = (await element.screenshot({ animations: "allow" })).toString("base64");
  return element.page().evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    if (!context) throw new Error("no canvas");
    context.drawImage(picture, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, picture.width, picture.height).data.buffer)).size;
  }, png);
}

/** The part of a preview that must not be empty. */
const DRAWN: Record<Exclude<Sight, "text">, string> = {
  plot: "canvas",
  scene: "[data-phase=shown]",
  schematic: "svg[role=img]",
  picture: "img",
  table: "[role=table], [role=grid], table",
};

/** Looks at what a preview shows: there, and of more than a background. */
async function expectSeen(preview: Locator, sight: Sight): Promise<void> {
  await expect(preview.getByRole("alert")).toHaveCount(0);
  if (sight === "text") return expect(preview).toContainText(/\S{3}/);
  const drawn = preview.locator(DRAWN[sight]).first();
  await expect(drawn).toBeVisible();
  await expect.poll(() => colours(drawn)).toBeGreaterThan(4);
}

test("every example of the library is here", () => {
  const files = readdirSync(library).filter((name) => name.endsWith(".md"));
  expect(EXAMPLES.map(({ id }) => `${id}.md`).toSorted()).toEqual(files.toSorted());
});

for (const { id, nodes, numbers, seen, gpu } of EXAMPLES) {
  test(`${id} runs, gives the right numbers, shows them, and gives the same without a browser`, async ({ bench }) => {
    await bench.open(`/workflows/system/${id}`, nodes);
    const other = headless(id, [], { env: gpu ? softwareGpu() : {} });
    const trace = await bench.run();
    await bench.allAre("success");
    numbers(new Results(trace));
    for (const [node, port, sight] of seen) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a person does
      await expectSeen(await bench.show(node, port), sight);
    }

    const { run, stderr } = await other;
    expect(run.outcome, stderr).toBe("success");
    for (const { node, outputs } of trace.run.nodes) {
      expect(differences(outputs, run.nodes[node]?.outputs ?? {}), node).toEqual([]);
    }
  });
}

test("a run of vqe-plot-export is kept in Git, readable", async ({ bench, server }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  const trace = await bench.run();
  await bench.allAre("success");
  expect(trace.run.outcome).toBe("success");
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
