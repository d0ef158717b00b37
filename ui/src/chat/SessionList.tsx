import { useCallback, useState } from "react";
import { useStore } from "zustand";

import type { Session } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { DeleteSession } from "./DeleteSession";
import { SessionRow } from "./SessionRow";
import styles from "./Sessions.module.css";

/** How many sessions of a volume are shown at first, and how many more each time. */
const STEP = 50;

/** The sessions of each volume. */
export function SessionList({ onDone }: { onDone: () => void }) {
  const { api, talk } = useWorkbench();
  const { result, again } = useLoad(
    useCallback(
      async (signal: AbortSignal) => {
        const [sessions, offered, { teams }] = await Promise.all([
          api.listSessions(signal),
          api.offeredSessions(signal),
          api.listTeams(signal),
        ]);
        return { sessions, offered, teams: teams.map(({ team_id }) => `team/${team_id}`) };
      },
      [api],
    ),
  );
  const open = useStore(talk.store, ({ session }) => session?.id);
  const [place, setPlace] = useState("user");
  const [leaving, setLeaving] = useState<Session | null>(null);
  const [shown, setShown] = useState(STEP);

  if (result.state === "loading") return <p role="status">Looking for sessions…</p>;
  if (result.state === "failed") return <Failure error={result.error} />;
  const { sessions, offered, teams } = result.value;

  const rows = (all: readonly Session[]) => (
    <ul>
      {all.slice(0, shown).map((session) => (
        <SessionRow
          key={session.id}
          session={session}
          current={session.id === open}
          onOpen={() => {
            void talk.open(session);
            onDone();
          }}
          onChanged={again}
          onDelete={() => setLeaving(session)}
        />
      ))}
    </ul>
  );

  return (
    <section className={styles.list} aria-label="Sessions">
      <form
        className={styles.begin}
        onSubmit={(event) => {
          event.preventDefault();
          talk.begin(place);
          onDone();
        }}
      >
        {teams.length > 0 && (
          <select aria-label="Volume of the new session" value={place} onChange={(event) => setPlace(event.target.value)}>
            <option value="user">Your own volume</option>
            {teams.map((team) => (
              <option key={team}>{team}</option>
            ))}
          </select>
        )}
        <Button submit small icon="plus" look="primary">
          New session
        </Button>
      </form>
      {sessions.length === 0 && <p>No session was kept yet. One begins with your first message.</p>}
      {[...byVolume(sessions)].map(([address, all]) => (
        <div key={address} role="group" aria-label={address}>
          <h3>{address}</h3>
          {rows(all)}
          {all.length > shown && (
            <Button small onClick={() => setShown(shown + STEP)}>
              Show more of {all.length}
            </Button>
          )}
        </div>
      ))}
      {[...byTeam(offered)].map(([team, all]) => (
        <div key={team} role="group" aria-label={`Offered to team ${team}`}>
          <h3>Offered to team {team}, read-only</h3>
          {rows(all)}
        </div>
      ))}
      {leaving && (
        <DeleteSession
          session={leaving}
          onClose={(deleted) => {
            setLeaving(null);
            if (deleted) again();
          }}
        />
      )}
    </section>
  );
}

function byVolume(sessions: readonly Session[]): Map<string, Session[]> {
  return groups(sessions, ({ address }) => address);
}

function byTeam<Offered extends { via: string }>(sessions: readonly Offered[]): Map<string, Offered[]> {
  return groups(sessions, ({ via }) => via);
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return found;
}
