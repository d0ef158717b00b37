import { useCallback, useState } from "react";

import type { GatheredArtifact, SessionArtifact } from "../api/schema";
import type { SessionRef } from "../api/sessions";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { bytes } from "../results/summary";
import { ArtifactBody } from "../session/ArtifactList";
import styles from "./Artifacts.module.css";

/** Everything that came of a session: each can be looked at and saved. */
export function ArtifactsDialog({ session, onClose }: { session: SessionRef; onClose: () => void }) {
  const { api } = useWorkbench();
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => api.sessionArtifacts(session, signal), [api, session]),
  );
  return (
    <Dialog wide title="What came of this session" onClose={onClose}>
      {result.state === "loading" && <p role="status">Looking through the messages…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && result.value.length === 0 && <p>No artifact came of it yet.</p>}
      {result.state === "ready" && (
        <ul className={styles.all} aria-label="Artifacts of the session">
          {result.value.map((artifact) => (
            <li key={`${artifact.kind}/${artifact.path ?? artifact.name}`}>
              <Item session={session} artifact={artifact} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function Item({ session, artifact }: { session: SessionRef; artifact: GatheredArtifact }) {
  const { kind, name, bytes: n, number, replaced } = artifact;
  const [open, setOpen] = useState(false);
  const title = (
    <>
      <b>{name}</b>
      <small>
        {[kind, n === null ? null : bytes(n), `message ${number}`, replaced ? "replaced" : null].filter(Boolean).join(" · ")}
      </small>
    </>
  );
  if (n === null) return <p>{title}</p>;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <Held session={session} artifact={artifact} />}
    </details>
  );
}

/** What an artifact holds: it is read when somebody opens it. */
function Held({ session, artifact }: { session: SessionRef; artifact: GatheredArtifact }) {
  const { api } = useWorkbench();
  const { number, kind, name, path } = artifact;
  const load = useCallback(
    async (signal: AbortSignal): Promise<SessionArtifact | null> => {
      const page = await api.readSession(session, { limit: 1, before: number + 1 }, signal);
      const all = page.messages.flatMap(({ artifacts }) => artifacts);
      return all.findLast((one) => one.kind === kind && (path === null ? one.name === name : one.path === path)) ?? null;
    },
    [api, session, number, kind, name, path],
  );
  const { result, again } = useLoad(load);
  if (result.state === "loading") return <p role="status">Reading it…</p>;
  if (result.state === "failed") return <Failure error={result.error} again={again} />;
  const content = result.value?.content;
  if (!result.value || content === undefined) return <p>It is not in the session any more.</p>;
  return <ArtifactBody artifact={result.value} content={content} />;
}
