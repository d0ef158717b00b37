// Scenes are read back with three.js itself, and what stands in them is measured.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { run, table } from "./skill.mjs";

const three = createRequire(new URL("../../ui/package.json", import.meta.url)).resolve("three");
const THREE = await import(pathToFileURL(three).href.replace("three.cjs", "three.module.js"));

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

const read = (value) => new THREE.ObjectLoader().parse(structuredClone(value.scene));
const positions = (object) => Array.from(object.geometry.getAttribute("position").array);
const sizeOf = (object) => new THREE.Box3().setFromObject(object).getSize(new THREE.Vector3());

/** The scene at a moment of its clips. */
function at(value, seconds) {
  const scene = read(value);
  const mixer = new THREE.AnimationMixer(scene);
  for (const clip of scene.animations) mixer.clipAction(clip).play();
  mixer.setTime(seconds);
  scene.updateMatrixWorld(true);
  return scene;
}

test("a cube has its size, its colours and its volume", async () => {
  const { scene, volume } = await run("cube", { width: 2, height: 3, depth: 4, colors: ["red", "#00ff00"] });
  assert.equal(volume, 24);
  const cube = read(scene).getObjectByName("cube");
  assert.deepEqual(cube.material.map(({ color }) => color.getHexString()), ["ff0000", "00ff00", "ff0000", "00ff00", "ff0000", "00ff00"]);
  close(sizeOf(cube).x, 2, 0.01);
  close(sizeOf(cube).z, 4, 0.01);
  assert.equal(read((await run("cube", { edges: false })).scene).getObjectByName("edges"), undefined);
  await assert.rejects(run("cube", { width: 0 }), /`width` is 0/);
});

test("a loop turns, swings, bobs and breathes, and is back where it began", async () => {
  const { scene } = await run("cube");
  const corner = (value, seconds) => at(value, seconds).getObjectByName("cube").localToWorld(new THREE.Vector3(1, 0, 0));
  const { scene: turning } = await run("animation-loop", { scene, period: 8 });
  close(corner(turning, 2).z, -1, 1e-3);
  close(corner(turning, 4).x, -1, 1e-3);
  const { scene: swinging } = await run("animation-loop", { scene, motion: "swing", amount: 30, period: 4, axis: [0, 0, 1] });
  close(corner(swinging, 1).y, 0.5, 1e-3);
  close(corner(swinging, 3).y, -0.5, 1e-3);
  const { scene: bobbing } = await run("animation-loop", { scene, motion: "bob", amount: 0.5, period: 4 });
  close(corner(bobbing, 1).y, 0.5 * Math.sqrt(3), 0.01);
  const { scene: breathing } = await run("animation-loop", { scene, motion: "breathe", amount: 0.5, period: 4 });
  close(corner(breathing, 1).x, 1.5, 1e-3);
  // Two motions, one in the other: after half a turn and at the height of the float.
  const { scene: both } = await run("animation-loop", { scene: turning, motion: "bob", amount: 0.5, period: 16 });
  close(corner(both, 4).x, -1, 1e-3);
  assert.ok(corner(both, 4).y > 0.8);
  await assert.rejects(run("animation-loop", { scene, motion: "jump" }), /unknown motion `jump`; use one of turn/);
  await assert.rejects(run("animation-loop", { scene: {} }), /not a scene/);
});

test("lights stay where they are while the scene turns", async () => {
  const { scene } = await run("animation-loop", { scene: (await run("cube")).scene, period: 8 });
  const place = (seconds) => at(scene, seconds).getObjectByName("default sun").getWorldPosition(new THREE.Vector3()).toArray();
  assert.deepEqual(place(3), place(0));
});

test("a curve goes through its points, in scale, and its runner along it", async () => {
  const n = 201;
  const t = Array.from({ length: n }, (_, k) => (k / (n - 1)) * 4 * Math.PI);
  const helix = table({ x: t.map(Math.cos), y: t.map(Math.sin), z: t.map((value) => value / 10) });
  const { scene, length, bounds } = await run("curve-3d", { table: helix, period: 10 });
  close(length, 4 * Math.PI * Math.hypot(1, 0.1), 0.01);
  assert.deepEqual(bounds.columns[1].values, ["x", "y", "z"]);
  close(bounds.columns[3].values[2], 0.4 * Math.PI, 1e-12);
  const curve = read(scene).getObjectByName("curve");
  const points = positions(curve);
  assert.equal(points.length, 3 * n);
  // Twice as wide as the unit circle; z points up; the middle of the box is the origin.
  t.forEach((value, k) => {
    close(points[3 * k], 2 * Math.cos(value), 1e-5);
    close(points[3 * k + 1], 2 * (value / 10 - 0.2 * Math.PI), 1e-5);
    close(points[3 * k + 2], -2 * Math.sin(value), 1e-5);
  });
  const runner = at(scene, 5).getObjectByName("runner").position;
  close(runner.y, points[3 * 100 + 1], 0.02);
  await assert.rejects(run("curve-3d", { table: helix, x_column: "w" }), /no column `w`; its columns are x, y, z/);
  await assert.rejects(run("curve-3d", { table: table({ x: [1], y: [1], z: [1] }) }), /a curve needs 2/);
});

