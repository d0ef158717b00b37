import { useState } from "react";

import { explain } from "../api/api";
import type { Session } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import { count, moment } from "../parts/time";
import { SessionMark } from "./SessionMark";
import styles from "./Sessions.module.css";

type SessionRowProps = {
  session: Session;
  current: boolean;
  onOpen: () => void;
  onChanged: () => void;
  onDelete: () => void;
};

/** One session of a list. */
export function SessionRow({ session, current, onOpen, onChanged, onDelete }: SessionRowProps) {
  const { api, talk, notices } = useWorkbench();
  const [name, setName] = useState<string | null>(null);

  const rename = async (next: string) => {
    try {
      talk.changed(session, await api.renameSession(session, next));
      setName(null);
      onChanged();
    } catch (error) {
      notices.say({ tone: "error", ...explain(error) });
    }
  };

  if (name !== null) {
    return (
      <li>
        <form
          className={styles.rename}
          onSubmit={(event) => {
            event.preventDefault();
            void rename(name);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            setName(null);
          }}
        >
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- it appears because somebody asked for it */}
          <input aria-label="Name of the session" value={name} autoFocus onChange={(event) => setName(event.target.value)} />
          <Button submit small>
            Rename
          </Button>
        </form>
      </li>
    );
  }
  return (
    <li data-current={current}>
      <button type="button" className={styles.open} aria-current={current} onClick={onOpen}>
        <b>{session.name}</b>
        <small>
          {count(session.message_count, "message")} · {moment(Date.parse(session.updated_at))}
        </small>
      </button>
      <SessionMark session={session} />
      {session.may_change && (
        <>
          <IconButton small icon="text" label={`Rename ${session.name}`} onClick={() => setName(session.name)} />
          <IconButton small icon="trash" label={`Delete ${session.name}`} onClick={onDelete} />
        </>
      )}
    </li>
  );
}
