import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";

import type { Layout, View } from "./draw";
import type { PlotModel } from "./model";
import type { Box } from "./pen";
import { moved, toValue, zoomed } from "./scale";

/** Shorter drags than this are clicks. */
const DRAG = 6;
/** A drag this flat zooms one axis only. */
const FLAT = 24;

export type Zoom = {
  view: View;
  isZoomed: boolean;
  /** The rectangle that is being drawn. */
  drag: Box | undefined;
  /** Whether the chart is being moved right now. */
  panning: boolean;
  reset(): void;
  /** Nearer by a factor below 1, farther by one above, around the middle or a place. */
  zoom(factor: number, place?: { left: number; top: number }, axes?: "x" | "y" | "both"): void;
  /** Moves by shares of what is shown. */
  pan(x: number, y: number): void;
  handlers: Record<"onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel", (event: PointerEvent<HTMLElement>) => void>;
};

type Press = { left: number; top: number; view: View; pans: boolean };

/** Which part of a plot is shown, changed by dragging, wheel, pinching and keys. */
export function useZoom(model: PlotModel, layout: RefObject<Layout | null>, element: RefObject<HTMLElement | null>): Zoom {
  const all: View = { x: model.x.all, y: model.y.all };
  const [kept, setKept] = useState<{ model: PlotModel; view: View }>();
  const [drag, setDrag] = useState<Box>();
  const [panning, setPanning] = useState(false);
  const press = useRef<Press | null>(null);
  const fingers = useRef(new Map<number, { left: number; top: number }>());
  const view = kept?.model === model ? kept.view : all;
  const natural = model.heat ? "both" : "x";

  const change = (next: (view: View) => View) =>
    setKept((now) => ({ model, view: next(now?.model === model ? now.view : all) }));

  const zoom: Zoom["zoom"] = (factor, place, axes = natural) =>
    change((now) => {
      const at = layout.current;
      if (!at) return now;
      const left = place?.left ?? at.box.left + at.box.width / 2;
      const top = place?.top ?? at.box.top + at.box.height / 2;
      return {
        x: axes === "y" ? now.x : zoomed(model.x.scale, now.x, toValue(at.x, left), factor),
        y: axes === "x" ? now.y : zoomed(model.y.scale, now.y, toValue(at.y, top), factor),
      };
    });

  const shifted = (from: View, x: number, y: number): View => ({
    x: moved(model.x.scale, from.x, x),
    y: moved(model.y.scale, from.y, y),
  });

  // React listens to wheels passively; here the page must not scroll.
  const wheel = useRef(zoom);
  useEffect(() => {
    wheel.current = zoom;
  });
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const turn = (event: WheelEvent) => {
      const at = layout.current;
      if (!at) return;
      event.preventDefault();
      const place = placeOf(event, target);
      const beside = place.left < at.box.left || event.shiftKey ? "y" : place.top > at.box.top + at.box.height ? "x" : undefined;
      const amount = (event.deltaY || event.deltaX) * (event.deltaMode === 1 ? 30 : 1);
      wheel.current(Math.exp(Math.min(Math.max(amount, -300), 300) * 0.0016), place, event.ctrlKey ? "both" : beside);
    };
    target.addEventListener("wheel", turn, { passive: false });
    return () => target.removeEventListener("wheel", turn);
  }, [element, layout]);

  const finish = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    const began = press.current;
    press.current = null;
    setPanning(false);
    setDrag(undefined);
    const at = layout.current;
    if (!drag || !began || !at || event.type === "pointercancel") return;
    change((now) => ({
      x: drag.width === at.box.width ? now.x : { min: toValue(at.x, drag.left), max: toValue(at.x, drag.left + drag.width) },
      y: drag.height === at.box.height ? now.y : { min: toValue(at.y, drag.top + drag.height), max: toValue(at.y, drag.top) },
    }));
  };

  return {
    view,
    isZoomed: kept?.model === model,
    drag,
    panning,
    reset: () => setKept(undefined),
    zoom,
    pan: (x, y) => change((now) => shifted(now, x, y)),
    handlers: {
      onPointerDown(event) {
        const target = event.currentTarget;
        if (event.button > 1) return;
        const place = placeOf(event, target);
        fingers.current.set(event.pointerId, place);
        target.setPointerCapture?.(event.pointerId);
        const pans = event.shiftKey || event.button === 1 || event.pointerType === "touch";
        press.current = { ...place, view, pans };
        if (event.button === 1) event.preventDefault();
      },
      onPointerMove(event) {
        const at = layout.current;
        const began = press.current;
        if (!began || !at) return;
        const place = placeOf(event, event.currentTarget);
        const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
        const before = fingers.current.get(event.pointerId);
        fingers.current.set(event.pointerId, place);
        if (other && before) {
          const apart = (one: { left: number; top: number }) => Math.hypot(one.left - other.left, one.top - other.top) || 1;
          zoom(apart(before) / apart(place), { left: (place.left + other.left) / 2, top: (place.top + other.top) / 2 });
        } else if (began.pans) {
          setPanning(true);
          const next = shifted(began.view, (began.left - place.left) / at.box.width, (place.top - began.top) / at.box.height);
          setKept({ model, view: next });
        } else {
          setDrag(dragBox(began, place, at.box));
        }
      },
      onPointerUp: finish,
      onPointerCancel: finish,
    },
  };
}

/** The rectangle between two places; a flat one takes the whole of the other axis. */
function dragBox(from: { left: number; top: number }, to: { left: number; top: number }, box: Box): Box | undefined {
  const width = Math.abs(to.left - from.left);
  const height = Math.abs(to.top - from.top);
  if (Math.max(width, height) < DRAG) return undefined;
  const clamp = (value: number, low: number, size: number) => Math.min(Math.max(value, low), low + size);
  const [left, right] = [from.left, to.left].map((one) => clamp(one, box.left, box.width)).toSorted((a, b) => a - b) as [number, number];
  const [top, bottom] = [from.top, to.top].map((one) => clamp(one, box.top, box.height)).toSorted((a, b) => a - b) as [number, number];
  const wide = width < FLAT && height >= FLAT;
  const high = height < FLAT;
  return {
    left: wide ? box.left : left,
    width: wide ? box.width : right - left,
    top: high ? box.top : top,
    height: high ? box.height : bottom - top,
  };
}

function placeOf(event: { clientX: number; clientY: number }, target: HTMLElement): { left: number; top: number } {
  const { left, top } = target.getBoundingClientRect();
  return { left: event.clientX - left, top: event.clientY - top };
}
