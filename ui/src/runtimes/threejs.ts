/**
 * three.js without a screen: `execute` builds a scene out of ordinary objects
 * and it leaves the worker as data. Drawing is the viewer's, see
 * `results/scene`; so a scene is the same in the page and where no page is.
 */

import type * as THREE from "three/src/Three.Core.js";

import type { Call, LoadedRuntime, Outcome, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import type { NodeError } from "../run/types";
import { checkOutputs } from "../run/worker/outputs";
import { type TimerScope, watchTimers } from "../run/worker/timers";
import { guardMemory, limited } from "./javascript/memory";
import { captureConsole, failed, invoke, loadModule, noExecute, unloadable } from "./javascript/module";
import { readScene } from "./threejs/read";
import { frame, light, newTools, type Tools } from "./threejs/stage";
import type { SceneValue } from "./threejs/value";
import { sceneValue } from "./threejs/write";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "threejs",
  title: "three.js",
  types: ["threejs"],
  version: "three-0.187.0-1",
  manifest: null,
  pool: { busy: (cores) => Math.max(2, cores), live: 6, spare: 1, spareAfterMs: 300 },
  isolation: (_skill, codeId) => `code-${codeId}`,
  fileName: (skillId) => `${skillId}.js`,
};

type Execute = (inputs: Record<string, unknown>, tools: Tools) => unknown;
type Animate = (moment: Record<string, unknown>) => unknown;
type Skill = { execute: Execute; animate: Animate | null };

const SIGNATURE = "inputs, { THREE, scene, camera }";

/** The sandbox's half. */
export const worker: WorkerRuntime = {
  load(_files, host) {
    captureConsole(host);
    const memory = guardMemory(globalThis as unknown as Parameters<typeof guardMemory>[0]);
    const isSpent = watchTimers(globalThis as unknown as TimerScope);
    const known = new Map<number, Skill>();
    return {
      isSpent,
      call: limited(memory, (call) => {
        const skill = known.get(call.codeId);
        if (skill) return run(skill, call);
        return loadModule(call, host, ["animate"]).then(
          ({ execute, animate }) => {
            if (typeof execute !== "function") return { ok: false, error: noExecute(SIGNATURE) };
            if (animate !== undefined && typeof animate !== "function") return { ok: false, error: noAnimate };
            const loaded = { execute: execute as Execute, animate: (animate as Animate | undefined) ?? null };
            known.set(call.codeId, loaded);
            return run(loaded, call);
          },
          (error: unknown) => unloadable(error, call, SIGNATURE),
        );
      }),
    } satisfies LoadedRuntime;
  },
};

const noAnimate: NodeError = {
  kind: "exception",
  message: "`animate` is not a function",
  hint: "write `function animate({ time, scene }) { … }`, or give it another name",
};

function run({ execute, animate }: Skill, call: Call): Outcome | Promise<Outcome> {
  const tools = newTools();
  // What `execute` may change, `animate` shall get as it came.
  const inputs = animate ? structuredClone(call.inputs) : {};
  const outcome = invoke(() => execute(call.inputs, tools), (result) => finished(result, tools, animate ? { animate, inputs } : null, call), call);
  return outcome instanceof Promise ? outcome.then(explained) : explained(outcome);
}

type Motion = { animate: Animate; inputs: Record<string, unknown> };

/** Puts scenes among what `execute` returned into their form as values. */
function finished(result: unknown, tools: Tools, motion: Motion | null, call: Call): Outcome {
  const given = result === undefined || result === null ? {} : result;
  if (isObject(given)) return finished({ [freePort({}, call)]: given }, tools, motion, call);
  if (typeof given !== "object" || Array.isArray(given) || ArrayBuffer.isView(given)) {
    return { ok: false, error: checkOutputs(given) ?? noScene };
  }
  const outputs: Record<string, unknown> = { ...given };
  let scenes = 0;
  for (const [port, value] of Object.entries(outputs)) {
    if (!isObject(value)) continue;
    scenes += 1;
    outputs[port] = valueOf(value, tools, motion, call);
  }
  if (scenes === 0 && tools.scene.children.length > 0) {
    scenes += 1;
    outputs[freePort(outputs, call)] = valueOf(tools.scene, tools, motion, call);
  }
  if (scenes === 0 && Object.keys(outputs).length === 0) return { ok: false, error: noScene };
  const problem = checkOutputs(outputs) ?? (motion && scenes > 0 ? rehearse(outputs, motion, tools.THREE, call) : null);
  return problem ? { ok: false, error: problem } : { ok: true, outputs };
}

