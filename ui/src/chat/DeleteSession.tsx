import type { Session } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { DeleteDialog } from "../parts/DeleteDialog";
import { count } from "../parts/time";

/** Asks before a session is deleted. */
export function DeleteSession({ session, onClose }: { session: Session; onClose: (deleted: boolean) => void }) {
  const { api, talk } = useWorkbench();
  const remove = async () => {
    await api.deleteSession(session);
    talk.changed(session, null);
  };

  return (
    <DeleteDialog title="Delete this session?" remove={remove} onClose={onClose}>
      <b>{session.name}</b> with its {count(session.message_count, "message")} is deleted for everybody who sees it.
      {session.commit_volume
        ? ` What was committed stays in ${session.commit_volume}.`
        : " No commit keeps it: nothing of it is left."}
    </DeleteDialog>
  );
}
