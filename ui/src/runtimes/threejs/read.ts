/** Turns a scene value back into objects of three.js. */

import * as THREE from "three/src/Three.Core.js";

import { faultOf, type ObjectJson, type SceneValue } from "./value";

/** What draws a picture: in a browser an `ImageBitmap`. */
export type Picture = { width: number; height: number };

/** A scene as three.js knows it. */
export type Stage = { scene: THREE.Scene; camera: THREE.Camera | null; target: THREE.Vector3 | null };

type ImageJson = { uuid: string; url: unknown };

/** The data URLs of the pictures in a scene, by id. */
export function picturesOf({ scene }: SceneValue): Map<string, string> {
  const images = (scene["images"] as ImageJson[] | undefined) ?? [];
  const found = images.filter((image): image is ImageJson & { url: string } => typeof image.url === "string");
  return new Map(found.map(({ uuid, url }) => [uuid, url]));
}

/** Reads a scene value; `pictures` are those that could be decoded. Throws what a person can read. */
export function readScene(value: SceneValue, pictures: ReadonlyMap<string, Picture> = new Map()): Stage {
  const fault = faultOf(value);
  if (fault !== null) throw new Error(`this is not a scene that can be read: ${fault}`);
  const loader = new Loader(pictures);
  const scene = loader.read(value.scene) as THREE.Scene;
  return {
    scene,
    camera: value.camera ? cameraOf(loader.read(value.camera) as THREE.Camera, scene) : null,
    target: value.target ? new THREE.Vector3(...value.target) : null,
  };
}

/** A camera that is part of the scene moves with it. */
function cameraOf(camera: THREE.Camera, scene: THREE.Scene): THREE.Camera {
  const same = scene.getObjectByProperty("uuid", camera.uuid) as Partial<THREE.Camera> | undefined;
  return same?.isCamera ? (same as THREE.Camera) : camera;
}

/** Reads what three.js writes, with pictures that are decoded already and nothing from the network. */
class Loader extends THREE.ObjectLoader {
  constructor(readonly pictures: ReadonlyMap<string, Picture>) {
    super();
  }

  read(json: ObjectJson): THREE.Object3D {
    return this.parse(json as never);
  }

  override parseImages(json: ImageJson[] | undefined): Record<string, THREE.Source<unknown>> {
    return Object.fromEntries((json ?? []).map(({ uuid, url }) => [uuid, this.#source(uuid, url)]));
  }

  #source(uuid: string, url: unknown): THREE.Source<unknown> {
    const source = new THREE.Source(Array.isArray(url) ? url.map(dataOf) : (this.pictures.get(uuid) ?? dataOf(url)));
    source.uuid = uuid;
    return source;
  }
}

type Pixels = { type: string; data: ArrayLike<number>; width: number; height: number };

const PIXELS = { Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array, Int8Array, Int16Array, Int32Array, Float32Array, Float64Array };

/** Pixels that are written as numbers; `null` for anything else. */
function dataOf(url: unknown): unknown {
  if (typeof url !== "object" || url === null) return null;
  const { type, data, width, height } = url as Partial<Pixels>;
  const Kind = PIXELS[type as keyof typeof PIXELS];
  return Kind && data ? { data: new Kind(data), width, height } : null;
}
