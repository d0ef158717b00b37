import { useState } from "react";

import type { Session } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { count } from "../parts/time";
import styles from "./Sessions.module.css";

/** Asks before a session is deleted. */
export function DeleteSession({ session, onClose }: { session: Session; onClose: (deleted: boolean) => void }) {
  const { api, talk } = useWorkbench();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const remove = async () => {
    setBusy(true);
    try {
      await api.deleteSession(session);
      talk.changed(session, null);
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Dialog title="Delete this session?" onClose={() => onClose(false)}>
      <div className={styles.confirm}>
        <p>
          <b>{session.name}</b> with its {count(session.message_count, "message")} is deleted for everybody who sees it.
          {session.commit_volume
            ? ` What was committed stays in ${session.commit_volume}.`
            : " No commit keeps it: nothing of it is left."}
        </p>
        {problem !== null && <Failure error={problem} />}
        <div className={styles.choice}>
          <Button look="danger" icon="trash" disabled={busy} onClick={() => void remove()}>
            Delete
          </Button>
          <Button onClick={() => onClose(false)}>Keep</Button>
        </div>
      </div>
    </Dialog>
  );
}
