import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

import { useWorkbench } from "../app/useWorkbench";
import { useNodeRun } from "../execution/useBoard";
import { typeColour } from "../parts/PortTypeTag";
import type { FlowEdge } from "./flow";
import styles from "./PortEdge.module.css";

/** A line from an output to an input, in the colour of what flows; it moves while its target runs. */
export const PortEdge = memo(function PortEdge(props: EdgeProps<FlowEdge>) {
  const { board } = useWorkbench();
  const flowing = useNodeRun(board, props.target).state === "running";
  const [path] = getBezierPath(props);
  return (
    <BaseEdge
      id={props.id}
      path={path}
      interactionWidth={18}
      className={`${styles.edge} ${flowing ? styles.flowing : ""} ${props.selected ? styles.selected : ""}`}
      style={{ stroke: typeColour(props.data?.type ?? "any") }}
    />
  );
});
