/** What it takes to run nodes in the page, by runtime and by number of nodes. */

import { count, median, time } from "./table.mjs";
import { get, post, withFreshPage, withServer } from "./workbench.mjs";

const USER = "local";
const WARM_RUNS = 5;

/** Skills that must run each time, so that a second run measures the runtime and not the kept result. */
const SKILLS = [
  {
    id: "bench-python",
    type: "python-wasm",
    fence: "python",
    code: "def execute(inputs):\n    return {'sum': inputs['a'] + 1}",
  },
  {
    id: "bench-javascript",
    type: "javascript",
    fence: "javascript",
    code: "function execute({ a }) {\n  return { sum: a + 1 };\n}",
  },
];

function source({ id, type, fence, code }) {
  return `---
skill_id: ${id}
name: ${id}
description: Adds one; made for a measurement.
type: ${type}
execution_mode: browser-wasm
category: bench
version: 1.0.0
deterministic: false
inputs:
  - {name: a, type: number, default: 1}
outputs:
  - {name: sum, type: number}
---

\`\`\`${fence}
${code}
\`\`\`
`;
}

/** A chain of `n` nodes of one skill. */
function chain(id, skill, n) {
  const nodes = Array.from({ length: n }, (_, i) => ({
    id: `n${i}`,
    skill_id: skill,
    inputs: {},
    position: { x: (i % 100) * 300, y: Math.floor(i / 100) * 200 },
  }));
  const edges = nodes.slice(1).map((node, i) => ({
    from: { node: `n${i}`, port: "sum" },
    to: { node: node.id, port: "a" },
  }));
  return { workflow_id: id, name: id, description: "Made for a measurement.", tags: [], nodes, edges };
}

/** Presses Run and returns how long the run took by its own trace, in milliseconds. */
async function run(page, address) {
  const traces = () => get(`${address}/traces?user_id=${USER}&limit=1`);
  const before = (await traces()).total;
  const button = page.getByRole("button", { name: "Run", exact: true });
  await button.click();
  for (;;) {
    const { total, traces: newest } = await traces();
    if (total > before) {
      if (newest[0].outcome !== "success") throw new Error(`the run ended with ${newest[0].outcome}`);
      return newest[0].duration_ms;
    }
    await page.waitForTimeout(50);
  }
}

/** A cold run in a fresh profile and some warm ones after it. */
async function coldAndWarm(address, path) {
  return withFreshPage(async (page) => {
    await page.goto(`${address}/workflows/${path}`);
    await page.getByRole("region", { name: "Canvas" }).locator("[data-status]").first().waitFor({ state: "attached", timeout: 180_000 });
    const cold = await run(page, address);
    const warm = [];
    for (let i = 0; i < WARM_RUNS; i += 1) warm.push(await run(page, address));
    return { cold, warm: median(warm) };
  });
}

/** The table of `cargo xtask bench runs`. */
export async function runs() {
  return withServer(async (address) => {
    for (const skill of SKILLS) {
      const category = "bench";
      const { id: skill_id } = skill;
      const fields = { name: skill_id, category, description: "", keywords: [], source: source(skill) };
      await post(`${address}/skills`, { user_id: USER, skill_id, ...fields });
    }
    const rows = [];
    const measure = async (what, path, n, again) => {
      console.error(`${what}, ${n} nodes`);
      const { cold, warm } = await coldAndWarm(address, path);
      // A trace counts whole milliseconds.
      const second = warm < 1 ? ["< 1 ms", "–"] : [time(warm), time(warm / n)];
      rows.push([what, count(n), time(cold), ...second, again]);
    };
    for (const [skill, n] of [
      ["bench-python", 1],
      ["bench-python", 100],
      ["bench-javascript", 1],
      ["bench-javascript", 1_000],
      ["bench-javascript", 5_000],
    ]) {
      const workflow = chain(`${skill}-${n}`, skill, n);
      await post(`${address}/workflows/save`, { user_id: USER, workflow });
      await measure(`${skill.slice(6)} chain`, `user/${USER}/${workflow.workflow_id}`, n, "run again");
    }
    for (const id of ["vqe-plot-export", "csv-statistics"]) {
      const { workflow } = await get(`${address}/api/workflows/${id}?user_id=${USER}&volume=system`);
      await measure(`\`${id}\``, `system/${id}`, workflow.nodes.length, "taken from kept results");
    }
    const columns = ["workflow", "nodes", "cold run", "second run", "second run, per node", "second time, nodes are"];
    return { columns, rows };
  });
}
