// Scenes of three.js and kernels of WebGPU, as a person meets them: pixels, not frames per second.

import type { Locator, Page } from "@playwright/test";

import { Bench, nodeOf } from "../support/bench";
import { skill, type Store, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const SCENE = { outputs: ["name: scene, type: object, description: The scene"] };
const RED = "scene.background = new THREE.Color(0, 0, 1);\n  const ball = new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1), new THREE.MeshBasicMaterial({ color: 0xff0000 }));\n  ball.name = 'ball';\n  scene.add(ball);\n  camera.position.set(0, 0, 3);\n  camera.lookAt(0, 0, 0);";
const building = (body: string): string => `function execute(inputs, { THREE, scene, camera }) {\n  ${body}\n}`;

/** Runs one three.js skill and shows what it made. */
async function show(bench: Bench, store: Store, id: string, code: string): Promise<Locator> {
  await store.addSkill(skill(id, "threejs", SCENE, code));
  await bench.open(await store.addWorkflow(workflow(id, [{ id: "draw", skill_id: id }])), 1);
  await bench.run();
  await bench.allAre("success");
  const preview = await bench.show("draw", "scene");
  await shown(preview);
  return preview;
}

const stage = (preview: Locator): Locator => preview.locator("[data-phase]");

async function shown(preview: Locator): Promise<void> {
  await expect(stage(preview)).toHaveAttribute("data-phase", "shown");
}

type Colours = { middle: number[]; corner: number[]; red: number };

/** What is really on the screen: colours of a screenshot, read in the page. */
async function look(page: Page, preview: Locator): Promise<Colours> {
  const png = (await stage(preview).screenshot({ animations: "allow" })).toString("base64");
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    if (!context) throw new Error("no canvas");
    context.drawImage(picture, 0, 0);
    const at = (x: number, y: number) => [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data].slice(0, 3);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    let red = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 0) > 120 && (data[i + 1] ?? 0) < 60 && (data[i + 2] ?? 0) < 60) red += 1;
    return { middle: at(picture.width / 2, picture.height / 2), corner: at(8, picture.height - 8), red };
  }, png);
}

test("a scene is drawn, turned by mouse and keys, zoomed, reset and saved", async ({ bench, store, page }) => {
  const preview = await show(bench, store, "red-box", building(RED));
  const first = await look(page, preview);
  expect(first.middle[0]).toBeGreaterThan(200);
  expect(first.corner[2]).toBeGreaterThan(200);

  const handle = preview.getByRole("application", { name: "3D scene scene" });
  const box = await handle.boundingBox();
  if (!box) throw new Error("no handle");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await look(page, preview)).red).not.toBe(first.red);

  await handle.press("0");
  await expect.poll(async () => (await look(page, preview)).red).toBe(first.red);
  await page.mouse.wheel(0, -300);
  await expect.poll(async () => (await look(page, preview)).red).toBeGreaterThan(first.red * 1.5);
  await preview.getByRole("button", { name: "Reset view" }).click();
  await expect.poll(async () => (await look(page, preview)).red).toBe(first.red);
  await handle.press("ArrowRight");
  await handle.press("-");
  await expect.poll(async () => (await look(page, preview)).red).toBeLessThan(first.red);

  const saving = page.waitForEvent("download");
  await preview.getByRole("button", { name: "Save as PNG" }).click();
  expect((await saving).suggestedFilename()).toBe("scene.png");
});

test("points that Python computes become a line in space", async ({ bench, store, page }) => {
  await store.addSkill(skill("helix-points", "python-wasm", { outputs: ["name: points, type: array, description: Points"] },
    "from array import array\nfrom math import cos, sin\n\ndef execute(inputs):\n    flat = array('d')\n    for i in range(5000):\n        flat.extend((cos(i / 50), i / 2500 - 1, sin(i / 50)))\n    return {'points': flat}"));
  await store.addSkill(skill("line-of-points", "threejs", { ...SCENE, inputs: ["name: points, type: array, description: Points"] },
    `function execute({ points }, { THREE, scene }) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(points), 3));
  scene.add(new THREE.Line(geometry, new THREE.LineBasicMaterial({ color: 0xff0000 })));
}`));
  await bench.open(await store.addWorkflow(workflow("helix", [{ id: "points", skill_id: "helix-points" }, { id: "line", skill_id: "line-of-points" }], ["points.points > line.points"])), 2);
  const trace = await bench.run();
  expect(nodeOf(trace, "line").error).toBeUndefined();
  const preview = await bench.show("line", "scene");
  await shown(preview);
  await expect.poll(async () => (await look(page, preview)).red).toBeGreaterThan(300);
  await preview.getByRole("button", { name: "Light background" }).click();
  await expect.poll(async () => (await look(page, preview)).corner[0]).toBeGreaterThan(200);
});

