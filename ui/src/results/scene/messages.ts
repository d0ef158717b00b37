/** What the page and the worker that draws a scene say to each other. */

import type { SceneValue } from "../../runtimes/threejs/value";

/** The first message to the worker; it comes through the relay. */
export type Hello = { port: MessagePort; surface: OffscreenCanvas };

/** How large the picture is, in CSS pixels, and how many real ones each has. */
export type Size = { width: number; height: number; ratio: number };

/** What the page asks for. */
export type Order =
  | { t: "show"; value: SceneValue; size: Size; ground: string; playing: boolean; still: boolean }
  | { t: "size"; size: Size }
  | { t: "ground"; colour: string }
  /** Turns by angles. */
  | { t: "turn"; right: number; down: number }
  /** Shifts by parts of the picture's height. */
  | { t: "shift"; right: number; down: number }
  /** Comes nearer for factors below 1. */
  | { t: "zoom"; by: number }
  | { t: "reset" }
  | { t: "play"; on: boolean }
  | { t: "visible"; on: boolean }
  | { t: "picture" }
  | { t: "ask"; n: number };

/** What the worker tells. It runs beside code of a skill, so the page looks before it believes. */
export type Report =
  /** The code of the skill begins to run. */
  | { t: "begins" }
  | { t: "shown"; moves: boolean; background: boolean }
  | { t: "failed"; reason: "no-webgl" | "unreadable" | "animate"; message: string }
  | { t: "lost" }
  | { t: "restored" }
  | { t: "picture"; blob: Blob }
  | { t: "alive"; n: number };
