import { useId } from "react";

import type { NodeDoc } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { addEdge } from "../canvas/actions";
import { findingsOf } from "../canvas/flow";
import { fittingOutputs, portLabel } from "../workflow/connecting";
import { disconnect, edgeInto, patchNode, setInput } from "../workflow/edits";
import { nodeSkill, usedId } from "../workflow/uses";
import { Icon } from "../parts/Icon";
import { Prose } from "../parts/Prose";
import { InputField } from "./InputField";
import styles from "./Inspector.module.css";
import { Limits } from "./Limits";
import { NodeOutputs } from "./NodeOutputs";
import { NodeRunInfo } from "./NodeRunInfo";
import { RunActions } from "./RunActions";
import { SkillActions } from "./SkillActions";

/** The form of one node. */
export function NodeForm({ node }: { node: NodeDoc }) {
  const { editor } = useWorkbench();
  const skill = useEditor((state) => nodeSkill(node, state.skills));
  const findings = useEditor((state) => findingsOf(state.findings, node.id));
  const readOnly = useEditor((state) => state.readOnly);
  const inputs = new Set(skill?.inputs.map(({ name }) => name));
  const general = findings.filter(({ port }) => port === undefined || !inputs.has(port));
  const id = useId();

  return (
    <div className={styles.form}>
      <header className={styles.head}>
        <p className={styles.kind}>{skill?.type ?? "unknown skill"}</p>
        <p className={styles.id}>
          {skill ? `${skill.volume}/${usedId(node)}` : usedId(node)}
        </p>
        <label className="visually-hidden" htmlFor={`${id}-name`}>
          Node name
        </label>
        <input
          id={`${id}-name`}
          className={styles.name}
          readOnly={readOnly}
          value={node.name ?? ""}
          placeholder={skill?.name ?? node.id}
          onChange={(event) =>
            editor.edit(
              (doc) => patchNode(doc, node.id, { name: event.target.value || undefined }),
              `name ${node.id}`,
            )
          }
        />
        {skill && (
          <p className={styles.about}>
            <Prose text={skill.description} />
          </p>
        )}
        <RunActions nodes={[node.id]} />
        {skill && <SkillActions skill={skill} />}
      </header>
      {general.map((finding) => (
        <div key={finding.code + finding.message} className={styles.finding} data-severity={finding.severity}>
          <Icon name="alert" size={14} />
          <p>
            <Prose text={finding.message} />
            {finding.hint && <small><Prose text={finding.hint} /></small>}
          </p>
        </div>
      ))}
      <NodeRunInfo node={node.id} />
      <NodeInputs node={node} />
      <NodeOutputs node={node} skill={skill} />
      <Limits node={node} skill={skill} />
    </div>
  );
}

/** A field for each input. */
function NodeInputs({ node }: { node: NodeDoc }) {
  const workbench = useWorkbench();
  const { editor, engine, sweeps, view } = workbench;
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const findings = useEditor((state) => findingsOf(state.findings, node.id));
  const readOnly = useEditor((state) => state.readOnly);
  const skill = nodeSkill(node, skills);
  if (!skill || skill.inputs.length === 0) return null;

  return (
    <fieldset disabled={readOnly} className={styles.section} aria-label="Inputs">
      <h2>Inputs</h2>
      {skill.inputs.map((port) => {
        const input = { node: node.id, port: port.name };
        const edge = edgeInto(doc, input);
        return (
          <InputField
            key={port.name}
            port={port}
            value={node.inputs[port.name]}
            source={edge && { ref: edge.from, label: portLabel(doc, skills, edge.from) }}
            sources={fittingOutputs(engine, doc, skills, input).map((ref) => ({
              ref,
              label: portLabel(doc, skills, ref),
            }))}
            findings={findings.filter((finding) => finding.port === port.name)}
            onChange={(value) =>
              editor.edit((now) => setInput(now, input, value), `input ${node.id} ${port.name}`)
            }
            onSweep={() => {
              sweeps.ask(input);
              view.set({ dialog: "sweep" });
            }}
            onSource={(from) => {
              if (from) addEdge(workbench, { from, to: input });
              else editor.edit((now) => disconnect(now, input));
            }}
          />
        );
      })}
    </fieldset>
  );
}
