import { type ReactNode, useId } from "react";

import type { ExecutableSkill, NodeDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { useNodeRun } from "../execution/useBoard";
import { duration } from "../parts/time";
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from "../run/limits";
import { type NodePatch, patchNode } from "../workflow/edits";
import fields from "./Fields.module.css";
import styles from "./Inspector.module.css";
import { NumberField } from "./NumberField";

/** How long a node may take, how much memory it may use and how often it is tried, beside what was measured. */
export function Limits({ node, skill }: { node: NodeDoc; skill: ExecutableSkill | undefined }) {
  const { board, editor } = useWorkbench();
  const { durationMs, heapBytes } = useNodeRun(board, node.id);
  const busy = useEditor((state) => state.readOnly);
  const set = (patch: NodePatch) =>
    editor.edit((doc) => patchNode(doc, node.id, patch), `${Object.keys(patch).join(" ")} ${node.id}`);

  return (
    <details className={styles.section} open={node.timeout_ms !== undefined || node.memory_mb !== undefined || node.retries !== undefined}>
      <summary>Limits</summary>
      <Row
        label="Time limit"
        unit="s"
        value={node.timeout_ms === undefined ? undefined : node.timeout_ms / 1000}
        usual={(skill?.timeout_ms ?? DEFAULT_TIMEOUT_MS) / 1000}
        by={skill?.timeout_ms ? "skill" : "default"}
        disabled={busy}
        measured={durationMs !== undefined && `took ${duration(durationMs)}`}
        onChange={(seconds) => set({ timeout_ms: seconds === undefined ? undefined : Math.max(1, Math.round(seconds * 1000)) })}
      />
      <Row
        label="Memory limit"
        unit="MB"
        value={node.memory_mb}
        usual={skill?.memory_mb ?? DEFAULT_MEMORY_MB}
        by={skill?.memory_mb ? "skill" : "default"}
        disabled={busy}
        measured={heapBytes !== undefined && `interpreter at ${Math.round(heapBytes / 2 ** 20)} MB`}
        onChange={(mb) => set({ memory_mb: mb === undefined ? undefined : Math.max(1, Math.round(mb)) })}
      />
      <Row
        label="Tries after a failure"
        unit="×"
        value={node.retries}
        usual={0}
        by="default"
        disabled={busy}
        measured={false}
        onChange={(retries) => set({ retries: retries === undefined ? undefined : Math.max(0, Math.round(retries)) })}
      />
      {skill?.packages.length ? <p className={fields.note}>Loads {skill.packages.join(", ")}</p> : null}
    </details>
  );
}

type RowProps = {
  label: string;
  unit: string;
  value: number | undefined;
  /** What holds when nothing is written. */
  usual: number;
  by: "skill" | "default";
  disabled: boolean;
  measured: ReactNode;
  onChange: (value: number | undefined) => void;
};

function Row({ label, unit, value, usual, by, disabled, measured, onChange }: RowProps) {
  const id = useId();
  return (
    <div className={styles.limit}>
      <label htmlFor={id}>{label}</label>
      <fieldset disabled={disabled} className={styles.limitField}>
        <NumberField id={id} value={value} placeholder={`${usual} (${by})`} describedBy={`${id}-measured`} onChange={onChange} />
        <span className={styles.unit}>{unit}</span>
      </fieldset>
      <span id={`${id}-measured`} className={styles.measured}>
        {measured || null}
      </span>
    </div>
  );
}
