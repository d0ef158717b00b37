import { useReactFlow, useStore, type Viewport, type XYPosition } from "@xyflow/react";
import { useEffect, useRef } from "react";

import type { WorkflowDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { nodeSkill } from "../workflow/uses";
import { arrange } from "./actions";
import type { FlowEdge, FlowNode } from "./flow";
import { MANY_NODES } from "./measure";

const START_ZOOM = 0.7;
const MARGIN = 32;
/** A canvas narrower than this, in pixels, shows no whole workflow that one could read. */
const NARROW = 600;
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
      showStart() {
        const { doc } = editor.store.getState();
        const { clientWidth = 0, clientHeight = 0 } = pane ?? {};
        if (doc.nodes.length > MANY_NODES || clientWidth < NARROW) void flow.setViewport(startOf(doc, clientHeight));
        else void flow.fitView(FIT);
      },
    };
    return () => {
      canvas.handle = undefined;
    };
  }, [canvas, editor, flow, pane]);

  // A workflow without places gets them; then all of it comes into view.
  const learned = useEditor((state) => state.doc.nodes.every((node) => nodeSkill(node, state.skills)));
  useEffect(() => {
    const { doc } = editor.store.getState();
    if (doc.nodes.length === 0) return;
    if (doc.nodes.some((node) => !node.position)) void arrange(workbench, true);
    else requestAnimationFrame(() => canvas.handle?.showStart());
  }, [workbench, canvas, editor, session, learned]);

  // A canvas that grows or shrinks keeps its middle in the middle.
  useEffect(() => {
    if (!pane) return;
    const watcher = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = pane;
      const before = size.current;
      size.current = { width, height };
      if (before.width === 0 || width === 0 || height === 0) return;
      const { x, y, zoom: scale } = flow.getViewport();
      void flow.setViewport({ x: x + (width - before.width) / 2, y: y + (height - before.height) / 2, zoom: scale });
    });
    watcher.observe(pane);
    return () => watcher.disconnect();
  }, [flow, pane]);

  return { zoom, toCanvas: flow.screenToFlowPosition };
}