const noScene: NodeError = {
  kind: "output",
  message: "`execute` added nothing to the scene and returned nothing",
  hint: "add something with `scene.add(…)`, or return an object of outputs",
};

/** Whether a value is an object of three.js that belongs into a scene. */
function isObject(value: unknown): value is THREE.Object3D {
  return typeof value === "object" && value !== null && (value as Partial<THREE.Object3D>).isObject3D === true;
}

/** The declared output that the scene goes to where `execute` did not say. */
function freePort(outputs: Record<string, unknown>, { outputs: declared }: Call): string {
  const free = declared.filter(({ name }) => !Object.hasOwn(outputs, name));
  return (free.find(({ name }) => name === "scene") ?? free.find(({ type }) => type === "object") ?? free[0])?.name ?? "scene";
}

function valueOf(object: THREE.Object3D, { THREE: three, camera }: Tools, motion: Motion | null, call: Call): SceneValue {
  let whole: THREE.Scene;
  if ((object as Partial<THREE.Scene>).isScene) whole = object as THREE.Scene;
  else whole = new three.Scene().add(object);
  // Each scene is seen from where the skill put the camera; one that it left alone is placed for each.
  const seenFrom = camera.parent ? camera : camera.clone();
  light(whole);
  const target = frame(whole, seenFrom);
  const value = sceneValue(whole, seenFrom, target);
  return motion ? { ...value, animate: { code: call.code ?? "", inputs: motion.inputs } } : value;
}

/** Calls `animate` once, on what the viewer will see, so that its first mistake shows in the run. */
function rehearse(outputs: Record<string, unknown>, { animate, inputs }: Motion, three: typeof THREE, call: Call): NodeError | null {
  const value = Object.values(outputs).find((one) => (one as Partial<SceneValue> | null)?.kind === "scene") as SceneValue | undefined;
  if (!value) return null;
  const { scene, camera } = readScene(value);
  try {
    animate({ time: 0, delta: 0, scene, camera, THREE: three, inputs: structuredClone(inputs) });
    return null;
  } catch (error) {
    const outcome = failed(error, call);
    return outcome.ok ? null : { ...outcome.error, message: `in \`animate\`: ${outcome.error.message}` };
  }
}

/** Adds what is known about mistakes that are easily made here. */
function explained(outcome: Outcome): Outcome {
  if (outcome.ok) return outcome;
  const hint = HINTS.find(([pattern]) => pattern.test(outcome.error.message))?.[1];
  return hint ? { ok: false, error: { ...outcome.error, hint } } : outcome;
}

const HINTS: [RegExp, string][] = [
  [/WebGLRenderer|WebGPURenderer/, "make no renderer: add to `scene`, and the viewer draws it"],
  [/OrbitControls|TrackballControls/, "make no controls: the viewer has its own"],
  [/THREE is not defined|scene is not defined|camera is not defined/, `take what you use from the second argument: \`execute(${SIGNATURE})\``],
  [/(document|window|requestAnimationFrame) is not defined/, "there is no page here: build the scene in `execute`, move it in `animate`"],
  [/THREE\.\w+ is not a constructor|THREE\.\w+ is not a function/, "the core of three.js is here, its addons are not"],
  [/is nested too deep or contains itself/, "keep objects of three.js out of `userData`"],
  [/reading 'clone'|Converting circular structure/, "keep plain data in `userData` and in uniforms"],
];
