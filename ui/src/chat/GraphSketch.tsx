import { useMemo } from "react";

import type { WorkflowDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import styles from "./Chat.module.css";

const WIDTH = 104;
const HEIGHT = 26;
const GAP = { x: 22, y: 10 };

/** A workflow in small: its levels from left to right, as the engine finds them. */
export function GraphSketch({ workflow }: { workflow: WorkflowDoc }) {
  const { engine } = useWorkbench();
  const skills = useEditor((state) => state.skills);
  // Before the skills of its nodes are known, its steps stand in a row.
  const levels = useMemo(
    () => engine.levels(workflow, skills) ?? workflow.nodes.map(({ id }) => [id]),
    [engine, workflow, skills],
  );
  const places = new Map<string, { x: number; y: number }>();
  levels.forEach((level, column) => {
    level.forEach((id, row) => places.set(id, { x: column * (WIDTH + GAP.x), y: row * (HEIGHT + GAP.y) }));
  });
  const width = levels.length * (WIDTH + GAP.x) - GAP.x;
  const height = Math.max(1, ...levels.map((level) => level.length)) * (HEIGHT + GAP.y) - GAP.y;
  const names = workflow.nodes.map(({ id }) => id).join(", ");

  return (
    // A scrolling region must be reachable with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways
    <div className={styles.sketch} role="group" aria-label="Sketch of the workflow" tabIndex={0}>
      <svg role="img" aria-label={`Steps: ${names}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {workflow.edges.map(({ from, to }) => {
          const start = places.get(from.node);
          const end = places.get(to.node);
          if (!start || !end) return null;
          const [x1, y1, x2, y2] = [start.x + WIDTH, start.y + HEIGHT / 2, end.x, end.y + HEIGHT / 2];
          const middle = (x1 + x2) / 2;
          return (
            <path
              key={`${from.node}.${from.port} ${to.node}.${to.port}`}
              d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`}
              className={styles.wire}
            />
          );
        })}
        {workflow.nodes.map(({ id, name, skill_id }) => {
          const place = places.get(id);
          if (!place) return null;
          const label = name ?? (skill_id || id);
          return (
            <g key={id} transform={`translate(${place.x} ${place.y})`}>
              <title>{label}</title>
              <rect width={WIDTH} height={HEIGHT} rx={5} className={styles.box} />
              <text x={7} y={17}>{label.length > 14 ? `${label.slice(0, 13)}…` : label}</text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
