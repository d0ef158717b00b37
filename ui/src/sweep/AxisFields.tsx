import { useId } from "react";

import type { PortRef } from "../api/schema";
import { IconButton } from "../parts/IconButton";
import type { AxisDraft, AxisReading } from "./spec";
import styles from "./Sweep.module.css";

/** An input that can be swept. */
export type Sweepable = { ref: PortRef; label: string; type: string };

type AxisFieldsProps = {
  draft: AxisDraft;
  /** The type of the input. */
  type: string;
  inputs: readonly Sweepable[];
  reading: AxisReading;
  onChange: (draft: AxisDraft) => void;
  /** Takes another input in its place. */
  onInput: (ref: PortRef) => void;
  onRemove: (() => void) | undefined;
};

/** One swept input: which one, and the values that it takes. */
export function AxisFields({ draft, type, inputs, reading, onChange, onInput, onRemove }: AxisFieldsProps) {
  const id = useId();
  const set = (change: Partial<AxisDraft>) => onChange({ ...draft, ...change });
  const field = (name: "from" | "to" | "steps", label: string) => (
    <label>
      <span>{label}</span>
      <input inputMode="decimal" autoComplete="off" value={draft[name]} onChange={(event) => set({ [name]: event.target.value })} />
    </label>
  );
  return (
    <fieldset className={styles.axis}>
      <legend className="visually-hidden">Input</legend>
      <div className={styles.axisHead}>
        <select
          aria-label="Input to sweep"
          value={keyOf(draft)}
          onChange={(event) => {
            const chosen = inputs.find(({ ref }) => keyOf(ref) === event.target.value);
            if (chosen) onInput(chosen.ref);
          }}
        >
          {inputs.map(({ ref, label }) => (
            <option key={keyOf(ref)} value={keyOf(ref)}>
              {label}
            </option>
          ))}
        </select>
        <select aria-label="Kind of values" value={draft.kind} onChange={(event) => set({ kind: event.target.value === "list" ? "list" : "range" })}>
          <option value="range">Range</option>
          <option value="list">List</option>
        </select>
        {onRemove && <IconButton small icon="close" label="Leave this input out" onClick={onRemove} />}
      </div>
      {draft.kind === "range" ? (
        <div className={styles.range}>
          {field("from", "From")}
          {field("to", "To")}
          {field("steps", "Values")}
          <label>
            <span>Steps</span>
            <select value={draft.scale} onChange={(event) => set({ scale: event.target.value === "log" ? "log" : "linear" })}>
              <option value="linear">linear</option>
              <option value="log">logarithmic</option>
            </select>
          </label>
        </div>
      ) : (
        <label className={styles.list}>
          <span>{type === "string" ? "Values, one per line" : ["number", "integer", "boolean"].includes(type) ? "Values, with commas or line breaks between" : "Values as a JSON list"}</span>
          <textarea rows={3} spellCheck={false} aria-describedby={`${id}-bad`} value={draft.list} onChange={(event) => set({ list: event.target.value })} />
        </label>
      )}
      {!reading.ok && (
        <p id={`${id}-bad`} role="alert" className={styles.bad}>
          {reading.message}
        </p>
      )}
    </fieldset>
  );
}

export function keyOf({ node, port }: PortRef): string {
  return `${node} ${port}`;
}
