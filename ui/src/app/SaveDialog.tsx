import { useId, useState } from "react";

import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Prose } from "../parts/Prose";
import styles from "./Dialogs.module.css";
import type { Question } from "./filesState";

type SaveDialogProps = {
  question: Extract<Question, { ask: "name" }>;
  saving: boolean;
  onSave: (workflowId: string, name: string) => void;
  onClose: () => void;
};

/** Asks for the name and the id of a workflow that is saved for the first time. */
export function SaveDialog({ question, saving, onSave, onClose }: SaveDialogProps) {
  const [name, setName] = useState(question.name);
  const [ownId, setOwnId] = useState(question.workflow_id);
  const id = ownId || idFrom(name);
  const field = useId();
  /** The id follows the name until somebody writes one. */
  const rename = (next: string) => {
    setName(next);
    if (ownId === question.workflow_id) setOwnId("");
  };

  return (
    <Dialog title="Save workflow" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSave(id, name.trim());
        }}
      >
        <label htmlFor={`${field}-name`}>Name</label>
        <input id={`${field}-name`} value={name} required autoComplete="off" onChange={(event) => rename(event.target.value)} />
        <label htmlFor={`${field}-id`}>Id</label>
        <input
          id={`${field}-id`}
          value={id}
          required
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${field}-about`}
          onChange={(event) => setOwnId(event.target.value)}
        />
        <p id={`${field}-about`} className={styles.about}>
          {ownId ? "" : "Made from the name. "}It is saved in your own volume as <code>workflows/{id || "…"}.md</code>
        </p>
        {question.problem && (
          <p role="alert" className={styles.problem}>
            <Prose text={question.problem.message} />
            {question.problem.hint && (
              <>
                {" – "}
                <Prose text={question.problem.hint} />
              </>
            )}
          </p>
        )}
        <div className={styles.actions}>
          <Button onClick={onClose}>Not now</Button>
          <Button submit look="primary" icon="save" disabled={saving || !id || !name.trim()}>
            {saving ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A first idea of an id; the server says whether it will do. */
function idFrom(name: string): string {
  const words = name.normalize("NFKD").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, 100);
}
