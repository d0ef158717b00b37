import { useId } from "react";

import type { InterfaceDoc, PortRef } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { PortTypeTag } from "../parts/PortTypeTag";
import { portLabel, portType } from "../workflow/connecting";
import { samePort, setMeta } from "../workflow/edits";
import { firstInterface, possiblePorts, renamePort, togglePort } from "../workflow/interface";
import fields from "./Fields.module.css";
import styles from "./Inspector.module.css";

/** Which ports the open workflow has where another one uses it as a node. */
export function InterfaceForm() {
  const { editor } = useWorkbench();
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const readOnly = useEditor((state) => state.readOnly);
  const shown = doc.interface;
  const set = (next: InterfaceDoc | undefined, step?: string) => editor.edit((now) => setMeta(now, { interface: next }), step);
  if (doc.nodes.length === 0) return null;

  return (
    <details className={styles.section} open={shown !== undefined}>
      <summary>As a node</summary>
      <p className={fields.note}>
        {shown
          ? "Another workflow that uses this one as a node sees the ports that are ticked"
          : "Another workflow can use this one as a node. It sees every input and output that no edge touches"}
      </p>
      <div className={styles.actions}>
        {shown ? (
          <Button small disabled={readOnly} onClick={() => set(undefined)}>
            Show what no edge touches
          </Button>
        ) : (
          <Button small disabled={readOnly} onClick={() => set(firstInterface(doc, skills))}>
            Choose the ports
          </Button>
        )}
      </div>
      {shown &&
        (["inputs", "outputs"] as const).map((side) => (
          <fieldset key={side} disabled={readOnly} className={styles.ports}>
            <legend>{side === "inputs" ? "Inputs" : "Outputs"}</legend>
            {possiblePorts(doc, skills, side).map((ref) => (
              <PortLine
                key={`${ref.node} ${ref.port}`}
                label={portLabel(doc, skills, ref)}
                type={portType(doc, skills, ref, side) ?? "any"}
                name={nameOf(shown, side, ref)}
                onToggle={() => set(togglePort(shown, side, ref))}
                onRename={(name) => set(renamePort(shown, side, ref, name), `interface ${side} ${ref.node} ${ref.port}`)}
              />
            ))}
          </fieldset>
        ))}
    </details>
  );
}

type PortLineProps = {
  label: string;
  type: string;
  /** The name on the outside; `undefined` while it is hidden. */
  name: string | undefined;
  onToggle: () => void;
  onRename: (name: string) => void;
};

function PortLine({ label, type, name, onToggle, onRename }: PortLineProps) {
  const id = useId();
  return (
    <div className={styles.portLine}>
      <input id={id} type="checkbox" checked={name !== undefined} onChange={onToggle} />
      <label htmlFor={id}>{label}</label>
      <PortTypeTag type={type} />
      {name !== undefined && (
        <input className={fields.input} aria-label={`Name of ${label} on the outside`} value={name} onChange={(event) => onRename(event.target.value)} />
      )}
    </div>
  );
}

function nameOf(shown: InterfaceDoc, side: "inputs" | "outputs", ref: PortRef): string | undefined {
  return shown[side].find((one) => samePort(one, ref))?.name;
}
