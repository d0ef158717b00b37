// Ids of scenes: the same each time, and never shared by what came from two scenes.

import * as THREE from "three/src/Three.Core.js";
import { expect, test } from "vitest";

import { newTools } from "./stage";
import type { SceneValue } from "./value";
import { sceneValue } from "./write";

function scene(width: number): SceneValue {
  const { scene: made, camera } = newTools();
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(width), new THREE.MeshStandardMaterial());
  const track = new THREE.VectorKeyframeTrack(`${mesh.uuid}.position`, [0, 1], [0, 0, 0, width, 0, 0]);
  made.add(mesh, new THREE.DirectionalLight());
  made.animations.push(new THREE.AnimationClip("move", 1, [track]));
  return sceneValue(made, camera, new THREE.Vector3());
}

test("equal scenes are equal values, to the camera of a shadow", () => {
  expect(scene(2)).toEqual(scene(2));
  expect(JSON.stringify(scene(2))).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test("scenes that are put together keep their own shapes and motions", () => {
  const { scene: all, camera, load } = newTools();
  for (const width of [1, 3]) {
    const group = load(scene(width));
    all.add(group);
    all.animations.push(...group.animations);
  }
  const { geometries, animations, object } = sceneValue(all, camera, new THREE.Vector3()).scene as unknown as {
    geometries: { uuid: string; width: number }[];
    animations: { tracks: { name: string }[] }[];
    object: { children: { children: { uuid: string; geometry: string }[] }[] };
  };
  const meshes = object.children.map(({ children }) => children[0]);
  expect(meshes.map((mesh) => geometries.find(({ uuid }) => uuid === mesh?.geometry)?.width)).toEqual([1, 3]);
  expect(animations.map(({ tracks }) => tracks[0]?.name)).toEqual(meshes.map((mesh) => `${mesh?.uuid}.position`));
});