test("a scene moves by its own code, pauses, plays, and goes on where it was", async ({ bench, store, page }) => {
  const preview = await show(bench, store, "moving-box", `${building(RED)}\nfunction animate({ time, scene }) {\n  scene.getObjectByName("ball").position.x = time > 0.3 ? 50 : 0;\n}`);
  await expect.poll(async () => (await look(page, preview)).red).toBe(0);
  await preview.getByRole("button", { name: "Pause" }).click();
  await preview.getByRole("button", { name: "Play" }).click();
  await preview.getByRole("application").press(" ");
  await expect(preview.getByRole("button", { name: "Play" })).toBeVisible();
});

test("clips move without any code", async ({ bench, store, page }) => {
  const clip = "scene.animations.push(new THREE.AnimationClip('away', -1, [new THREE.NumberKeyframeTrack('ball.position[x]', [0, 0.2, 60], [0, 50, 50])]));";
  const preview = await show(bench, store, "clip-box", building(`${RED}\n  ${clip}`));
  await expect.poll(async () => (await look(page, preview)).red).toBe(0);
});

test("an endless loop in `animate` freezes nothing and is stopped", async ({ bench, store, page, watch }) => {
  watch.expected.push(/.*/s);
  const preview = await show(bench, store, "endless-box", `${building(RED)}\nfunction animate({ time }) {\n  while (time > 0.1);\n}`);
  const alert = preview.getByRole("alert");
  const begun = Date.now();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  await bench.inspector.click();
  expect(Date.now() - begun, "the page answers meanwhile").toBeLessThan(2_000);
  await expect(alert).toContainText("did not come back");
  await alert.getByRole("button", { name: "Show without motion" }).click();
  await shown(preview);
  await expect.poll(async () => (await look(page, preview)).red).toBeGreaterThan(100);
});

test("an error in `animate` is shown with its line, and the scene stays", async ({ bench, store, page }) => {
  const preview = await show(bench, store, "failing-box", `${building(RED)}\nfunction animate({ time, scene }) {\n  if (time > 0.1) scene.missing.rotation.x = 1;\n}`);
  await expect(preview.getByRole("alert")).toContainText(/TypeError[\s\S]*skill\.js:10/);
  expect((await look(page, preview)).red).toBeGreaterThan(100);
});

test("the picture comes back after the graphics processor was lost", async ({ bench, store, page, browser, watch }) => {
  watch.expected.push(/.*/s);
  const preview = await show(bench, store, "lost-box", building(RED));
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.crashGpuProcess").catch(() => undefined);
  await expect(async () => {
    const again = preview.getByRole("button", { name: "Start again" });
    if (await again.isVisible()) await again.click({ timeout: 1_000 });
    expect((await look(page, preview)).red).toBeGreaterThan(100);
  }).toPass({ timeout: 30_000 });
});

test("without WebGL there is a message that says what to do", async ({ server, store, playwright }) => {
  await store.addSkill(skill("no-gl-box", "threejs", SCENE, building(RED)));
  const address = await store.addWorkflow(workflow("no-gl", [{ id: "draw", skill_id: "no-gl-box" }]));
  const { args = [], ...options } = test.info().project.use.launchOptions ?? {};
  const poor = await playwright.chromium.launch({ ...options, args: [...args, "--disable-software-rasterizer"] });
  try {
    const bench = new Bench(await poor.newPage({ baseURL: server.origin, viewport: { width: 1440, height: 900 } }));
    await bench.open(address, 1);
    await bench.run();
    const preview = await bench.show("draw", "scene");
    await expect(preview.getByRole("alert")).toContainText("cannot draw in three dimensions");
    await expect(preview.getByRole("button", { name: "Data" })).toBeVisible();
  } finally {
    await poor.close();
  }
});

