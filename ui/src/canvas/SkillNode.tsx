import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo, useLayoutEffect, useRef } from "react";
import { useShallow } from "zustand/react/shallow";

import { useEditor, useWorkbench } from "../app/useWorkbench";
import { type NodeRun, type RunBoard, shownStatus } from "../execution/board";
import { useNodeRun } from "../execution/useBoard";
import { Icon } from "../parts/Icon";
import { typeColour } from "../parts/PortTypeTag";
import { StatusMark } from "../parts/StatusMark";
import { count, duration } from "../parts/time";
import { findNode } from "../workflow/edits";
import { nodeSkill, usedId } from "../workflow/uses";
import { type DrawnPort, drawnPorts, findingsOf, type FlowNode, nodeName } from "./flow";
import styles from "./SkillNode.module.css";
import { useMeasureAgain } from "./useMeasureAgain";

/** One step on the canvas: its name, ports, state and time. */
export const SkillNode = memo(function SkillNode({ id }: NodeProps<FlowNode>) {
  const { board } = useWorkbench();
  const node = useEditor((state) => findNode(state.doc, id));
  const skills = useEditor((state) => state.skills);
  const findings = useEditor((state) => findingsOf(state.findings, id));
  const run = useNodeRun(board, id);
  const status = shownStatus(run.state);
  const card = useRef<HTMLDivElement>(null);

  // The element that has the name and the focus is React Flow's; it says the state too.
  useLayoutEffect(() => {
    const wrapper = card.current?.closest<HTMLElement>(".react-flow__node");
    if (!wrapper) return;
    wrapper.dataset.status = status;
    wrapper.dataset.nodeId = id;
  }, [status, id]);

  const inputs = useEditor(useShallow((state) => drawnPorts(state.doc, id, "inputs", state.skills)));
  const outputs = useEditor(useShallow((state) => drawnPorts(state.doc, id, "outputs", state.skills)));
  useMeasureAgain(id, inputs, outputs);

  if (!node) return null;
  const skill = nodeSkill(node, skills);
  const nErrors = findings.filter((finding) => finding.severity === "error").length;

  return (
    <div ref={card} className={styles.card} data-look={status} data-nested={node.workflow ? true : undefined} title={run.parts && partsText(board, id)}>
      <div className={styles.head}>
        <StatusMark status={status} />
        <span className={styles.name}>{nodeName(node, skills)}</span>
      </div>
      <div className={styles.ports}>
        {Array.from({ length: Math.max(inputs.length, outputs.length) }, (_, row) => (
          <div key={row} className={styles.row}>
            <PortEnd port={inputs[row]} side="input" />
            <PortEnd port={outputs[row]} side="output" />
          </div>
        ))}
      </div>
      <div className={styles.foot}>
        <span className={styles.runtime}>{skill?.type ?? usedId(node)}</span>
        {findings.length > 0 && (
          <span
            className={nErrors > 0 ? styles.errors : styles.warnings}
            title={findings.map(({ message }) => message).join("\n")}
          >
            <Icon name="alert" size={12} />
            {nErrors > 0 ? count(nErrors, "problem") : count(findings.length, "warning")}
          </span>
        )}
        <StateText run={run} />
      </div>
    </div>
  );
});

function PortEnd({ port, side }: { port: DrawnPort | undefined; side: "input" | "output" }) {
  if (!port) return null;
  const input = side === "input";
  return (
    <div className={styles.port} data-side={side} title={`${port.name}: ${port.type}${port.description ? ` – ${port.description}` : ""}`}>
      <Handle
        id={port.name}
        type={input ? "target" : "source"}
        position={input ? Position.Left : Position.Right}
        className={styles.handle}
        data-type={port.type}
        style={{ "--port": typeColour(port.type) } as React.CSSProperties}
      />
      <span>{port.name}</span>
    </div>
  );
}

function StateText({ run }: { run: NodeRun }) {
  const status = shownStatus(run.state);
  if (status === "idle") return run.state === "queued" ? <span className={styles.state}>waiting</span> : null;
  const parts = run.parts && (status === "running" || run.parts.total > 1) && `${run.parts.done} of ${run.parts.total}`;
  return (
    <span className={styles.state}>
      {/* There is room for one of the two; that all went well shows in the colour. */}
      {parts && status === "success" ? parts : [status, parts].filter(Boolean).join(" ")}
      {run.durationMs !== undefined && status !== "cached" && ` · ${duration(run.durationMs)}`}
    </span>
  );
}

/** How far each part of a drawn node is, in a few lines. */
function partsText(board: RunBoard, id: string): string {
  const parts = board.parts(id);
  const lines = parts.slice(0, 12).map((part) => `${part.label || part.id}: ${board.node(part.id).state}`);
  return [...lines, ...(parts.length > lines.length ? [`and ${parts.length - lines.length} more`] : [])].join("\n");
}
