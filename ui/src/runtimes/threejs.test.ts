// @vitest-environment node
import * as THREE from "three/src/Three.Core.js";
import { expect, test } from "vitest";

import type { Call, Outcome, WorkerHost } from "../run/protocol";
import type { NodeError } from "../run/types";
import { worker } from "./threejs";
import { picturesOf, readScene } from "./threejs/read";
import type { SceneValue } from "./threejs/value";

const host: WorkerHost = {
  write: () => undefined,
  importModule: (source) => import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(`${String(source)}\n//# sourceURL=made.js`)}`) as Promise<Record<string, unknown>>,
};
const loaded = worker.load({}, host);
let calls = 0;

async function run(code: string, inputs: Record<string, unknown> = {}, outputs = [{ name: "scene", type: "object" }]): Promise<Outcome> {
  const kept = Object.values(console);
  const names = Object.keys(console);
  calls += 1;
  const call: Call = { id: calls, codeId: calls, code: `${code}\n// ${calls}`, file: "made.js", inputs, lists: [], outputs, memoryMb: 64, timeoutMs: 1_000 };
  try {
    return await (await loaded).call(call);
  } finally {
    names.forEach((name, index) => Object.assign(console, { [name]: kept[index] }));
  }
}

async function outputsOf(...given: Parameters<typeof run>): Promise<Record<string, unknown>> {
  const outcome = await run(...given);
  if (!outcome.ok) throw new Error(outcome.error.message);
  // What arrives elsewhere is a copy.
  return structuredClone(outcome.outputs);
}

const sceneOf = async (...given: Parameters<typeof run>): Promise<SceneValue> => (await outputsOf(...given))["scene"] as SceneValue;

const CUBE = "const cube = new THREE.Mesh(new THREE.BoxGeometry(1, 2, 3), new THREE.MeshBasicMaterial({ color: 0xff0000 }));\ncube.name = 'cube';\nscene.add(cube);";
const inExecute = (body: string): string => `function execute(inputs, { THREE, scene, camera, load, texture }) {\n${body}\n}`;

test("what is added to the scene arrives as a scene that three.js reads again", async () => {
  const value = await sceneOf(inExecute(CUBE));
  const { scene, camera, target } = readScene(value);
  const cube = scene.getObjectByName("cube") as THREE.Mesh<THREE.BoxGeometry, THREE.MeshBasicMaterial>;
  expect(cube.geometry.parameters).toMatchObject({ width: 1, height: 2, depth: 3 });
  expect(cube.material.color.getHex()).toBe(0xff0000);
  expect(camera).toBeInstanceOf(THREE.PerspectiveCamera);
  expect(target?.toArray()).toEqual([0, 0, 0]);
});

test("equal scenes are equal values, whatever ids three.js gives", async () => {
  const code = inExecute(`${CUBE}\nscene.add(new THREE.GridHelper(10, 10), cube.clone());`);
  expect(await sceneOf(code)).toEqual(await sceneOf(code));
  expect(JSON.stringify(await sceneOf(code))).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
});

test("points of another node become a line that keeps its typed array", async () => {
  const points = new Float64Array([0, 0, 0, 1, 2, 3, 4, 5, 6]);
  const code = inExecute(`
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(inputs.points), 3));
    scene.add(new THREE.Line(geometry, new THREE.LineBasicMaterial()));
    return { length: inputs.points.length / 3 };`);
  const { scene, length } = await outputsOf(code, { points }, [{ name: "length", type: "integer" }, { name: "scene", type: "object" }]);
  expect(length).toBe(3);
  const [geometry] = (scene as SceneValue).scene["geometries"] as { data: { attributes: { position: { array: unknown } } } }[];
  expect(geometry?.data.attributes.position.array).toEqual(new Float32Array(points));
  const line = readScene(scene as SceneValue).scene.children[0] as THREE.Line;
  expect(line.isLine).toBe(true);
  expect(line.geometry.getAttribute("position").count).toBe(3);
});

