/** What large values, scenes and kernels take in the page. */

import { median, time } from "./table.mjs";
import { get, post, withFreshPage, withServer } from "./workbench.mjs";

const USER = "local";
const ROUNDS = 5;

const MATRIX = `//! size c = side * side
//! threads = side, side
@group(0) @binding(0) var<uniform> side: u32;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= side || id.y >= side) { return; }
  var sum = 0.0;
  for (var k = 0u; k < side; k++) { sum += a[id.y * side + k] * a[k * side + id.x]; }
  c[id.y * side + id.x] = sum;
}`;

const SQUARE = `@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> squared: array<f32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&a)) { squared[id.x] = a[id.x] * a[id.x]; }
}`;

/** Skills that run each time; `ports` are inputs and outputs. */
const SKILLS = [
  ["bench-million", "python-wasm", "python", [], ["y: array"], "import array\nblock = array.array('d', bytes(8_000_000))\ndef execute(inputs):\n    return {'y': block}"],
  ["bench-plot", "javascript", "javascript", ["y: array"], ["plot: plot"], "function execute({ y }) {\n  const x = new Float64Array(y.length);\n  for (let i = 0; i < x.length; i += 1) x[i] = i;\n  return { plot: { series: [{ kind: 'line', x, y }] } };\n}"],
  ["bench-large", "javascript", "javascript", [], ["block: any"], "function execute() {\n  return { block: new Float64Array(12_500_000).fill(0.5) };\n}"],
  ["bench-take", "javascript", "javascript", ["block: any"], ["n: integer"], "function execute({ block }) {\n  return { n: block.length };\n}"],
  ["bench-cube", "threejs", "javascript", [], ["scene: object"], "function execute(inputs, { THREE, scene }) {\n  scene.add(new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshStandardMaterial()));\n}"],
  ["bench-numbers", "javascript", "javascript", ["n: integer"], ["a: array"], "function execute({ n }) {\n  return { a: new Float32Array(n).fill(0.5) };\n}"],
  ["bench-square", "webgpu", "wgsl", ["a: array"], ["squared: array"], SQUARE],
  ["bench-matrix", "webgpu", "wgsl", ["a: array", "side: integer"], ["c: array"], MATRIX],
];

const WORKFLOWS = {
  million: { nodes: { make: "bench-million", plot: "bench-plot" }, edges: ["make.y > plot.y"] },
  large: { nodes: { give: "bench-large", take: "bench-take" }, edges: ["give.block > take.block"] },
  cube: { nodes: { cube: "bench-cube" }, edges: [] },
  square: { nodes: { numbers: "bench-numbers", kernel: "bench-square" }, edges: ["numbers.a > kernel.a"], inputs: { numbers: { n: 2 ** 20 } } },
  matrix: { nodes: { numbers: "bench-numbers", kernel: "bench-matrix" }, edges: ["numbers.a > kernel.a"], inputs: { numbers: { n: 512 * 512 }, kernel: { side: 512 } } },
};

function source([id, type, fence, inputs, outputs, code]) {
  const ports = (list) => list.map((port) => `{name: ${port.replace(": ", ", type: ")}}`).join(", ");
  return `---
skill_id: ${id}
name: ${id}
description: Made for a measurement.
type: ${type}
category: bench
deterministic: false
inputs: [${ports(inputs)}]
outputs: [${ports(outputs)}]
---

\`\`\`${fence}
${code}
\`\`\`
`;
}

async function store(address) {
  for (const skill of SKILLS) await post(`${address}/skills`, { user_id: USER, source: source(skill) });
  for (const [id, { nodes, edges, inputs = {} }] of Object.entries(WORKFLOWS)) {
    const end = (text) => ({ node: text.split(".")[0], port: text.split(".")[1] });
    const workflow = {
      workflow_id: `bench-${id}`, name: id, description: "Made for a measurement.", tags: [],
      nodes: Object.entries(nodes).map(([node, skill_id], i) => ({ id: node, skill_id, inputs: inputs[node] ?? {}, position: { x: i * 300, y: 0 } })),
      edges: edges.map((edge) => ({ from: end(edge.split(" > ")[0]), to: end(edge.split(" > ")[1]) })),
    };
    await post(`${address}/workflows/save`, { user_id: USER, workflow });
  }
}

