import { MiniMap, type ReactFlowState, useStore } from "@xyflow/react";

import styles from "./Canvas.module.css";
import { type Box, freeCorner } from "./corner";
import { NODE_WIDTH } from "./measure";

const SIZE = { width: 150, height: 96 };
/** What lies around the map: its distance from the border, and a little air. */
const MARGIN = 24;

/**
 * A small map of a workflow that is larger than the view. It lies in a corner
 * where no node is; where there is none, it stays away.
 */
export function Overview() {
  const corner = useStore(cornerOf);
  if (!corner) return null;
  return (
    <MiniMap className={styles.minimap} style={SIZE} position={corner} pannable zoomable ariaLabel="Overview" nodeBorderRadius={14} />
  );
}

/** The corner of the view that is free for the map. */
function cornerOf({ nodeLookup, transform: [x, y, zoom], width, height }: ReactFlowState) {
  const boxes: Box[] = [];
  for (const { internals, measured } of nodeLookup.values()) {
    const { x: left, y: top } = internals.positionAbsolute;
    boxes.push({
      x: left * zoom + x,
      y: top * zoom + y,
      width: (measured.width ?? NODE_WIDTH) * zoom,
      height: (measured.height ?? 100) * zoom,
    });
  }
  return freeCorner(boxes, { width, height }, { width: SIZE.width + MARGIN, height: SIZE.height + MARGIN });
}