test("a geometry that was changed after it was made keeps the change", async () => {
  const value = await sceneOf(inExecute(`
    const ground = new THREE.PlaneGeometry(2, 2, 1, 1);
    ground.getAttribute("position").setZ(2, 0.75);
    const left = new THREE.BoxGeometry(1, 1, 1).translate(-4, 0, 0);
    scene.add(new THREE.Mesh(ground), new THREE.Mesh(left), new THREE.Mesh(new THREE.EdgesGeometry(left)));`));
  const [ground, left] = readScene(value).scene.children as THREE.Mesh[];
  expect(ground?.geometry.getAttribute("position").getZ(2)).toBe(0.75);
  left?.geometry.computeBoundingBox();
  expect(left?.geometry.boundingBox?.min.x).toBe(-4.5);
});

test.each([
  ["GridHelper(4, 4)", "LineSegments"],
  ["AxesHelper(2)", "LineSegments"],
  ["ArrowHelper(new THREE.Vector3(0, 1, 0))", "Group"],
  ["BoxHelper(new THREE.Mesh(new THREE.BoxGeometry()))", "LineSegments"],
  ["Sprite()", "Sprite"],
  ["Points(new THREE.BufferGeometry().setFromPoints([new THREE.Vector3()]))", "Points"],
  ["LineLoop(new THREE.BufferGeometry().setFromPoints([new THREE.Vector3(), new THREE.Vector3(1, 1, 1)]))", "LineLoop"],
  ["InstancedMesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial(), 2)", "InstancedMesh"],
])("%s is read back as %s", async (expression, type) => {
  const { scene } = readScene(await sceneOf(inExecute(`scene.add(new THREE.${expression});`)));
  const [first] = scene.children as (THREE.Object3D & Record<string, unknown>)[];
  expect(first?.[`is${type}`]).toBe(true);
});

test("a scene without a light gets one where a material needs it", async () => {
  const lit = await sceneOf(inExecute("scene.add(new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshStandardMaterial()));"));
  const bright = await sceneOf(inExecute(CUBE));
  const own = await sceneOf(inExecute("scene.add(new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshStandardMaterial()), new THREE.PointLight());"));
  expect([lit, bright, own].map((value) => readScene(value).scene.children.length)).toEqual([3, 1, 2]);
});

test("a camera that nobody placed sees everything, one that was placed stays", async () => {
  const body = "scene.add(new THREE.Mesh(new THREE.SphereGeometry(5), new THREE.MeshBasicMaterial()).translateX(100));";
  const free = readScene(await sceneOf(inExecute(body)));
  free.camera?.updateMatrixWorld(true);
  const projected = new THREE.Vector3(100, 0, 0).project(free.camera as THREE.PerspectiveCamera);
  expect(projected.x).toBeCloseTo(0);
  expect(free.target?.x).toBeCloseTo(100);
  const placed = readScene(await sceneOf(inExecute(`${body}\ncamera.position.set(0, 0, 7); camera.lookAt(0, 0, 0);`)));
  expect(placed.camera?.position.toArray()).toEqual([0, 0, 7]);
});

test("clips of the scene travel with it, tracks by id as well", async () => {
  const value = await sceneOf(inExecute(`${CUBE}
    const turn = new THREE.NumberKeyframeTrack(cube.uuid + ".rotation[y]", [0, 2], [0, Math.PI]);
    scene.animations.push(new THREE.AnimationClip("turn", -1, [turn]));`));
  const { scene } = readScene(value);
  const [clip] = scene.animations;
  const mixer = new THREE.AnimationMixer(scene);
  mixer.clipAction(clip as THREE.AnimationClip).play();
  mixer.update(1);
  expect(scene.getObjectByName("cube")?.rotation.y).toBeCloseTo(Math.PI / 2);
});

test("`animate` goes along with the inputs as they came", async () => {
  const code = `${inExecute(`${CUBE}\ninputs.speed.push(99);`)}\nexport function animate({ time, scene, inputs }) {\n  scene.getObjectByName("cube").rotation.y = time * inputs.speed[0];\n}`;
  const value = await sceneOf(code, { speed: [2] });
  expect(value.animate?.inputs).toEqual({ speed: [2] });
  expect(value.animate?.code).toContain("export function animate");
});

