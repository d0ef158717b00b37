/** What moves in a scene: its clips, and the code of the skill. Runs inside the sandbox. */

import * as THREE from "three/src/Three.Core.js";

import { importModule } from "../../run/worker/importModule";
import { readable } from "../../run/worker/readable";
import type { Stage } from "../../runtimes/threejs/read";
import type { SceneValue } from "../../runtimes/threejs/value";

type Animate = (moment: Record<string, unknown>) => unknown;

/** The name of the code in stack traces. */
const FILE = "skill.js";

/** Advances a scene in time. */
export class Motion {
  #time = 0;

  private constructor(
    readonly stage: Stage,
    readonly mixers: readonly THREE.AnimationMixer[],
    readonly animate: Animate | null,
    readonly inputs: unknown,
  ) {}

  /** Everything that moves; `still` leaves the code of the skill out. */
  static async of({ animate }: SceneValue, stage: Stage, still: boolean): Promise<Motion> {
    const mixers: THREE.AnimationMixer[] = [];
    stage.scene.traverse((object) => {
      if (object.animations.length === 0) return;
      const mixer = new THREE.AnimationMixer(object);
      for (const clip of object.animations) mixer.clipAction(clip).play();
      mixers.push(mixer);
    });
    const code = animate && !still ? await load(animate.code) : null;
    return new Motion(stage, mixers, code, animate?.inputs);
  }

  get moves(): boolean {
    return this.mixers.length > 0 || this.animate !== null;
  }

  /** Goes on by some seconds. Throws what the skill throws. */
  advance(delta: number): void {
    this.#time += delta;
    for (const mixer of this.mixers) mixer.update(delta);
    const { scene, camera } = this.stage;
    this.animate?.({ time: this.#time, delta, scene, camera, THREE, inputs: this.inputs });
  }
}

async function load(code: string): Promise<Animate | null> {
  const found = await importModule(`${code}\n;export const llmosAnimate = typeof animate === "undefined" ? undefined : animate;`, FILE);
  const animate = found["llmosAnimate"];
  return typeof animate === "function" ? (animate as Animate) : null;
}

/** Puts an error of the skill into words, with the lines of the skill only. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${readable(error)}`;
  const frames = (error.stack ?? "").split("\n").filter((line) => line.includes(FILE));
  return [`${error.name}: ${error.message}`, ...frames].join("\n");
}
