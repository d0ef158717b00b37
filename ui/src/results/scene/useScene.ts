import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

import type { SceneValue } from "../../runtimes/threejs/value";
import { saveParts } from "../download";
import { type Failure, SceneFrame } from "./frame";
import type { Order, Size } from "./messages";

/** What can be said of a scene on the screen. */
export type SceneState = {
  phase: "starting" | "shown" | "failed";
  moves: boolean;
  background: boolean;
  failure: { reason: Failure; message: string } | null;
  lost: boolean;
};

const STARTING: SceneState = { phase: "starting", moves: false, background: false, failure: null, lost: false };

/** More real pixels than this per pixel cost much and show little. */
const RATIO_LIMIT = 2;

type SceneOptions = {
  value: SceneValue;
  place: RefObject<HTMLElement | null>;
  name: string;
  playing: boolean;
  /** Leaves out the code of the skill. */
  still: boolean;
  /** Changes when the frame is to be made anew. */
  attempt: number;
  /** Names the colour behind the scene; the colour itself is that of `place`. */
  ground: string;
};

/** Keeps a frame with the scene in `place`. */
export function useScene({ value, place, name, playing, still, attempt, ground }: SceneOptions) {
  const [state, setState] = useState(STARTING);
  const frame = useRef<SceneFrame | null>(null);
  const playingAtFirst = useRef(playing);
  const send = useCallback((order: Order) => frame.current?.send(order), []);

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    setState(STARTING);
    const change = (part: Partial<SceneState>): void => setState((before) => ({ ...before, ...part }));
    const made = new SceneFrame(
      element,
      value,
      { size: sizeOf(element), ground: groundOf(element), playing: playingAtFirst.current, still },
      {
        onShown: (facts) => change({ phase: "shown", ...facts }),
        onFailed: (reason, message) => {
          change(reason === "animate" ? { failure: { reason, message } } : { phase: "failed", failure: { reason, message } });
        },
        onLost: (lost) => change({ lost }),
        onPicture: (picture) => saveParts(`${name}.png`, "image/png", [picture]),
      },
    );
    frame.current = made;
    const stopLooking = watch(element, send);
    return () => {
      stopLooking();
      frame.current = null;
      made.dispose();
    };
  }, [value, place, name, still, attempt, send]);

  useEffect(() => {
    playingAtFirst.current = playing;
    send({ t: "play", on: playing });
  }, [playing, send]);
  useEffect(() => {
    if (place.current) send({ t: "ground", colour: groundOf(place.current) });
  }, [ground, place, send]);

  return { state, send };
}

/** Follows the size of an element, and whether anybody can see it. */
function watch(element: HTMLElement, send: (order: Order) => void): () => void {
  let inView = true;
  const tell = (): void => send({ t: "visible", on: inView && document.visibilityState !== "hidden" });
  const sizes = new ResizeObserver(() => send({ t: "size", size: sizeOf(element) }));
  const views = new IntersectionObserver(([entry]) => {
    inView = entry?.isIntersecting ?? true;
    tell();
  });
  sizes.observe(element);
  views.observe(element);
  document.addEventListener("visibilitychange", tell);
  return () => {
    sizes.disconnect();
    views.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): Size {
  const ratio = Math.min(globalThis.devicePixelRatio || 1, RATIO_LIMIT);
  return { width: Math.max(clientWidth, 1), height: Math.max(clientHeight, 1), ratio };
}

function groundOf(element: HTMLElement): string {
  return getComputedStyle(element).backgroundColor || "#000";
}
