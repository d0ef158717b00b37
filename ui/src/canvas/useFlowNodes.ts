import { applyNodeChanges, type NodeChange } from "@xyflow/react";
import { useCallback, useLayoutEffect, useState } from "react";

import type { Position } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { moveNodes } from "../workflow/edits";
import { type FlowNode, toFlowNodes } from "./flow";

/**
 * The nodes of the canvas. What a drag does moment by moment stays here; where
 * it ends goes to the document, as does every arrow key.
 */
export function useFlowNodes(): [FlowNode[], (changes: NodeChange<FlowNode>[]) => void] {
  const { editor } = useWorkbench();
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const selection = useEditor((state) => state.selection);
  const [nodes, setNodes] = useState<FlowNode[]>([]);

  useLayoutEffect(() => {
    setNodes((before) => toFlowNodes(before, doc, skills, selection));
  }, [doc, skills, selection]);

  const change = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      setNodes((before) => applyNodeChanges(changes, before));

      const places = new Map<string, Position>();
      const selected = new Set(editor.store.getState().selection);
      for (const one of changes) {
        if (one.type === "position" && !one.dragging && one.position) {
          places.set(one.id, { x: Math.round(one.position.x), y: Math.round(one.position.y) });
        }
        if (one.type === "select") {
          if (one.selected) selected.add(one.id);
          else selected.delete(one.id);
        }
      }
      if (places.size > 0) {
        editor.edit((now) => moveNodes(now, places), `move ${[...places.keys()].join(" ")}`);
      }
      editor.select(selected);
    },
    [editor],
  );

  return [nodes, change];
}
