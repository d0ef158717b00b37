// A workflow is run for many values of its inputs: progress, cancel, a table, a plot, a trace; on two workers and on one.

import { readFileSync } from "node:fs";

import { durationMs, type Trace, watchFrames } from "../support/bench";
import { workflow } from "../support/documents";
import { measureLag } from "../support/lag";
import { expect, test } from "../support/test";

/** An RC low-pass in SPICE, and what its output measures: 16,000 points, which take a tenth of a second. */
const RC = workflow(
  "rc-sweep",
  [
    { id: "rc", skill_id: "rc-circuit", name: "RC circuit", inputs: { step: 1e-6 } },
    { id: "rise", skill_id: "measure-waveform", name: "Rise", inputs: { column: "v(out)", to: 0.008 } },
  ],
  ["rc.waveforms > rise.table"],
);
const N = 200;

test.describe.configure({ timeout: 400_000 });

/** Fills the form of a sweep over the resistance, from 100 ohm to 1 kilohm. */
async function ask(page: import("@playwright/test").Page, steps: number): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Sweep over values" });
  await dialog.getByRole("textbox", { name: "From" }).fill("100");
  await dialog.getByRole("textbox", { name: "To" }).fill("1000");
  await dialog.getByRole("textbox", { name: "Values" }).fill(String(steps));
  await dialog.getByRole("combobox", { name: "Steps" }).selectOption("log");
  await expect(dialog.getByRole("status", { name: "Number of runs" })).toHaveText(`${steps} runs`);
  await dialog.getByRole("button", { name: "Run the sweep" }).click();
}

/** How many circuits began before the one that began earlier had ended. */
function overlaps({ run }: Trace): number {
  const times = run.nodes
    .filter(({ node, started_ms }) => node.startsWith("rc") && started_ms !== null)
    .map((node) => ({ from: node.started_ms ?? 0, to: (node.started_ms ?? 0) + (node.duration_ms ?? 0) }))
    .toSorted((a, b) => a.from - b.from);
  return times.filter(({ from }, i) => from < (times[i - 1]?.to ?? 0)).length;
}

// A recording takes a picture of every frame, on the very cores that the workers are to have.
test.use({ trace: "off" });

test(`${N} runs of an RC circuit: progress, table, plot, one run on the canvas, CSV, trace; two circuits at the same time on two workers`, async ({ bench, page, store }) => {
  const address = await store.addWorkflow(RC);
  const spent: Record<number, number> = {};
  const overlapping: Record<number, number> = {};
  for (const atOnce of [1, 2]) {
    await bench.open(`${address}?at-once=${atOnce}`, 2);
    // The runtime is loaded before the clock runs.
    await bench.run();
    await bench.nodeById("rc").click();
    await bench.inspector.getByRole("button", { name: "Sweep resistance over values" }).click();
    const lag = measureLag();
    const stop = await watchFrames(page);
    const ended = await bench.startRun(() => ask(page, N));
    if (atOnce === 2) await expect(page.getByRole("status", { name: "Progress of the sweep" })).toContainText(/\d+ of 200 runs.*left/);
    const trace = await ended(200_000);
    const frames = await stop();
    const slackMs = lag();
    spent[atOnce] = durationMs(trace);
    overlapping[atOnce] = overlaps(trace);
    const busy = trace.run.nodes.filter(({ node }) => node.startsWith("rc")).reduce((sum, node) => sum + (node.duration_ms ?? 0), 0);
    console.log(`${N} runs, ${atOnce} at once: ${spent[atOnce]} ms, circuits ${Math.round(busy)} ms; longest frame gap ${Math.round(frames.longestGapMs)} ms, machine late by ${Math.round(slackMs)} ms`);
    expect(frames.longestGapMs).toBeLessThan(200 + 10 * slackMs);
    expect(trace.run.outcome).toBe("success");
    expect(trace.run.nodes.filter(({ node }) => node.startsWith("rc--"))).toHaveLength(N);
  }
  // `cargo xtask bench sweep` says how much faster two are; here it counts that they work at the same time.
  expect(overlapping[2]).toBeGreaterThan(0);
  expect(overlapping[1]).toBe(0);

  await expect(page.getByRole("status", { name: "Progress of the sweep" })).toHaveText(`${N} runs`);
  const rows = page.getByRole("grid", { name: "Runs of the sweep" }).getByRole("row");
  await expect(bench.results.locator("canvas").first()).toBeVisible();

  // One run on the canvas: over T the mean is V (1 - RC/T (1 - exp(-T/RC))).
  await rows.nth(1).click();
  const shown = await bench.show("rise", "mean");
  const mean = Number((await shown.innerText()).split("\n").map((line) => line.trim()).find((line) => /^\d+\.\d+$/.test(line)));
  const tau = (100 * 1e-6) / 0.008;
  expect(Math.abs(mean / (5 * (1 - tau * (1 - Math.exp(-1 / tau)))) - 1)).toBeLessThan(0.01);

  await bench.results.getByRole("tab", { name: /^Sweep/ }).click();
  const download = page.waitForEvent("download");
  await bench.results.getByRole("button", { name: "CSV", exact: true }).first().click();
  const lines = readFileSync(await (await download).path(), "utf8").trim().split("\r\n");
  expect(lines).toHaveLength(N + 1);
  expect(lines[0]).toMatch(/^run,rc\.resistance,.*rise\.mean,.*,state$/);

  // The trace opens as a sweep again.
  await bench.library.getByRole("tab", { name: "Runs" }).click();
  await bench.library.getByRole("list", { name: "Runs" }).getByRole("listitem").first().getByRole("button").click();
  await expect(page.getByRole("group", { name: "Earlier run" })).toBeVisible();
  await expect(bench.nodes()).toHaveCount(2);
  await bench.results.getByRole("tab", { name: /^Sweep/ }).click();
  await expect(page.getByRole("status", { name: "Progress of the sweep" })).toHaveText(`${N} runs`);
});

test("a sweep is cancelled, and what was done stays", async ({ bench, page, store }) => {
  await bench.open(await store.addWorkflow({ ...RC, workflow_id: "rc-cancelled" }), 2);
  await bench.run();
  await bench.nodeById("rc").click({ button: "right" });
  await page.getByRole("menuitem", { name: /Sweep over values/ }).click();
  const ended = await bench.startRun(() => ask(page, 400));
  await expect(page.getByRole("status", { name: "Progress of the sweep" })).toContainText(/^([3-9]|\d{2,}) of 400 runs/, { timeout: 60_000 });
  await bench.cancelButton.click();
  expect((await ended(60_000)).run.outcome).toBe("cancelled");
  await expect(page.getByRole("grid", { name: "Runs of the sweep" }).locator('[data-mark="success"]').first()).toBeVisible();
});
