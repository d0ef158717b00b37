/** What a second worker brings: one sweep of a circuit on one worker and on two, in turns. */

import { Worker } from "node:worker_threads";

import { count, median, time } from "./table.mjs";
import { get, post, withFreshPage, withServer } from "./workbench.mjs";

const USER = "local";
const RUNS = 200;
const ROUNDS = 3;

/** An RC low-pass of 16,000 points, which takes a tenth of a second, and what its output measures. */
const WORKFLOW = {
  workflow_id: "bench-sweep",
  name: "sweep",
  description: "Made for a measurement.",
  tags: [],
  nodes: [
    { id: "rc", skill_id: "rc-circuit", name: "RC circuit", inputs: { step: 1e-6 }, position: { x: 0, y: 0 } },
    { id: "rise", skill_id: "measure-waveform", name: "Rise", inputs: { column: "v(out)", to: 0.008 }, position: { x: 300, y: 0 } },
  ],
  edges: [{ from: { node: "rc", port: "waveforms" }, to: { node: "rise", port: "table" } }],
};

/** Waits for the next trace after `work`, and gives its summary. */
async function nextTrace(page, address, work) {
  const list = () => get(`${address}/traces?user_id=${USER}&limit=1`);
  const before = (await list()).total;
  await work();
  for (;;) {
    const { total, traces: [newest] } = await list();
    if (total > before) {
      if (newest.outcome !== "success") throw new Error(`the run ended with ${newest.outcome}`);
      return newest;
    }
    await page.waitForTimeout(100);
  }
}

/** Sweeps the resistance in a fresh profile; gives how long the sweep took by its trace, in milliseconds. */
async function sweep(address, atOnce) {
  return withFreshPage(async (page) => {
    await page.goto(`${address}/workflows/user/${USER}/bench-sweep?at-once=${atOnce}`);
    const node = page.getByRole("region", { name: "Canvas" }).locator('[data-status][data-id="rc"]');
    await node.waitFor({ state: "attached", timeout: 180_000 });
    await nextTrace(page, address, () => page.getByRole("button", { name: "Run", exact: true }).click());
    await node.click();
    await page.getByRole("region", { name: "Inspector" }).getByRole("button", { name: "Sweep resistance over values" }).click();
    const dialog = page.getByRole("dialog", { name: "Sweep over values" });
    for (const [name, value] of [["From", "100"], ["To", "1000"], ["Values", String(RUNS)]]) {
      await dialog.getByRole("textbox", { name }).fill(value);
    }
    const ended = await nextTrace(page, address, () => dialog.getByRole("button", { name: "Run the sweep" }).click());
    return ended.duration_ms;
  });
}

/** How long `n` threads need for the same arithmetic each: what the cores themselves give. */
async function arithmetic(n) {
  const code = "let x = 1; for (let i = 0; i < 1.5e9; i += 1) x = (x * 1664525 + 1013904223) | 0; if (x === 7) console.log(x);";
  const from = performance.now();
  await Promise.all(Array.from({ length: n }, () => new Promise((resolve, reject) => {
    new Worker(code, { eval: true }).once("exit", resolve).once("error", reject);
  })));
  return performance.now() - from;
}

/** The table of `cargo xtask bench sweep`. */
export async function sweeps() {
  return withServer(async (address) => {
    await post(`${address}/workflows/save`, { user_id: USER, workflow: WORKFLOW });
    const spent = { 1: [], 2: [] };
    const bare = { 1: [], 2: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const n of [1, 2]) {
        console.error(`${RUNS} runs, ${n} at once`);
        bare[n].push(await arithmetic(n));
        spent[n].push(await sweep(address, n));
      }
    }
    const [one, two] = [median(spent[1]), median(spent[2])];
    // Two threads do twice the arithmetic of one.
    const [single, double] = [median(bare[1]), median(bare[2]) / 2];
    const rows = [
      [`${count(RUNS)} runs of an RC circuit in the page`, time(one), time(two), `× ${(one / two).toFixed(2)}`],
      ["plain arithmetic in threads, no page: what the cores give", time(single), time(double), `× ${(single / double).toFixed(2)}`],
    ];
    return { columns: ["work", "one worker", "two workers", "times as fast"], rows };
  });
}
