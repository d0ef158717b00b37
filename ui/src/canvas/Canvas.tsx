import {
  Background,
  BackgroundVariant,
  type OnBeforeDelete,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, type MouseEvent, useCallback, useState } from "react";

import { useEditor, useWorkbench } from "../app/useWorkbench";
import { readDraggedSkill } from "../library/dragging";
import { remove } from "../workflow/edits";
import { addEdge, addSkill } from "./actions";
import styles from "./Canvas.module.css";
import { CanvasTools } from "./CanvasTools";
import { enterWorkflow } from "./enter";
import { edgeOf, type FlowEdge, type FlowNode } from "./flow";
import { MANY_NODES } from "./measure";
import { type MenuPlace, NodeMenu } from "./NodeMenu";
import { Overview } from "./Overview";
import { PortEdge } from "./PortEdge";
import { QuickAdd } from "./QuickAdd";
import { SkillNode } from "./SkillNode";
import { useCanvasHandle } from "./useCanvasHandle";
import { useClipboard } from "./useClipboard";
import { useConnecting } from "./useConnecting";
import { useFlowEdges } from "./useFlowEdges";
import { useFlowNodes } from "./useFlowNodes";
import { useQuickAdd } from "./useQuickAdd";

const NODE_TYPES = { skill: SkillNode };
const EDGE_TYPES = { port: PortEdge };
const ARIA = {
  "node.a11yDescription.default": "Press Enter to select, Delete to remove",
  "node.a11yDescription.keyboardDisabled": "Press Enter to select, arrow keys to move, Delete to remove, Escape to leave",
};

const MAX_FOR_MINIMAP = 1000;

/** The workflow as a picture that can be changed by pointer and by keyboard. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function Flow() {
  const workbench = useWorkbench();
  const { editor } = workbench;
  const [nodes, changeNodes] = useFlowNodes();
  const [edges, changeEdges] = useFlowEdges();
  const session = useEditor((state) => state.session);
  const { zoom, toCanvas } = useCanvasHandle(session);
  useClipboard();

  const quick = useQuickAdd(toCanvas);
  const { fits, connectEnd } = useConnecting();
  const beforeDelete: OnBeforeDelete<FlowNode, FlowEdge> = useCallback(
    async (gone) => {
      const ids = new Set(gone.nodes.map(({ id }) => id));
      editor.edit((doc) => remove(doc, ids, new Set(gone.edges.map(({ id }) => id))));
      return false;
    },
    [editor],
  );
  const [menu, setMenu] = useState<MenuPlace>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const openMenu = (event: MouseEvent, id: string) => {
    event.preventDefault();
    const { selection } = editor.store.getState();
    if (!selection.has(id)) editor.select([id]);
    const box = event.currentTarget.getBoundingClientRect();
    // A menu that a key asked for has no pointer to open at.
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : { x: box.x + 24, y: box.y + 24 };
    setMenu({ nodes: selection.has(id) ? [...selection] : [id], at });
  };
  const drop = (event: DragEvent) => {
    const skill = readDraggedSkill(event.dataTransfer, editor.store.getState().skills);
    if (!skill) return;
    event.preventDefault();
    addSkill(workbench, skill, toCanvas({ x: event.clientX - 60, y: event.clientY - 18 }));
  };

  return (
    <div
      className={styles.canvas}
      data-zoom={zoom}
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
      onPointerMove={quick.onPointerMove}
      onPointerLeave={quick.onPointerLeave}
      onDoubleClick={quick.onDoubleClick}
    >
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={changeNodes}
        onEdgesChange={changeEdges}
        onConnect={(connection) => {
          const edge = edgeOf(connection);
          if (edge) addEdge(workbench, edge);
        }}
        onNodeDoubleClick={(_, { id }) => enterWorkflow(workbench, id)}
        onNodeContextMenu={(event, { id }) => openMenu(event, id)}
        onConnectEnd={(event, end) => {
          connectEnd(event, end);
          quick.dropped(event, end);
        }}
        onBeforeDelete={beforeDelete}
        isValidConnection={fits}
        onlyRenderVisibleElements={nodes.length > MANY_NODES}
        deleteKeyCode={["Delete", "Backspace"]}
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={2}
        connectionRadius={28}
        ariaLabelConfig={ARIA}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.3} color="var(--line-strong)" />
        {nodes.length > 0 && nodes.length <= MAX_FOR_MINIMAP && <Overview />}
        <CanvasTools />
      </ReactFlow>
      {quick.place && <QuickAdd place={quick.place} onClose={quick.close} />}
      {menu && <NodeMenu place={menu} onClose={closeMenu} />}
    </div>
  );
}
