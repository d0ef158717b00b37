import { Panel, useReactFlow } from "@xyflow/react";

import { useEditor, useWorkbench } from "../app/useWorkbench";
import { IconButton } from "../parts/IconButton";
import { arrange } from "./actions";
import styles from "./Canvas.module.css";

/** Zoom, fit and layout, as buttons on the canvas. */
export function CanvasTools() {
  const workbench = useWorkbench();
  const { zoomIn, zoomOut } = useReactFlow();
  const empty = useEditor((state) => state.doc.nodes.length === 0);
  if (empty) return null;
  return (
    <Panel position="bottom-left" className={styles.tools}>
      <IconButton icon="plus" label="Zoom in" onClick={() => void zoomIn({ duration: 120 })} />
      <IconButton icon="minus" label="Zoom out" onClick={() => void zoomOut({ duration: 120 })} />
      <IconButton icon="fit" label="Show all" onClick={() => workbench.canvas.handle?.fit()} />
      <IconButton icon="layout" label="Arrange" onClick={() => void arrange(workbench)} />
    </Panel>
  );
}
