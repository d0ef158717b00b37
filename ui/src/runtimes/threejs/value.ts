/** The form of a scene as a value, see `docs/guide/values.md`. */

/** What three.js writes of objects and reads again; ids and typed arrays are ours. */
export type ObjectJson = Record<string, unknown> & {
  metadata?: Record<string, unknown>;
  object: Record<string, unknown> & { type: string };
};

/** A scene that can be kept, sent and shown. */
export type SceneValue = {
  kind: "scene";
  version: 1;
  scene: ObjectJson;
  camera?: ObjectJson;
  /** What the camera turns around. */
  target?: [number, number, number];
  /** Motion by code of the skill. */
  animate?: { code: string; inputs: Record<string, unknown> };
};

/** Whether a value is meant as a scene. Looks at its surface only. */
export function isScene(value: unknown): value is SceneValue {
  if (typeof value !== "object" || value === null) return false;
  const { kind, scene } = value as Partial<SceneValue>;
  return kind === "scene" && typeof scene === "object" && scene !== null;
}

/** What is wrong with a value that is meant as a scene, or `null`. */
export function faultOf(value: SceneValue): string | null {
  if (value.version !== 1) return `its version is ${String(value.version)}, and only 1 is known`;
  const problem = objectFault(value.scene, "scene");
  if (problem) return problem;
  if (value.scene.object.type !== "Scene") return `\`scene.object.type\` is \`${String(value.scene.object.type)}\`, not \`Scene\``;
  if (value.camera !== undefined) {
    const wrong = objectFault(value.camera, "camera");
    if (wrong) return wrong;
    if (!/^(Perspective|Orthographic)Camera$/.test(value.camera.object.type)) return "`camera.object.type` is no camera";
  }
  if (value.target !== undefined && !isPoint(value.target)) return "`target` is not a list of three numbers";
  if (value.animate !== undefined && typeof value.animate?.code !== "string") return "`animate.code` is not text";
  return null;
}

function objectFault(json: unknown, name: string): string | null {
  if (typeof json !== "object" || json === null) return `\`${name}\` is not an object`;
  const { object } = json as Partial<ObjectJson>;
  return typeof object?.type === "string" ? null : `\`${name}.object\` has no \`type\``;
}

function isPoint(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && value.every((item) => Number.isFinite(item));
}