test("an object alone, several scenes, and the scene of another node", async () => {
  const alone = await outputsOf(inExecute("return new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial());"));
  expect(readScene(alone["scene"] as SceneValue).scene.children).toHaveLength(1);
  const ports = [{ name: "one", type: "object" }, { name: "two", type: "object" }];
  const two = await outputsOf(inExecute("return { one: new THREE.Group().add(new THREE.Points()), two: new THREE.Mesh() };"), {}, ports);
  expect(Object.keys(two)).toEqual(["one", "two"]);
  const both = await sceneOf(inExecute("scene.add(load(inputs.a), load(inputs.b));"), { a: alone["scene"], b: two["one"] });
  expect(readScene(both).scene.children.map(({ children }) => children.length)).toEqual([1, 1]);
});

test("a picture becomes a texture and stays a data URL", async () => {
  const image = "data:image/png;base64,iVBORw0KGgo=";
  const value = await sceneOf(inExecute("scene.add(new THREE.Mesh(new THREE.PlaneGeometry(), new THREE.MeshBasicMaterial({ map: texture(inputs.image) })));"), { image });
  const pictures = picturesOf(value);
  expect([...pictures.values()]).toEqual([image]);
  const [id] = [...pictures.keys()];
  const { scene } = readScene(value, new Map([[String(id), { width: 2, height: 1 }]]));
  const { map } = (scene.children[0] as THREE.Mesh<THREE.BufferGeometry, THREE.MeshBasicMaterial>).material;
  expect(map?.image).toEqual({ width: 2, height: 1 });
});

const BROKEN: [string, string, RegExp, RegExp][] = [
  ["no execute", "function build() {}", /defines no function `execute`/, /function execute\(inputs, \{ THREE, scene, camera \}\)/],
  ["a syntax error", "function execute( {", /SyntaxError/, /^/],
  ["an exception with its line", "function execute(inputs, { scene }) {\n  scene.add(null.mesh);\n}", /TypeError.*null[\s\S]*:2:/, /^/],
  ["an empty scene", inExecute(""), /added nothing to the scene/, /scene\.add/],
  ["an own renderer", inExecute("new THREE.WebGLRenderer();"), /WebGLRenderer/, /viewer draws it/],
  ["the page", inExecute(`${CUBE}\ndocument.body.append(1);`), /document is not defined/, /no page here/],
  ["THREE out of nowhere", "function execute() {\n  return { scene: new THREE.Scene() };\n}", /THREE is not defined/, /second argument/],
  ["an addon", inExecute("new THREE.OrbitControls(camera);"), /OrbitControls/, /viewer has its own/],
  ["an output that is a number", inExecute("return 3;"), /returned a number, not an object/, /one property per output/],
  ["a vector as an output", inExecute(`${CUBE}\nreturn { scene, top: new THREE.Vector3(1, 2, 3) };`), /output `top` is a Vector3/, /toArray/],
  ["a mistake in animate", `${inExecute(CUBE)}\nfunction animate({ scene }) {\n  scene.getObjectByName("ball").rotation.y = 1;\n}`, /in `animate`: TypeError.*rotation[\s\S]*made\.js:7/, /^/],
  ["animate that is no function", `${inExecute(CUBE)}\nconst animate = true;`, /`animate` is not a function/, /another name/],
  ["a value that is no scene", inExecute("scene.add(load(inputs.part));"), /load: this is not a scene/, /^/],
  ["a picture that is none", inExecute("texture('cat.png');"), /texture: this is not an image/, /^/],
  ["functions in userData", inExecute(`${CUBE}\ncube.userData.onClick = () => 1;`), /output `scene\.scene\.object\.children\[0\]\.userData\.onClick` is a function/, /plain/],
];

test.each(BROKEN)("%s: an error that a person can act on", async (_, code, message, hint) => {
  const outcome = await run(code, { part: { kind: "other" } });
  const error: NodeError = outcome.ok ? { kind: "none", message: "no error" } : outcome.error;
  expect(error.message).toMatch(message);
  expect(error.hint ?? "").toMatch(hint);
});