test("points fill the cube, and gaps are left out", async () => {
  const cloud = table({ a: [0, 10, 5, null], b: [1, 2, 3, 4], c: [-1, 0, 1, 2], heat: [0, 50, 100, 7] });
  const { scene, count } = await run("points-3d", { table: cloud, x_column: "a", y_column: "b", z_column: "c", color_column: "heat" });
  assert.equal(count, 3);
  const points = read(scene).getObjectByName("points");
  assert.deepEqual(positions(points).map((value) => value + 0), [-2, -2, 2, 2, 0, 0, 0, 2, -2]);
  const colors = Array.from(points.geometry.getAttribute("color").array);
  const hex = (k) => new THREE.Color(...colors.slice(3 * k, 3 * k + 3)).getHexString();
  assert.deepEqual([hex(0), hex(1), hex(2)], ["31348f", "2aa88f", "f5d93a"]);
});

test("a surface has its heights, and every face looks up", async () => {
  const matrix = Array.from({ length: 5 }, (_, y) => Array.from({ length: 9 }, (__, x) => x * y));
  const { scene, range } = await run("surface-3d", { matrix, height: 0.5 });
  assert.deepEqual(range, [0, 32]);
  const surface = read(scene).getObjectByName("surface");
  const points = positions(surface);
  matrix.flat().forEach((value, k) => close(points[3 * k + 1], (value / 32 - 0.5) * 2, 1e-5));
  close(sizeOf(surface).x, 4, 1e-5);
  close(sizeOf(surface).z, 2, 1e-5);
  const normals = Array.from(surface.geometry.getAttribute("normal").array);
  assert.ok(normals.every((value, k) => k % 3 !== 1 || value > 0));
  await assert.rejects(run("surface-3d", { matrix: [[1, 2], [3, null]] }), /row 2, column 2 is null/);
});

test("the Bloch vector of known states is right, and an entangled qubit has none", async () => {
  const h = Math.SQRT1_2;
  const cases = [
    [{ re: [1, 0], im: [0, 0] }, 0, [0, 0, 1]],
    [{ re: [h, h], im: [0, 0] }, 0, [1, 0, 0]],
    [{ re: [h, 0], im: [0, h] }, 0, [0, 1, 0]],
    [[[0, 0], [0, 1]], 0, [0, 0, -1]],
    [{ re: [h, 0, 0, h], im: [0, 0, 0, 0] }, 1, [0, 0, 0]],
    [{ n_qubits: 2, amplitudes: [[0, 0], [0, 0], [h, 0], [h, 0]] }, 0, [0, 0, -1]],
    [{ n_qubits: 2, amplitudes: [[0, 0], [0, 0], [h, 0], [h, 0]] }, 1, [1, 0, 0]],
  ];
  for (const [state, qubit, want] of cases) {
    const { scene, vector, purity } = await run("bloch-sphere", { state, qubit });
    want.forEach((value, k) => close(vector[k], value, 1e-12));
    close(purity, (1 + Math.hypot(...want) ** 2) / 2, 1e-12);
    const { x, y, z } = read(scene).getObjectByName("state").position;
    [x, -z, y].forEach((value, k) => close(value, want[k], 1e-9));
  }
  await assert.rejects(run("bloch-sphere", { state: { re: [1, 1], im: [0, 0] } }), /add up to 2, not to 1/);
  await assert.rejects(run("bloch-sphere", { state: { re: [1, 0], im: [0, 0] }, qubit: 1 }), /has qubits 0 to 0/);
});

test("joined scenes stand side by side or in one another, and go on moving", async () => {
  const first = (await run("animation-loop", { scene: (await run("cube", { width: 2 })).scene, period: 8 })).scene;
  const second = (await run("cube", { width: 4, colors: ["blue"] })).scene;
  const { scene } = await run("join-scenes", { first, second, gap: 0.5 });
  const joined = read(scene);
  joined.updateMatrixWorld(true);
  const cubes = joined.getObjectsByProperty("name", "cube").map((cube) => new THREE.Box3().setFromObject(cube));
  close(cubes[1].min.x - cubes[0].max.x, 2, 0.02);
  close(cubes[0].min.x + cubes[1].max.x, 0, 0.02);
  assert.equal(joined.animations.length, 1);
  const turned = at(scene, 2).getObjectsByProperty("name", "cube").map(sizeOf);
  close(turned[0].z, 2, 0.02);
  close(turned[1].x, 4, 0.02);
  const inside = read((await run("join-scenes", { first: second, second, gap: -1 })).scene);
  close(sizeOf(inside).x, 4, 0.02);
  assert.equal(joined.getObjectsByProperty("isDirectionalLight", true).length, 1);
});
