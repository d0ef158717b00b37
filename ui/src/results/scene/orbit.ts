/** Moves a camera around a point. */

import * as THREE from "three/src/Three.Core.js";

/** How near to the poles the camera may come, in radians. */
const POLE = 0.01;

type Pose = { position: THREE.Vector3; quaternion: THREE.Quaternion; zoom: number };

/** A camera and the point that it turns around. */
export class Orbit {
  readonly #home: Pose;
  readonly #homeTarget: THREE.Vector3;
  /** What the camera sees upright, before the picture's shape is known. */
  readonly #fov: number;

  constructor(
    readonly camera: THREE.PerspectiveCamera | THREE.OrthographicCamera,
    readonly target: THREE.Vector3,
  ) {
    this.#home = { position: camera.position.clone(), quaternion: camera.quaternion.clone(), zoom: camera.zoom };
    this.#homeTarget = target.clone();
    this.#fov = isPerspective(camera) ? camera.fov : 0;
  }

  turn(right: number, down: number): void {
    const { camera, target } = this;
    const upright = new THREE.Quaternion().setFromUnitVectors(camera.up.clone().normalize(), new THREE.Vector3(0, 1, 0));
    const offset = camera.position.clone().sub(target).applyQuaternion(upright);
    const place = new THREE.Spherical().setFromVector3(offset);
    place.theta -= right;
    place.phi = THREE.MathUtils.clamp(place.phi - down, POLE, Math.PI - POLE);
    offset.setFromSpherical(place).applyQuaternion(upright.invert());
    camera.position.copy(target).add(offset);
    camera.lookAt(target);
  }

  shift(right: number, down: number): void {
    const { camera, target } = this;
    const distance = camera.position.distanceTo(target);
    const height = isPerspective(camera)
      ? 2 * distance * Math.tan(THREE.MathUtils.degToRad(camera.fov / 2))
      : (camera.top - camera.bottom) / camera.zoom;
    const move = new THREE.Vector3(-right * height, down * height, 0).applyQuaternion(camera.quaternion);
    camera.position.add(move);
    target.add(move);
  }

  zoom(by: number): void {
    const { camera, target } = this;
    if (!isPerspective(camera)) {
      camera.zoom = THREE.MathUtils.clamp(camera.zoom / by, 1e-3, 1e4);
      return camera.updateProjectionMatrix();
    }
    const offset = camera.position.clone().sub(target);
    const distance = THREE.MathUtils.clamp(offset.length() * by, camera.near * 1.5, camera.far * 0.9);
    camera.position.copy(target).add(offset.setLength(distance));
  }

  reset(): void {
    const { camera, target } = this;
    camera.position.copy(this.#home.position);
    camera.quaternion.copy(this.#home.quaternion);
    camera.zoom = this.#home.zoom;
    target.copy(this.#homeTarget);
    camera.updateProjectionMatrix();
  }

  /** Fits the camera to the shape of the picture; on an upright one it sees as much across as it saw upright. */
  fit(aspect: number): void {
    const { camera } = this;
    if (isPerspective(camera)) {
      const half = Math.tan(THREE.MathUtils.degToRad(this.#fov / 2));
      camera.aspect = aspect;
      camera.fov = THREE.MathUtils.radToDeg(2 * Math.atan(aspect < 1 ? half / aspect : half));
    } else {
      const middle = (camera.left + camera.right) / 2;
      const half = ((camera.top - camera.bottom) / 2) * aspect;
      camera.left = middle - half;
      camera.right = middle + half;
    }
    camera.updateProjectionMatrix();
  }
}

function isPerspective(camera: THREE.Camera): camera is THREE.PerspectiveCamera {
  return (camera as Partial<THREE.PerspectiveCamera>).isPerspectiveCamera === true;
}
