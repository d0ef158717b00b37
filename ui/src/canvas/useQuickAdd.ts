import type { FinalConnectionState, XYPosition } from "@xyflow/react";
import { type MouseEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";

import type { Position } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { portType } from "../workflow/connecting";
import type { Loose } from "./offers";
import type { QuickAddPlace } from "./QuickAdd";

/** Opens the search at the pointer: after a double click, a key, or an edge let go over nothing. */
export function useQuickAdd(toCanvas: (screen: XYPosition) => Position) {
  const { canvas, editor } = useWorkbench();
  const [place, setPlace] = useState<QuickAddPlace>();
  const pointer = useRef<Position | undefined>(undefined);
  const close = useCallback(() => setPlace(undefined), []);

  const openAt = useCallback(
    (screen: Position, loose?: Loose) => {
      if (editor.store.getState().readOnly) return;
      setPlace({ screen, canvas: toCanvas(screen), ...(loose && { loose }) });
    },
    [editor, toCanvas],
  );
  useEffect(() => {
    canvas.quickAdd = (anyway) => {
      const at = pointer.current ?? (anyway ? canvas.handle?.middle() : undefined);
      if (at) openAt(at);
      return at !== undefined;
    };
    return () => {
      canvas.quickAdd = undefined;
    };
  }, [canvas, openAt]);

  return {
    place,
    close,
    onPointerMove: (event: PointerEvent) => (pointer.current = { x: event.clientX, y: event.clientY }),
    onPointerLeave: () => (pointer.current = undefined),
    onDoubleClick: (event: MouseEvent) => {
      const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
      if (onPane) openAt({ x: event.clientX, y: event.clientY });
    },
    /** An edge was let go over the empty canvas. */
    dropped(event: globalThis.MouseEvent | TouchEvent, { fromHandle, toHandle }: FinalConnectionState) {
      if (!fromHandle?.id || toHandle) return;
      const at = "changedTouches" in event ? event.changedTouches[0] : event;
      const side = fromHandle.type === "source" ? "output" : "input";
      const ref = { node: fromHandle.nodeId, port: fromHandle.id };
      const { doc, skills } = editor.store.getState();
      const type = portType(doc, skills, ref, side === "output" ? "outputs" : "inputs");
      if (at && type !== undefined) openAt({ x: at.clientX, y: at.clientY }, { ref, side, type });
    },
  };
}
