import { useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";

const waiting = new Set<string>();

/**
 * Has React Flow look again where the ports of a node are once they have
 * changed; where they are at first it finds out itself. All nodes of a frame
 * are told in one call, since each call costs as much as the whole canvas.
 */
export function useMeasureAgain(id: string, inputs: unknown, outputs: unknown): void {
  const update = useUpdateNodeInternals();
  const seen = useRef({ inputs, outputs });
  useEffect(() => {
    if (seen.current.inputs === inputs && seen.current.outputs === outputs) return;
    seen.current = { inputs, outputs };
    if (waiting.size === 0) {
      requestAnimationFrame(() => {
        update([...waiting]);
        waiting.clear();
      });
    }
    waiting.add(id);
  }, [update, id, inputs, outputs]);
}
