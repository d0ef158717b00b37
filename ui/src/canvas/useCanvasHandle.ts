import { type Rect, useReactFlow, useStore, type Viewport, type XYPosition } from "@xyflow/react";
import { useEffect, useRef } from "react";

import type { WorkflowDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { nodeSkill } from "../workflow/uses";
import { arrange } from "./actions";
import type { FlowEdge, FlowNode } from "./flow";
import { MANY_NODES } from "./measure";

const START_ZOOM = 0.7;
const MARGIN = 32;
/** A canvas narrower than this, in pixels, shows more nodes than {@link MANY_FOR_NARROW} as mere dots. */
const NARROW = 600;
const MANY_FOR_NARROW = 40;
const FAR = 0.45;
const MID = 0.85;
const FIT = { maxZoom: 1, padding: 0.07 };

/** Where a workflow starts that is too large to be read as a whole. */
function startOf({ nodes }: WorkflowDoc, height: number): Viewport {
  const places = nodes.flatMap(({ position }) => position ?? []);
  const [x, y, end] = places.reduce(
    ([left, top, bottom], place) => [Math.min(left, place.x), Math.min(top, place.y), Math.max(bottom, place.y + 140)],
    [Infinity, Infinity, -Infinity],
  );
  const spare = (height - (end - y) * START_ZOOM) / 2;
  return { x: MARGIN - x * START_ZOOM, y: Math.max(MARGIN, spare) - y * START_ZOOM, zoom: START_ZOOM };
}

/** Whether an area lies within a canvas of some size. */
function isIn(area: Rect, { x, y, zoom }: Viewport, { width, height }: { width: number; height: number }): boolean {
  const [left, top] = [area.x * zoom + x, area.y * zoom + y];
  return left >= -1 && top >= -1 && left + area.width * zoom <= width + 1 && top + area.height * zoom <= height + 1;
}

/** After so many frames nodes whose ports have just become known are measured with them. */
const MEASURED = 3;

function afterFrames(n: number, act: () => void): void {
  requestAnimationFrame(() => (n > 1 ? afterFrames(n - 1, act) : act()));
}

/** Lets the rest of the page ask things of the canvas, and shows a newly opened workflow whole. */
export function useCanvasHandle(session: number): {
  zoom: "near" | "mid" | "far";
  toCanvas: (screen: XYPosition) => XYPosition;
} {
  const workbench = useWorkbench();
  const { canvas, editor } = workbench;
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const zoom = useStore(({ transform: [, , scale] }) => (scale < FAR ? "far" : scale < MID ? "mid" : "near"));
  const pane = useStore((state) => state.domNode);
  const size = useRef({ width: 0, height: 0 });

  useEffect(() => {
    const middle = () => {
      const box = pane?.getBoundingClientRect() ?? { left: 0, top: 0, width: 800, height: 600 };
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    };
    canvas.handle = {
      centre: () => flow.screenToFlowPosition(middle()),
      middle,
      show(node) {
        editor.select([node]);
        const focus = () => pane?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.focus();
        void flow.fitView({ nodes: [{ id: node }], maxZoom: 1, minZoom: 0.7, duration: 200 }).then(focus);
      },
      fit: () => void flow.fitView({ ...FIT, duration: 200 }),
      begin() {
        const { doc } = editor.store.getState();
        if (doc.nodes.length === 0) return;
        if (doc.nodes.some((node) => !node.position)) void arrange(workbench, true);
        else afterFrames(MEASURED, () => canvas.handle?.showStart());
      },
      showStart() {
        const { doc } = editor.store.getState();
        const { clientWidth = 0, clientHeight = 0 } = pane ?? {};
        // Where one region fills the screen, the whole of a workflow says more than a part that can be read.
        const isLarge = doc.nodes.length > (clientWidth < NARROW ? MANY_FOR_NARROW : MANY_NODES);
        if (isLarge) void flow.setViewport(startOf(doc, clientHeight));
        else void flow.fitView(FIT);
      },
    };
    return () => {
      canvas.handle = undefined;
    };
  }, [canvas, editor, flow, pane, workbench]);

  const learned = useEditor((state) => state.doc.nodes.every((node) => nodeSkill(node, state.skills)));
  useEffect(() => canvas.handle?.begin(), [canvas, session, learned]);

  // A canvas that grows or shrinks keeps its middle in the middle, and what was seen as a whole stays whole.
  useEffect(() => {
    if (!pane) return;
    const watcher = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = pane;
      const before = size.current;
      size.current = { width, height };
      if (before.width === 0 || width === 0 || height === 0) return;
      const now = flow.getViewport();
      const next = { x: now.x + (width - before.width) / 2, y: now.y + (height - before.height) / 2, zoom: now.zoom };
      const nodes = flow.getNodes();
      const all = nodes.length > 0 && nodes.length <= MANY_NODES ? flow.getNodesBounds(nodes) : undefined;
      if (all && isIn(all, now, before) && !isIn(all, next, size.current)) void flow.fitView(FIT);
      else void flow.setViewport(next);
    });
    watcher.observe(pane);
    return () => watcher.disconnect();
  }, [flow, pane]);

  return { zoom, toCanvas: flow.screenToFlowPosition };
}
