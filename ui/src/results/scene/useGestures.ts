import { type RefObject, useEffect } from "react";

import type { Order } from "./messages";

/** A whole drag across the picture turns by this angle. */
const TURN = Math.PI * 1.5;
/** One press of a key: an angle, and a part of the picture. */
const KEY_TURN = Math.PI / 24;
const KEY_SHIFT = 0.05;
const ZOOM = 1.1;

type Point = { x: number; y: number };

/** What a key does, with and without Shift. */
export function orderOfKey(key: string, shift: boolean): Order | "play" | null {
  const across = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const along = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (across !== 0 || along !== 0) {
    if (shift) return { t: "shift", right: across * KEY_SHIFT, down: along * KEY_SHIFT };
    return { t: "turn", right: across * KEY_TURN, down: along * KEY_TURN };
  }
  if (key === "+" || key === "=") return { t: "zoom", by: 1 / ZOOM };
  if (key === "-" || key === "_") return { t: "zoom", by: ZOOM };
  if (key === "0" || key === "Home") return { t: "reset" };
  return key === " " ? "play" : null;
}

/**
 * Turns what mouse, fingers and keys do on an element into orders: one finger
 * or the left button turns, two fingers or any other button shift, the wheel
 * and two fingers apart zoom.
 */
export function useGestures(ref: RefObject<HTMLElement | null>, send: (order: Order) => void, togglePlay: () => void): void {
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const pointers = new Map<number, Point>();
    const abort = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(type: K, hear: (event: HTMLElementEventMap[K]) => void): void => {
      element.addEventListener(type, hear, { signal: abort.signal, passive: false });
    };

    on("pointerdown", (event) => {
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    on("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const height = element.clientHeight || 1;
      const [right, down] = [(now.x - before.x) / height, (now.y - before.y) / height];
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      if (other) {
        send({ t: "zoom", by: between(before, other) / Math.max(between(now, other), 1) });
        send({ t: "shift", right: right / 2, down: down / 2 });
      } else if (event.buttons > 1 || event.shiftKey) send({ t: "shift", right, down });
      else send({ t: "turn", right: right * TURN, down: down * TURN });
    });
    const release = ({ pointerId }: PointerEvent): void => void pointers.delete(pointerId);
    on("pointerup", release);
    on("pointercancel", release);
    on("contextmenu", (event) => event.preventDefault());
    on("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      send({ t: "zoom", by: Math.exp(Math.max(-200, Math.min(200, event.deltaY * lines)) / 500) });
    });
    on("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const order = orderOfKey(event.key, event.shiftKey);
      if (order === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (order === "play") togglePlay();
      else send(order);
    });
    return () => abort.abort();
  }, [ref, send, togglePlay]);
}

function between(one: Point, other: Point): number {
  return Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1);
}
