import type { Connection, FinalConnectionState } from "@xyflow/react";
import { useCallback } from "react";

import { useWorkbench } from "../app/useWorkbench";
import { typesFit } from "../workflow/connecting";
import { edgeOf, type FlowEdge } from "./flow";

/** Answers while an edge is being drawn, and says why one was refused. */
export function useConnecting() {
  const { editor, engine, notices } = useWorkbench();

  const fits = useCallback(
    (connection: Connection | FlowEdge) => {
      const { doc, skills } = editor.store.getState();
      const edge = edgeOf(connection);
      return edge !== undefined && typesFit(engine, doc, skills, edge).ok;
    },
    [editor, engine],
  );
  const connectEnd = useCallback(
    (_: unknown, end: FinalConnectionState) => {
      if (end.isValid !== false || !end.fromHandle || !end.toHandle) return;
      const { doc, skills } = editor.store.getState();
      const [out, into] = end.fromHandle.type === "source" ? [end.fromHandle, end.toHandle] : [end.toHandle, end.fromHandle];
      if (out.type === into.type) {
        const message = `two ${out.type === "source" ? "outputs" : "inputs"} cannot be connected`;
        notices.say({ tone: "error", message, hint: "draw from an output on the right of a node to an input on the left" });
        return;
      }
      const answer = typesFit(engine, doc, skills, {
        from: { node: out.nodeId, port: out.id ?? "" },
        to: { node: into.nodeId, port: into.id ?? "" },
      });
      if (!answer.ok) notices.say({ tone: "error", message: answer.message, hint: answer.hint });
    },
    [editor, engine, notices],
  );
  return { fits, connectEnd };
}
