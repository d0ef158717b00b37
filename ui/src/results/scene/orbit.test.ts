// @vitest-environment node
import * as THREE from "three/src/Three.Core.js";
import { expect, test } from "vitest";

import { Orbit } from "./orbit";
import { orderOfKey } from "./useGestures";

function looking(): Orbit {
  const camera = new THREE.PerspectiveCamera(50, 1, 0.1, 100);
  camera.position.set(0, 0, 5);
  camera.lookAt(0, 0, 0);
  return new Orbit(camera, new THREE.Vector3());
}

const places = ({ camera }: Orbit): number[] => camera.position.toArray().map((number) => Math.round(number * 1e6) / 1e6 + 0);

test("turning to the right by a quarter shows the left side, at the same distance", () => {
  const orbit = looking();
  orbit.turn(Math.PI / 2, 0);
  expect(places(orbit)).toEqual([-5, 0, 0]);
  expect(orbit.camera.getWorldDirection(new THREE.Vector3()).x).toBeCloseTo(1);
});

test("nobody turns over the pole", () => {
  const orbit = looking();
  for (let i = 0; i < 50; i += 1) orbit.turn(0, 0.5);
  expect(orbit.camera.position.y).toBeCloseTo(5, 2);
  expect(orbit.camera.position.length()).toBeCloseTo(5);
});

test("turning works where z is up, too", () => {
  const camera = new THREE.PerspectiveCamera(50, 1, 0.1, 100);
  camera.up.set(0, 0, 1);
  camera.position.set(5, 0, 0);
  const orbit = new Orbit(camera, new THREE.Vector3());
  orbit.turn(Math.PI / 2, 0);
  expect(orbit.camera.position.z).toBeCloseTo(0);
  expect(Math.abs(orbit.camera.position.y)).toBeCloseTo(5);
});

test("zoom stays between the planes of the camera, shift takes the middle along, reset undoes it all", () => {
  const orbit = looking();
  orbit.zoom(0.5);
  expect(places(orbit)).toEqual([0, 0, 2.5]);
  for (let i = 0; i < 50; i += 1) orbit.zoom(0.5);
  expect(orbit.camera.position.z).toBeGreaterThan(0.1);
  orbit.shift(0.5, 0);
  expect(orbit.target.x).toBeLessThan(0);
  orbit.reset();
  expect(places(orbit)).toEqual([0, 0, 5]);
  expect(orbit.target.toArray()).toEqual([0, 0, 0]);
});

test("an upright picture sees as much across as a wide one upright", () => {
  const orbit = looking();
  const { camera } = orbit;
  const across = () => new THREE.Vector3(2, 0, 0).project(camera).x;
  orbit.fit(1);
  const square = across();
  orbit.fit(0.5);
  expect(across()).toBeCloseTo(square);
});

test.each([
  ["ArrowLeft", false, { t: "turn", right: -Math.PI / 24, down: 0 }],
  ["ArrowDown", true, { t: "shift", right: 0, down: 0.05 }],
  ["0", false, { t: "reset" }],
  [" ", false, "play"],
  ["a", false, null],
])("the key %o with shift %o", (key, shift, order) => {
  expect(orderOfKey(key, shift)).toEqual(order);
});