const KERNELS = {
  square: {
    ports: { inputs: ["name: a, type: array, description: Numbers"], outputs: ["name: squared, type: array, description: Squares"] },
    code: `@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> squared: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&a)) { squared[id.x] = a[id.x] * a[id.x]; }
}`,
  },
  product: {
    ports: {
      inputs: ["name: a, type: array, description: Rows", "name: b, type: array, description: Rows", "name: rows, type: integer", "name: inner, type: integer", "name: cols, type: integer"],
      outputs: ["name: c, type: array, description: The product"],
    },
    code: `//! size c = rows * cols
//! threads = cols, rows
struct Sizes { rows: u32, inner: u32, cols: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
const SIDE = 8u;
var<workgroup> left: array<f32, 64>;
var<workgroup> right: array<f32, 64>;

@compute @workgroup_size(SIDE, SIDE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) at: vec3u) {
  var sum = 0.0;
  for (var tile = 0u; tile < sizes.inner; tile += SIDE) {
    let k = tile + at.x;
    let l = tile + at.y;
    left[at.y * SIDE + at.x] = select(0.0, a[id.y * sizes.inner + k], id.y < sizes.rows && k < sizes.inner);
    right[at.y * SIDE + at.x] = select(0.0, b[l * sizes.cols + id.x], l < sizes.inner && id.x < sizes.cols);
    workgroupBarrier();
    for (var i = 0u; i < SIDE; i++) { sum += left[at.y * SIDE + i] * right[i * SIDE + at.x]; }
    workgroupBarrier();
  }
  if (id.x < sizes.cols && id.y < sizes.rows) { c[id.y * sizes.cols + id.x] = sum; }
}`,
  },
  reduce: {
    ports: { inputs: ["name: values, type: array, description: Whole numbers", "name: shift, type: integer"], outputs: ["name: total, type: integer", "name: largest, type: integer"] },
    code: `@group(0) @binding(0) var<storage, read> values: array<i32>;
@group(0) @binding(1) var<storage, read_write> total: atomic<i32>;
@group(0) @binding(2) var<storage, read_write> largest: atomic<i32>;
@group(0) @binding(3) var<uniform> shift: i32;
//! threads = len(values)

@compute @workgroup_size(128)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&values)) { return; }
  atomicAdd(&total, values[id.x] + shift);
  atomicMax(&largest, values[id.x]);
}`,
  },
  points: {
    ports: { inputs: ["name: places, type: array, description: Points"], outputs: ["name: turned, type: array, description: Points"] },
    code: `@group(0) @binding(0) var<storage, read> places: array<vec3f>;
@group(0) @binding(1) var<storage, read_write> turned: array<vec3f>;
@group(0) @binding(2) var<storage, read_write> kept: array<vec3f>;

@compute @workgroup_size(32) fn first(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&places)) { kept[id.x] = places[id.x].yzx; }
}
@compute @workgroup_size(32) fn second(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&places)) { turned[id.x] = kept[id.x] * 2.0; }
}`,
  },
} as const;

type Listed = { $array: { type: string; values: number[] } };
const numbers = (value: unknown): number[] => (Array.isArray(value) ? (value as number[]) : (value as Listed).$array.values);

/** Runs one kernel. */
async function runKernel(bench: Bench, store: Store, id: string, { ports, code }: { ports: { inputs?: readonly string[]; outputs?: readonly string[] }; code: string }, inputs: Record<string, unknown>, more = "") {
  await store.addSkill(skill(id, "webgpu", { inputs: [...(ports.inputs ?? [])], outputs: [...(ports.outputs ?? [])] }, code, more));
  await bench.open(await store.addWorkflow(workflow(id, [{ id: "kernel", skill_id: id, inputs }])), 1);
  const trace = await bench.run();
  return nodeOf(trace, "kernel");
}

test("kernels compute what the processor computes", async ({ bench, store }) => {
  const a = Array.from({ length: 1_000 }, (_, i) => Math.fround(Math.sin(i) * 10));
  const squared = await runKernel(bench, store, "kernel-square", KERNELS.square, { a });
  expect(squared.error).toBeUndefined();
  expect(numbers(squared.outputs["squared"])).toEqual(a.map((value) => Math.fround(value * value)));

  const [rows, inner, cols] = [19, 23, 11];
  const left = Array.from({ length: rows }, (_, i) => Array.from({ length: inner }, (_, j) => Math.cos(i * 3 + j)));
  const right = Array.from({ length: inner }, (_, i) => Array.from({ length: cols }, (_, j) => Math.sin(i - j * 2)));
  const product = await runKernel(bench, store, "kernel-product", KERNELS.product, { a: left, b: right, rows, inner, cols });
  expect(product.error).toBeUndefined();
  const wanted = left.flatMap((row) => Array.from({ length: cols }, (_, j) => row.reduce((sum, value, k) => sum + value * (right[k]?.[j] ?? 0), 0)));
  const got = numbers(product.outputs["c"]);
  expect(got).toHaveLength(rows * cols);
  expect(Math.max(...got.map((value, i) => Math.abs(value - (wanted[i] ?? 0))))).toBeLessThan(1e-5);

  const values = Array.from({ length: 777 }, (_, i) => (i * 7919) % 1_000);
  const reduced = await runKernel(bench, store, "kernel-reduce", KERNELS.reduce, { values, shift: -3 });
  expect(reduced.outputs).toEqual({ total: values.reduce((sum, value) => sum + value - 3, 0), largest: Math.max(...values) });

  const turned = await runKernel(bench, store, "kernel-points", KERNELS.points, { places: [[1, 2, 3], [4, 5, 6]] });
  expect(numbers(turned.outputs["turned"])).toEqual([4, 6, 2, 10, 12, 8]);
});

