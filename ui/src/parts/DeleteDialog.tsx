import { type ReactNode, useState } from "react";

import { Button } from "./Button";
import styles from "./DeleteDialog.module.css";
import { Dialog } from "./Dialog";
import { Failure } from "./Failure";

type DeleteDialogProps = {
  title: string;
  /** What goes, and what stays. */
  children: ReactNode;
  remove: () => Promise<void>;
  onClose: (deleted: boolean) => void;
};

/** Asks before something is deleted; what goes wrong is said in the dialog, which stays open. */
export function DeleteDialog({ title, children, remove, onClose }: DeleteDialogProps) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const decide = async () => {
    setBusy(true);
    try {
      await remove();
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <div className={styles.ask}>
        <p>{children}</p>
        {problem !== null && <Failure error={problem} />}
        <div className={styles.choice}>
          <Button look="danger" icon="trash" disabled={busy} onClick={() => void decide()}>
            Delete
          </Button>
          <Button onClick={() => onClose(false)}>Keep</Button>
        </div>
      </div>
    </Dialog>
  );
}
