import { useState } from "react";

import type { BlobFile } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import styles from "./Files.module.css";

type DeleteFileProps = { volume: string; file: BlobFile; onClose: (deleted: boolean) => void };

/** Asks before a file is taken out of its volume. */
export function DeleteFile({ volume, file: { name, path, hash }, onClose }: DeleteFileProps) {
  const { api } = useWorkbench();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    setBusy(true);
    try {
      await api.deleteFile({ volume, path, hash });
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Dialog title="Delete this file?" onClose={() => onClose(false)}>
      <p className={styles.words}>
        <b>{name}</b> goes from {volume}, as one commit. Earlier commits still have it: its content stays until nothing refers to
        it any more.
      </p>
      {problem !== null && <Failure error={problem} />}
      <div className={styles.choice}>
        <Button look="danger" icon="trash" disabled={busy} onClick={() => void remove()}>
          Delete
        </Button>
        <Button onClick={() => onClose(false)}>Keep</Button>
      </div>
    </Dialog>
  );
}
