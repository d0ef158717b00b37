/**
 * Turns objects of three.js into a scene value: plain data with typed arrays,
 * with the same ids each time.
 */

import * as THREE from "three/src/Three.Core.js";

import type { ObjectJson, SceneValue } from "./value";

type Numbers = THREE.TypedArray;
type Plain = Record<string, unknown>;
type Drawn = THREE.Object3D & { geometry: THREE.BufferGeometry };

/** A scene as a value. `camera` and `target` say from where it is seen. */
export function sceneValue(scene: THREE.Scene, camera: THREE.Camera, target: THREE.Vector3): SceneValue {
  const ids = new Ids();
  return {
    kind: "scene",
    version: 1,
    scene: ids.renamed(objectJson(scene)),
    camera: ids.renamed(objectJson(camera)),
    target: [target.x, target.y, target.z],
  };
}

/** What three.js writes, without what it would lose on the way. */
function objectJson(root: THREE.Object3D): ObjectJson {
  const restore: (() => void)[] = [];
  const { toJSON } = THREE.BufferAttribute.prototype;
  THREE.BufferAttribute.prototype.toJSON = attributeJson as typeof toJSON;
  try {
    const plain = new Map<THREE.BufferGeometry, THREE.BufferGeometry>();
    root.traverse((object) => {
      if (object.matrixAutoUpdate) object.updateMatrix();
      const { type } = object;
      restore.push(() => Object.assign(object, { type }));
      Object.assign(object, { type: readableType(object) });
      if (!isDrawn(object)) return;
      const { geometry } = object;
      const written = plain.get(geometry) ?? (isAsMade(geometry) ? geometry : withoutParameters(geometry));
      plain.set(geometry, written);
      if (written === geometry) return;
      restore.push(() => Object.assign(object, { geometry }));
      object.geometry = written;
    });
    return root.toJSON() as unknown as ObjectJson;
  } finally {
    THREE.BufferAttribute.prototype.toJSON = toJSON;
    for (const undo of restore) undo();
  }
}

function attributeJson(this: THREE.BufferAttribute): object {
  return {
    itemSize: this.itemSize,
    type: this.array.constructor.name,
    array: this.array,
    normalized: this.normalized,
    ...(this.name === "" ? {} : { name: this.name }),
    ...(this.usage === THREE.StaticDrawUsage ? {} : { usage: this.usage }),
  };
}

function isDrawn(object: THREE.Object3D): object is Drawn {
  return (object as Partial<Drawn>).geometry instanceof THREE.BufferGeometry;
}

/** Subclasses, such as `GridHelper`, by the type under which they can be read again. */
function readableType(object: THREE.Object3D): string {
  const { type } = object;
  const is = object as unknown as Record<string, unknown>;
  if (is["isLight"] || is["isCamera"] || is["isScene"]) return type;
  for (const known of ["SkinnedMesh", "InstancedMesh", "BatchedMesh", "Mesh", "LOD", "LineLoop", "LineSegments", "Line"]) {
    if (is[`is${known}`]) return known;
  }
  for (const known of ["Points", "Sprite", "Bone", "Group"]) if (is[`is${known}`]) return known;
  return object.children.length > 0 ? "Group" : "Object3D";
}

/**
 * Whether a geometry is what its parameters say. three.js writes parameters
 * alone, so what was moved or coloured afterwards would be lost.
 */
function isAsMade(geometry: THREE.BufferGeometry): boolean {
  const { parameters } = geometry as { parameters?: Record<string, unknown> };
  if (parameters === undefined) return true;
  const known = (THREE as unknown as Record<string, { fromJSON?: (data: object) => THREE.BufferGeometry }>)[geometry.type];
  const isSimple = Object.values(parameters).every((value) => ["number", "boolean", "undefined"].includes(typeof value));
  if (!known?.fromJSON || !isSimple) return false;
  const made = known.fromJSON(parameters);
  const names = Object.keys(geometry.attributes);
  if (names.length !== Object.keys(made.attributes).length || Object.keys(geometry.morphAttributes).length > 0) return false;
  if (geometry.drawRange.start !== 0 || geometry.drawRange.count !== Infinity) return false;
  if (!sameNumbers(geometry.index?.array, made.index?.array)) return false;
  return names.every((name) => sameNumbers(numbersOf(geometry, name), numbersOf(made, name)));
}

function numbersOf(geometry: THREE.BufferGeometry, name: string): Numbers | undefined {
  return geometry.getAttribute(name)?.array as Numbers | undefined;
}

function sameNumbers(one: Numbers | undefined, other: Numbers | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i += 1) if (!Object.is(one[i], other[i])) return false;
  return true;
}

function withoutParameters(geometry: THREE.BufferGeometry): THREE.BufferGeometry {
  const plain = new THREE.BufferGeometry();
  const { uuid, name, index, attributes, morphAttributes, morphTargetsRelative, groups, drawRange, userData } = geometry;
  return Object.assign(plain, { uuid, name, index, attributes, morphAttributes, morphTargetsRelative, groups, drawRange, userData });
}

/** Where the lists of three.js's format hold what has an id. */
const LIBRARIES = ["geometries", "materials", "textures", "images", "shapes", "skeletons", "animations"] as const;

/** Replaces the random ids of three.js by `o1`, `o2`, … in the order of the scene. */
class Ids {
  readonly #names = new Map<string, string>();

  renamed(json: ObjectJson): ObjectJson {
    this.#collect(json.object);
    for (const library of LIBRARIES) for (const item of (json[library] as Plain[] | undefined) ?? []) this.#name(item["uuid"]);
    for (const clip of (json["animations"] as { tracks: { name: string }[] }[] | undefined) ?? []) this.#tracks(clip);
    return this.#copy(json) as ObjectJson;
  }

  #name(uuid: unknown): void {
    if (typeof uuid === "string" && !this.#names.has(uuid)) this.#names.set(uuid, `o${this.#names.size + 1}`);
  }

  #collect(object: Plain): void {
    this.#name(object["uuid"]);
    for (const part of ["geometry", "material", "target"]) for (const uuid of [object[part]].flat()) this.#name(uuid);
    for (const child of (object["children"] as Plain[] | undefined) ?? []) this.#collect(child);
  }

  /** A track may name what it moves by id: `<uuid>.position`. */
  #tracks({ tracks }: { tracks: { name: string }[] }): void {
    for (const track of tracks) {
      const dot = track.name.indexOf(".");
      const name = dot > 0 ? this.#names.get(track.name.slice(0, dot)) : undefined;
      if (name) track.name = name + track.name.slice(dot);
    }
  }

  #copy(value: unknown): unknown {
    if (typeof value === "string") return this.#names.get(value) ?? value;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    const copy: Plain = {};
    for (const [key, item] of Object.entries(value)) {
      // What stands deeper, such as the camera of a shadow, has its turn now.
      if (key === "uuid") this.#name(item);
      if (item !== undefined) copy[this.#names.get(key) ?? key] = this.#copy(item);
    }
    return copy;
  }
}
