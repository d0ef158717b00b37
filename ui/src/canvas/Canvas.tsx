import {
  Background,
  BackgroundVariant,
  type Connection,
  type FinalConnectionState,
  MiniMap,
  type OnBeforeDelete,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, useCallback } from "react";

import type { EdgeDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { readDraggedSkill } from "../library/dragging";
import { typesFit } from "../workflow/connecting";
import { remove } from "../workflow/edits";
import { addEdge, addSkill } from "./actions";
import styles from "./Canvas.module.css";
import { CanvasTools } from "./CanvasTools";
import type { FlowEdge, FlowNode } from "./flow";
import { MANY_NODES } from "./measure";
import { PortEdge } from "./PortEdge";
import { SkillNode } from "./SkillNode";
import { useCanvasHandle } from "./useCanvasHandle";
import { useClipboard } from "./useClipboard";
import { useFlowEdges } from "./useFlowEdges";
import { useFlowNodes } from "./useFlowNodes";

const NODE_TYPES = { skill: SkillNode };
const EDGE_TYPES = { port: PortEdge };
const ARIA = {
  "node.a11yDescription.default": "Press Enter to select, Delete to remove",
  "node.a11yDescription.keyboardDisabled": "Press Enter to select, arrow keys to move, Delete to remove, Escape to leave",
};

const MAX_FOR_MINIMAP = 1000;
const MINIMAP_SIZE = { width: 150, height: 96 };

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
  const { editor, engine, notices } = workbench;
  const [nodes, changeNodes] = useFlowNodes();
  const [edges, changeEdges] = useFlowEdges();
  const session = useEditor((state) => state.session);
  const { zoom, toCanvas } = useCanvasHandle(session);
  useClipboard();

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
  const beforeDelete: OnBeforeDelete<FlowNode, FlowEdge> = useCallback(
    async (gone) => {
      const ids = new Set(gone.nodes.map(({ id }) => id));
      editor.edit((doc) => remove(doc, ids, new Set(gone.edges.map(({ id }) => id))));
      return false;
    },
    [editor],
  );
  const drop = (event: DragEvent) => {
    const skill = readDraggedSkill(event.dataTransfer, editor.store.getState().skills);
    if (!skill) return;
    event.preventDefault();
    addSkill(workbench, skill, toCanvas({ x: event.clientX - 60, y: event.clientY - 18 }));
  };

  return (
    <div className={styles.canvas} data-zoom={zoom} onDrop={drop} onDragOver={(event) => event.preventDefault()}>
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
        onConnectEnd={connectEnd}
        onBeforeDelete={beforeDelete}
        isValidConnection={fits}
        onlyRenderVisibleElements={nodes.length > MANY_NODES}
        deleteKeyCode={["Delete", "Backspace"]}
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        minZoom={0.05}
        maxZoom={2}
        connectionRadius={28}
        ariaLabelConfig={ARIA}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.3} color="var(--line-strong)" />
        {nodes.length > 0 && nodes.length <= MAX_FOR_MINIMAP && (
          <MiniMap className={styles.minimap} style={MINIMAP_SIZE} pannable zoomable ariaLabel="Overview" nodeBorderRadius={14} />
        )}
        <CanvasTools />
      </ReactFlow>
    </div>
  );
}

function edgeOf({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge): EdgeDoc | undefined {
  if (!sourceHandle || !targetHandle) return undefined;
  return { from: { node: source, port: sourceHandle }, to: { node: target, port: targetHandle } };
}
