import type { EdgeChange } from "@xyflow/react";
import { useCallback, useMemo, useState } from "react";

import { useEditor } from "../app/useWorkbench";
import { type FlowEdge, toFlowEdges } from "./flow";

/** The edges of the canvas, and which of them are selected. */
export function useFlowEdges(): [FlowEdge[], (changes: EdgeChange<FlowEdge>[]) => void] {
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const edges = useMemo(() => toFlowEdges(doc, skills, selected), [doc, skills, selected]);

  const change = useCallback((changes: EdgeChange<FlowEdge>[]) => {
    setSelected((before) => {
      const next = new Set(before);
      for (const one of changes) {
        if (one.type === "select" && one.selected) next.add(one.id);
        else if (one.type === "select" || one.type === "remove") next.delete(one.id);
      }
      return next;
    });
  }, []);

  return [edges, change];
}
