import { useId } from "react";

import { useEditor, useWorkbench } from "../app/useWorkbench";
import { count } from "../parts/time";
import { setMeta } from "../workflow/edits";
import fields from "./Fields.module.css";
import { InterfaceForm } from "./InterfaceForm";
import styles from "./Inspector.module.css";

/** Name, description and tags of the open workflow. */
export function WorkflowForm() {
  const { editor } = useWorkbench();
  const doc = useEditor((state) => state.doc);
  const origin = useEditor((state) => state.origin);
  const id = useId();

  return (
    <div className={styles.form}>
      <header className={styles.head}>
        <p className={styles.kind}>workflow</p>
        <p className={styles.id}>
          {origin.kind === "stored" ? `${origin.volume}/${doc.workflow_id}` : "not saved yet"}
        </p>
      </header>
      <div className={styles.section}>
        <label className={styles.label} htmlFor={`${id}-name`}>
          Workflow name
        </label>
        <input
          id={`${id}-name`}
          className={fields.input}
          value={doc.name}
          onChange={(event) => editor.edit((now) => setMeta(now, { name: event.target.value }), "workflow name")}
        />
        <label className={styles.label} htmlFor={`${id}-about`}>
          Description
        </label>
        <textarea
          id={`${id}-about`}
          className={fields.input}
          rows={3}
          value={doc.description}
          onChange={(event) => editor.edit((now) => setMeta(now, { description: event.target.value }), "workflow text")}
        />
        <label className={styles.label} htmlFor={`${id}-tags`}>
          Tags
        </label>
        <input
          id={`${id}-tags`}
          className={fields.input}
          defaultValue={doc.tags.join(", ")}
          placeholder="chemistry, plot"
          onBlur={(event) => {
            const tags = event.target.value.split(",").map((tag) => tag.trim()).filter(Boolean);
            editor.edit((now) => (tags.join() === now.tags.join() ? now : setMeta(now, { tags })));
          }}
        />
      </div>
      <InterfaceForm />
      <p className={styles.facts}>
        {count(doc.nodes.length, "node")}, {count(doc.edges.length, "edge")}
      </p>
      {doc.nodes.length > 0 && <p className={styles.facts}>Select a node to set its inputs</p>}
    </div>
  );
}