/** Presses Run and gives the nodes of the trace. */
async function run(page, address) {
  const list = () => get(`${address}/traces?user_id=${USER}&limit=1`);
  const before = (await list()).total;
  await page.getByRole("button", { name: "Run", exact: true }).click();
  for (;;) {
    const { total, traces: [newest] } = await list();
    if (total > before) {
      const { run: ran } = await get(`${address}/traces/${newest.trace_id}?user_id=${USER}`);
      const failed = ran.nodes.find(({ error }) => error);
      if (failed) throw new Error(`${failed.node}: ${failed.error.message}`);
      return Object.fromEntries(ran.nodes.map((node) => [node.node, node]));
    }
    await page.waitForTimeout(50);
  }
}

/** Opens a workflow in a fresh profile, runs it once to warm up, and measures. */
async function measure(address, id, work) {
  console.error(id);
  return withFreshPage(async (page) => {
    await page.goto(`${address}/workflows/user/${USER}/bench-${id}`);
    await page.getByRole("region", { name: "Canvas" }).locator("[data-status]").first().waitFor({ state: "attached", timeout: 180_000 });
    const cold = await run(page, address);
    const results = [];
    for (let i = 0; i < ROUNDS; i += 1) results.push(await work(page, () => run(page, address)));
    return { cold, middle: median(results) };
  });
}

const endOf = ({ started_ms, duration_ms }) => started_ms + duration_ms;

/** How long input waits for the page during a run, at worst. */
async function inputDuring(page, again) {
  await page.evaluate(() => {
    globalThis.worstMs = 0;
    globalThis.onpointermove = ({ timeStamp }) => (globalThis.worstMs = Math.max(globalThis.worstMs, performance.now() - timeStamp));
  });
  let on = true;
  const moving = (async () => {
    for (let i = 0; on; i += 1) await page.mouse.move(600 + (i % 50), 300 + (i % 30));
  })();
  await again();
  on = false;
  await moving;
  return page.evaluate(() => globalThis.worstMs);
}

/** From the moment a scene is to be shown to its first picture. */
async function firstPicture(page) {
  const other = page.getByRole("button", { name: "Data", exact: true });
  await other.click();
  return page.evaluate(async () => {
    const from = performance.now();
    [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "3D").click();
    for (;;) {
      if (document.querySelector('[data-phase="shown"]')) return performance.now() - from;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
}

/** The table of `cargo xtask bench values`. */
export async function values() {
  return withServer(async (address) => {
    await store(address);
    const million = await measure(address, "million", async (_page, again) => {
      const { make, plot } = await again();
      return endOf(plot) - make.started_ms;
    });
    const large = await measure(address, "large", inputDuring);
    const cube = await measure(address, "cube", firstPicture);
    const kernel = async (_page, again) => (await again()).kernel.duration_ms;
    const square = await measure(address, "square", kernel);
    const matrix = await measure(address, "matrix", kernel);
    const rows = [
      ["1,000,000 numbers of 64 bits from Python through JavaScript into a plot", time(million.middle)],
      ["input waits at worst, while 100 MB pass between two nodes", time(large.middle)],
      ["first picture of a scene, frame and worker included", time(cube.middle)],
      ["WebGPU: squares of 2^20 numbers", time(square.middle)],
      ["WebGPU: product of two matrices of 512 by 512", time(matrix.middle)],
      ["WebGPU: the same, the first time", time(matrix.cold.kernel.duration_ms)],
    ];
    return { columns: ["what", "time"], rows };
  });
}