test("a kernel without an end is stopped, and the next run works", async ({ bench, store }) => {
  const endless = KERNELS.square.code.replace("squared[id.x] = ", "while (squared[id.x] < 1.0) { squared[id.x] *= 0.5; } squared[id.x] = ");
  const begun = Date.now();
  const node = await runKernel(bench, store, "kernel-endless", { ...KERNELS.square, code: endless }, { a: [1, 2, 3] }, "timeout_ms: 3000");
  console.log(`endless kernel: ${node.state} after ${Date.now() - begun} ms: ${node.error?.message}`);
  expect(node.state).toBe("error");
  expect(node.error?.message).toMatch(/took more steps|3000 ms|3 s/);
  const next = await runKernel(bench, store, "kernel-after", KERNELS.square, { a: [3] });
  expect(numbers(next.outputs["squared"])).toEqual([9]);
});

const edited = (from: string | RegExp, to: string): string => KERNELS.square.code.replace(from, to);
const BROKEN_KERNELS: [string, string, Record<string, unknown>, RegExp][] = [
  ["type", edited("= a[id.x] * a[id.x]", "= 2u"), { a: [1] }, /kernel-type\.wgsl:6:\d+/],
  ["name", edited("a[id.x] * a[id.x]", "a[id.x] * b"), { a: [1] }, /unresolved value 'b'[\s\S]*:6:\d+/],
  ["syntax", edited(") {", ") "), { a: [1] }, /expected[\s\S]*:\d+:\d+/],
  ["output", edited(/squared/g, "cubed"), { a: [1] }, /no buffer is called `squared` like the output/],
  ["readonly", edited("read_write", "read"), { a: [1] }, /line 2: the output `squared` cannot be written/],
  ["input", KERNELS.square.code, { a: [1, "x"] }, /input `a\[1\]` is no number/],
  ["range", edited(/f32/g, "u32"), { a: [1, -2] }, /input `a\[1\]` is -2, and the kernel takes a whole number from 0/],
  ["entry", edited("@compute", ""), { a: [1] }, /no function to run/],
  ["workgroup", edited("64", "4096"), { a: [1] }, /4096|workgroup/],
  ["binding", edited("@binding(1)", "@binding(0)"), { a: [1] }, /line 2: `squared` has the binding of another buffer/],
  ["formula", `//! size squared = n * 2\n${KERNELS.square.code}`, { a: [1] }, /there is no input `n` that is a number/],
  ["matrix", edited("array<f32>;", "array<mat4x4f>;"), { a: [1] }, /line 1: `a` is `array<mat4x4f>`, which no value fits/],
  ["group", edited("@group(0) @binding(1)", "@group(3) @binding(1)"), { a: [1] }, /in group 3/],
  ["memory", `//! size squared = 4000 * 1000 * 1000\n${KERNELS.square.code}`, { a: [1] }, /memory limit|takes \d+ MB/],
];

test("every broken kernel says what to do", async ({ bench, store }) => {
  test.setTimeout(240_000);
  for (const [name, code, inputs, message] of BROKEN_KERNELS) {
    const node = await runKernel(bench, store, `kernel-${name}`, { ...KERNELS.square, code }, inputs);
    console.log(`${name}: ${node.error?.message} (${node.error?.hint})`);
    expect(node.error?.message, name).toMatch(message);
    expect(node.error?.hint, name).toBeTruthy();
  }
});

test("without a graphics processor there is a message that says what to do", async ({ server, store, playwright }) => {
  await store.addSkill(skill("kernel-nowhere", "webgpu", { inputs: [...KERNELS.square.ports.inputs], outputs: [...KERNELS.square.ports.outputs] }, KERNELS.square.code));
  const address = await store.addWorkflow(workflow("kernel-nowhere", [{ id: "kernel", skill_id: "kernel-nowhere", inputs: { a: [1] } }]));
  const { args = [], ...options } = test.info().project.use.launchOptions ?? {};
  const poor = await playwright.chromium.launch({ ...options, args: args.filter((flag) => flag !== "--enable-unsafe-webgpu") });
  try {
    const bench = new Bench(await poor.newPage({ baseURL: server.origin, viewport: { width: 1440, height: 900 } }));
    await bench.open(address, 1);
    const { error } = nodeOf(await bench.run(), "kernel");
    expect(error?.message).toContain("no graphics processor can be used here");
    expect(error?.hint).toContain("--enable-unsafe-webgpu");
  } finally {
    await poor.close();
  }
});
