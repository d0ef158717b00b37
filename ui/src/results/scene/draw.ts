/**
 * Draws a scene on a canvas inside the sandbox. It runs in a blob worker of a
 * visible frame, beside the `animate` of a skill, so an endless loop there
 * stops this worker and nothing else.
 */

import * as THREE from "three/src/Three.Core.js";
import { WebGLRenderer } from "three/src/renderers/WebGLRenderer.js";

import { picturesOf, readScene, type Picture } from "../../runtimes/threejs/read";
import type { SceneValue } from "../../runtimes/threejs/value";
import type { Hello, Order, Report, Size } from "./messages";
import { explain, Motion } from "./motion";
import { Orbit } from "./orbit";

/** Names that skills have no use for and that reach out of their own worker. */
const WITHHELD = ["Worker", "SharedWorker", "BroadcastChannel"];
/** A frame counts for no more time than this, in seconds: after a pause things go on where they were. */
const STEP_LIMIT = 0.25;

/** Kept before the code of a skill runs: that could put one of its own in its place, and would get the port. */
const { postMessage } = MessagePort.prototype;
const { apply } = Reflect;

type Show = Extract<Order, { t: "show" }>;

/** Waits for the canvas and the page's port. */
export function start(): void {
  const scope = globalThis as unknown as { onmessage: ((event: MessageEvent<Hello>) => void) | null };
  scope.onmessage = ({ data: { port, surface } }) => {
    scope.onmessage = null;
    for (const name of WITHHELD) Reflect.deleteProperty(globalThis, name);
    const screen = new Screen(port, surface);
    port.onmessage = ({ data }: MessageEvent<Order>) => screen.obey(data);
  };
}

/** One canvas and what is on it. */
class Screen {
  #renderer: WebGLRenderer | null = null;
  #motion: Motion | null = null;
  #orbit: Orbit | null = null;
  #playing = false;
  #visible = true;
  #asked = false;
  #last: number | null = null;

  constructor(
    readonly port: MessagePort,
    readonly surface: OffscreenCanvas,
  ) {}

  obey(order: Order): void {
    switch (order.t) {
      case "show":
        void this.#show(order);
        return;
      case "ask":
        return this.#tell({ t: "alive", n: order.n });
      case "size":
        this.#resize(order.size);
        break;
      case "ground":
        this.#renderer?.setClearColor(new THREE.Color(order.colour), 1);
        break;
      case "turn":
        this.#orbit?.turn(order.right, order.down);
        break;
      case "shift":
        this.#orbit?.shift(order.right, order.down);
        break;
      case "zoom":
        this.#orbit?.zoom(order.by);
        break;
      case "reset":
        this.#orbit?.reset();
        break;
      case "play":
        this.#playing = order.on;
        break;
      case "visible":
        this.#visible = order.on;
        break;
      case "picture":
        void this.#picture();
        return;
    }
    this.#ask();
  }

  #tell(report: Report): void {
    apply(postMessage, this.port, [report]);
  }

  async #show({ value, size, ground, playing, still }: Show): Promise<void> {
    const context = this.surface.getContext("webgl2", { antialias: true, powerPreference: "high-performance" });
    if (!context) return this.#tell({ t: "failed", reason: "no-webgl", message: "there is no WebGL 2" });
    try {
      const stage = readScene(value, await decoded(value));
      const renderer = new WebGLRenderer({ canvas: this.surface as never, context });
      this.#renderer = renderer;
      this.#watch();
      renderer.setClearColor(new THREE.Color(ground), 1);
      const camera = (stage.camera ?? new THREE.PerspectiveCamera()) as THREE.PerspectiveCamera;
      this.#orbit = new Orbit(camera, stage.target ?? new THREE.Vector3());
      this.#resize(size);
      if (value.animate && !still) this.#tell({ t: "begins" });
      this.#motion = await Motion.of(value, { ...stage, camera }, still);
      this.#playing = playing;
      this.#draw(0);
      this.#tell({ t: "shown", moves: this.#motion.moves, background: stage.scene.background !== null });
      this.#ask();
    } catch (error) {
      this.#tell({ t: "failed", reason: "unreadable", message: explain(error) });
    }
  }

  /** The browser may take the graphics processor away, and give it back. */
  #watch(): void {
    this.surface.addEventListener("webglcontextlost", () => this.#tell({ t: "lost" }));
    this.surface.addEventListener("webglcontextrestored", () => {
      this.#tell({ t: "restored" });
      this.#ask();
    });
  }

  #resize({ width, height, ratio }: Size): void {
    this.#renderer?.setPixelRatio(ratio);
    this.#renderer?.setSize(width, height, false);
    this.#orbit?.fit(width / height);
  }

  /** Draws with the next frame. */
  #ask(): void {
    if (this.#asked || !this.#visible || !this.#motion) return;
    this.#asked = true;
    requestAnimationFrame((now) => {
      this.#asked = false;
      const moving = this.#playing && this.#visible && this.#motion?.moves === true;
      const passed = moving && this.#last !== null ? (now - this.#last) / 1_000 : 0;
      this.#last = moving ? now : null;
      if (moving) this.#move(Math.min(passed, STEP_LIMIT));
      this.#render();
      if (moving && this.#playing) this.#ask();
    });
  }

  #move(seconds: number): void {
    try {
      this.#motion?.advance(seconds);
    } catch (error) {
      this.#playing = false;
      this.#tell({ t: "failed", reason: "animate", message: explain(error) });
    }
  }

  #draw(seconds: number): void {
    this.#move(seconds);
    this.#render();
  }

  #render(): void {
    if (this.#renderer && this.#orbit && this.#motion) this.#renderer.render(this.#motion.stage.scene, this.#orbit.camera);
  }

  async #picture(): Promise<void> {
    this.#render();
    this.#tell({ t: "picture", blob: await this.surface.convertToBlob({ type: "image/png" }) });
  }
}

/** The pictures of a scene, as far as they can be read. */
async function decoded(value: SceneValue): Promise<Map<string, Picture>> {
  const found = await Promise.all(
    [...picturesOf(value)].map(async ([id, url]) => {
      const picture = await decode(url).catch(() => null);
      return picture ? [[id, picture] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** There is no network here, not even for data URLs. */
async function decode(url: string): Promise<ImageBitmap | null> {
  const [head = "", body = ""] = url.split(",", 2);
  const type = /^data:(image\/[\w.+-]+)/.exec(head)?.[1];
  if (!type) return null;
  const bytes = Uint8Array.from(head.endsWith(";base64") ? atob(body) : decodeURIComponent(body), (char) => char.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type }), { imageOrientation: "flipY", colorSpaceConversion: "none" });
}
