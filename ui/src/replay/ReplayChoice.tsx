import { useCallback } from "react";

import { useLoad } from "../api/useLoad";
import { formatRoute } from "../app/route";
import { useWorkbench } from "../app/useWorkbench";
import { SessionMark } from "../chat/SessionMark";
import { Failure } from "../parts/Failure";
import { count, moment } from "../parts/time";
import { replayRoute } from "./place";
import styles from "./Replay.module.css";

/** How many sessions are shown. */
const MOST = 100;

/** The sessions that can be gone through, the one that was changed last first. */
export function ReplayChoice() {
  const { api, places } = useWorkbench();
  const { result, again } = useLoad(
    useCallback(
      async (signal: AbortSignal) => (await Promise.all([api.listSessions(signal), api.offeredSessions(signal)])).flat(),
      [api],
    ),
  );
  const all = result.state === "ready" ? result.value.filter(({ message_count }) => message_count > 0) : [];
  const newest = all.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at)).slice(0, MOST);

  return (
    <section className={styles.choice} aria-label="Sessions">
      <h1>Replay</h1>
      <p>Go through a session step by step: what was asked, which skills went along, and what came of it.</p>
      {result.state === "loading" && <p role="status">Looking for sessions…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && newest.length === 0 && <p>No session was kept yet. One begins with your first message in the chat.</p>}
      <ul>
        {newest.map((session) => {
          const route = replayRoute(session);
          return (
            <li key={session.id}>
              <a
                href={formatRoute(route)}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
                  event.preventDefault();
                  places.show(route);
                }}
              >
                <b>{session.name}</b>
                <small>
                  {session.address} · {count(session.message_count, "message")} · {moment(Date.parse(session.updated_at))}
                </small>
              </a>
              <SessionMark session={session} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
