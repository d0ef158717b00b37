import { useState } from "react";

import type { Take } from "../api/schema";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Prose } from "../parts/Prose";
import { count } from "../parts/time";
import { ConflictChoice } from "./ConflictChoice";
import styles from "./Dialogs.module.css";
import type { Question } from "./filesState";

type ConflictDialogProps = {
  question: Extract<Question, { ask: "conflict" }>;
  saving: boolean;
  onChoose: (choices: Record<string, Take>) => void;
  onMine: () => void;
  onTheirs: () => void;
  onCopy: () => void;
  onClose: () => void;
};

/** Asks what to do when the stored workflow is not the one that was changed. Nothing is lost either way. */
export function ConflictDialog({ question, saving, onChoose, onMine, onTheirs, onCopy, onClose }: ConflictDialogProps) {
  const { conflicts } = question;
  const [chosen, setChosen] = useState<Record<string, Take>>({});
  const open = conflicts.filter(({ key }) => !chosen[key]).length;

  return (
    <Dialog title="Somebody else saved this workflow" onClose={onClose}>
      <p>
        <Prose text={question.detail} />
      </p>
      {conflicts.length > 0 && (
        <form
          className={styles.conflicts}
          onSubmit={(event) => {
            event.preventDefault();
            onChoose(chosen);
          }}
        >
          <p>Everything else fits together. Choose for each of these:</p>
          {conflicts.map((conflict) => (
            <ConflictChoice
              key={conflict.key}
              conflict={conflict}
              chosen={chosen[conflict.key]}
              onChoose={(take) => setChosen((now) => ({ ...now, [conflict.key]: take }))}
            />
          ))}
          <Button look="primary" submit disabled={saving || open > 0}>
            Save with these choices
          </Button>
          {open > 0 && <small>{count(open, "choice")} left</small>}
        </form>
      )}
      <ul className={styles.choices}>
        <li>
          <Button {...(conflicts.length === 0 && { look: "primary" as const })} disabled={saving} onClick={onMine}>
            Keep mine
          </Button>
          <p>Saves what is on the canvas as the newest version. The other one stays in the history.</p>
        </li>
        <li>
          <Button disabled={saving} onClick={onTheirs}>
            Open theirs
          </Button>
          <p>Shows the stored version. Undo brings your changes back.</p>
        </li>
        <li>
          <Button disabled={saving} onClick={onCopy}>
            Save a copy
          </Button>
          <p>Saves yours under another id, and leaves theirs alone.</p>
        </li>
      </ul>
    </Dialog>
  );
}
