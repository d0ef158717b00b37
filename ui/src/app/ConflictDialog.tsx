import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Prose } from "../parts/Prose";
import styles from "./Dialogs.module.css";
import type { Question } from "./filesState";

type ConflictDialogProps = {
  question: Extract<Question, { ask: "conflict" }>;
  saving: boolean;
  onMine: () => void;
  onTheirs: () => void;
  onCopy: () => void;
  onClose: () => void;
};

/** Asks what to do when the stored workflow is not the one that was changed. Nothing is lost either way. */
export function ConflictDialog({ question, saving, onMine, onTheirs, onCopy, onClose }: ConflictDialogProps) {
  return (
    <Dialog title="Somebody else saved this workflow" onClose={onClose}>
      <p>
        <Prose text={question.detail} />
      </p>
      <ul className={styles.choices}>
        <li>
          <Button look="primary" disabled={saving} onClick={onMine}>
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
