import { useState } from "react";

import { explain } from "../api/api";
import type { OpenSession } from "./talk";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import { count } from "../parts/time";
import { replayRoute } from "../replay/place";
import { SessionMark } from "./SessionMark";
import { ArtifactsDialog } from "./ArtifactsDialog";
import { ShareDialog } from "./ShareDialog";
import styles from "./Sessions.module.css";

/** What is kept of the conversation, and what can be made of it. */
export function SessionBar({ session }: { session: OpenSession }) {
  const { api, talk, notices, places, view } = useWorkbench();
  const [sharing, setSharing] = useState(false);
  const [gathering, setGathering] = useState(false);
  const [busy, setBusy] = useState(false);
  const committed = session.state === "committed";

  const commit = async () => {
    setBusy(true);
    try {
      const kept = await api.commitSession(session, !session.may_commit);
      talk.changed(session, kept);
      notices.say({
        tone: "info",
        message: `\`${kept.name}\` is kept in volume \`${kept.commit_volume}\` as ${kept.commit_hash?.slice(0, 10)}`,
        hint: null,
      });
    } catch (error) {
      notices.say({ tone: "error", ...explain(error) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.bar} role="group" aria-label="Session">
      <p className={styles.what}>
        <b title={session.name}>{session.name}</b>
        <small>
          {session.address} · {count(session.message_count, "message")}
        </small>
      </p>
      <SessionMark session={session} />
      <span className={styles.take}>
        <a href={api.exportUrl(session, "markdown")} download title="Take the session along as Markdown">
          .md
        </a>
        <a href={api.exportUrl(session, "json")} download title="Take the session along as JSON">
          .json
        </a>
      </span>
      <span className={styles.tools}>
        <IconButton
          small
          icon="play"
          label="Go through it step by step"
          disabled={session.message_count === 0}
          onClick={() => {
            if (matchMedia("(max-width: 760px)").matches) view.set({ chat: false });
            places.show(replayRoute(session));
          }}
        />
        <IconButton small icon="file" label="What came of this session" onClick={() => setGathering(true)} />
        {session.may_change && <IconButton small icon="share" label="Share this session" onClick={() => setSharing(true)} />}
      </span>
      <Button
        small
        icon="save"
        disabled={busy || committed || session.message_count === 0}
        title={session.may_commit ? `One commit in ${session.address}` : "One commit in your own volume"}
        onClick={() => void commit()}
      >
        {session.may_commit ? "Commit" : "Commit to my volume"}
      </Button>
      {gathering && <ArtifactsDialog session={session} onClose={() => setGathering(false)} />}
      {sharing && <ShareDialog session={session} onClose={() => setSharing(false)} />}
    </div>
  );
}
