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
