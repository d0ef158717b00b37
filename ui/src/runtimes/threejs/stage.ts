/**
 * What a skill is handed to build a scene with, and what is done for it where
 * it did nothing itself: a light, and a camera that sees everything.
 */

import * as THREE from "three/src/Three.Core.js";

import { readScene } from "./read";
import { isScene } from "./value";

/** The second argument of `execute`. */
export type Tools = {
  THREE: typeof THREE;
  scene: THREE.Scene;
  camera: THREE.PerspectiveCamera;
  /** A scene value of another node as an object that can be added. */
  load(value: unknown): THREE.Group;
  /** A picture (a data URL) as a texture. */
  texture(image: unknown): THREE.Texture;
};

/** A new empty stage. */
export function newTools(): Tools {
  return {
    THREE,
    scene: new THREE.Scene(),
    camera: new THREE.PerspectiveCamera(50, 16 / 9, 0.1, 2_000),
    load,
    texture,
  };
}

function load(value: unknown): THREE.Group {
  if (!isScene(value)) throw new TypeError("load: this is not a scene; give the output of a threejs node");
  const { scene } = readScene(value);
  const group = new THREE.Group();
  group.name = scene.name;
  group.animations = scene.animations;
  group.add(...scene.children);
  renew(group);
  return group;
}

type HasId = { readonly uuid: string };

/** Gives everything an id of its own: in every scene the ids begin with `o1`. */
function renew(group: THREE.Group): void {
  const renewed = new Map<string, string>();
  const change = (item: HasId): void => {
    const uuid = THREE.MathUtils.generateUUID();
    renewed.set(item.uuid, uuid);
    Object.assign(item, { uuid });
  };
  const parts = new Set<HasId>();
  group.traverse((object) => {
    const { geometry, material, skeleton } = object as Partial<THREE.SkinnedMesh>;
    for (const part of [object, geometry, skeleton, material].flat()) if (part) parts.add(part);
    for (const one of [material ?? []].flat()) for (const value of Object.values(one) as unknown[]) addTexture(value, parts);
  });
  parts.forEach(change);
  for (const clip of group.animations) {
    change(clip);
    for (const track of clip.tracks) {
      const dot = track.name.indexOf(".");
      const uuid = renewed.get(track.name.slice(0, dot));
      if (uuid !== undefined) track.name = uuid + track.name.slice(dot);
    }
  }
}

function addTexture(value: unknown, parts: Set<HasId>): void {
  if (value instanceof THREE.Texture) parts.add(value).add(value.source);
}

/** A picture that stays a data URL until it is drawn. */
class PictureSource extends THREE.Source<string> {
  override toJSON(meta?: unknown): { uuid: string; url: string } {
    const json = { uuid: this.uuid, url: this.data };
    const images = (meta as { images?: Record<string, object> } | undefined)?.images;
    if (images) images[this.uuid] = json;
    return json;
  }
}

function texture(image: unknown): THREE.Texture {
  if (typeof image !== "string" || !image.startsWith("data:image/")) {
    throw new TypeError("texture: this is not an image; give a data URL that starts with `data:image/`");
  }
  const made = new THREE.Texture();
  made.source = new PictureSource(image) as typeof made.source;
  made.colorSpace = THREE.SRGBColorSpace;
  return made;
}

/** Materials that are black without a light. */
const LIT = ["isMeshStandardMaterial", "isMeshLambertMaterial", "isMeshPhongMaterial", "isMeshToonMaterial"] as const;

/** Adds light where there is none and something needs it. */
export function light(scene: THREE.Scene): void {
  let lights = 0;
  let needed = false;
  scene.traverse((object) => {
    if ((object as Partial<THREE.Light>).isLight) lights += 1;
    const { material } = object as Partial<THREE.Mesh>;
    for (const one of [material ?? []].flat()) {
      needed ||= LIT.some((kind) => (one as unknown as Record<string, unknown>)[kind] === true);
    }
  });
  if (lights > 0 || !needed) return;
  const sky = new THREE.HemisphereLight(0xffffff, 0x50586a, 1.6);
  const sun = new THREE.DirectionalLight(0xffffff, 2);
  sun.position.set(3, 5, 4);
  sky.name = "default sky";
  sun.name = "default sun";
  scene.add(sky, sun);
}

/** Where a camera stands that nobody placed, seen from the middle. */
const FROM = new THREE.Vector3(0.55, 0.45, 1).normalize();

/** Places a camera that was not placed, and says what it turns around. */
export function frame(scene: THREE.Scene, camera: THREE.PerspectiveCamera): THREE.Vector3 {
  scene.updateMatrixWorld(true);
  const box = new THREE.Box3().setFromObject(scene);
  const middle = box.isEmpty() ? new THREE.Vector3() : box.getCenter(new THREE.Vector3());
  const size = box.isEmpty() ? 1 : Math.max(box.getSize(new THREE.Vector3()).length() / 2, 1e-6);
  if (camera.position.lengthSq() > 0 || camera.parent) return looksAt(camera, middle);
  const distance = size / Math.sin(THREE.MathUtils.degToRad(camera.fov / 2));
  camera.position.copy(middle).addScaledVector(FROM, distance * 1.05);
  camera.near = distance / 100;
  camera.far = distance * 20;
  camera.lookAt(middle);
  camera.updateProjectionMatrix();
  return middle;
}

/** The point on the camera's axis that is nearest to `middle`, in front of it. */
function looksAt(camera: THREE.PerspectiveCamera, middle: THREE.Vector3): THREE.Vector3 {
  camera.updateMatrixWorld(true);
  const from = camera.getWorldPosition(new THREE.Vector3());
  const towards = camera.getWorldDirection(new THREE.Vector3());
  const distance = middle.clone().sub(from).dot(towards);
  return from.addScaledVector(towards, distance > 0 ? distance : Math.max(from.length(), 1));
}
