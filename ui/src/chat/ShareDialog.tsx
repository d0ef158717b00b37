import { type FormEvent, useCallback, useState } from "react";

import { explain } from "../api/api";
import type { MadeShare, Session } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { FreshLink } from "./FreshLink";
import { ShareItems } from "./ShareItems";
import styles from "./Share.module.css";

/** How long a share stays open, in days; `null` until it is revoked. */
const TERMS = { never: null, day: 1, week: 7, month: 30 } as const;

type Term = keyof typeof TERMS;

/** Lets others read a session, and shows who may. */
export function ShareDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const { api, notices } = useWorkbench();
  const { result: shares, again } = useLoad(useCallback((signal: AbortSignal) => api.listShares(session, signal), [api, session]));
  const { result: teams } = useLoad(useCallback((signal: AbortSignal) => api.listTeams(signal), [api]));
  const [team, setTeam] = useState("");
  const [follow, setFollow] = useState(false);
  const [term, setTerm] = useState<Term>("never");
  const [made, setMade] = useState<MadeShare | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // The members of its own team read it anyway.
  const others = teams.state === "ready" ? teams.value.teams.filter(({ team_id }) => `team/${team_id}` !== session.address) : [];

  const share = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const days = TERMS[term];
      const endsAt = days === null ? null : new Date(Date.now() + days * 86_400_000).toISOString();
      setMade(await api.shareSession(session, { team: team || null, follow: team === "" && follow, endsAt }));
      again();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const revoke = async (shareId: string) => {
    try {
      await api.revokeShare(session, shareId);
      if (made?.share_id === shareId) setMade(null);
    } catch (error) {
      notices.say({ tone: "error", ...explain(error) });
    }
    again();
  };

  return (
    <Dialog title="Share this session" onClose={onClose}>
      <div className={styles.share}>
        <form onSubmit={(event) => void share(event)}>
          <label>
            <span>With</span>
            <select value={team} onChange={(event) => setTeam(event.target.value)}>
              <option value="">Whoever has the link</option>
              {others.map(({ team_id }) => (
                <option key={team_id} value={team_id}>
                  Team {team_id}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>Until</span>
            <select value={term} onChange={(event) => setTerm(event.target.value as Term)}>
              <option value="never">It is revoked</option>
              <option value="day">One day is over</option>
              <option value="week">7 days are over</option>
              <option value="month">30 days are over</option>
            </select>
          </label>
          {team === "" && (
            <label className={styles.check}>
              <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />
              <span>Show also what is said later</span>
            </label>
          )}
          <p className={styles.aside}>
            {team === ""
              ? "Whoever has the link reads what was said, with all artifacts, and can change nothing. Look whether anything in it is secret."
              : `The members of ${team} read it, also what is said later, and can change nothing.`}
          </p>
          {problem !== null && <Failure error={problem} />}
          <div>
            <Button submit look="primary" icon="share" disabled={busy}>
              {team === "" ? "Make a link" : `Offer it to ${team}`}
            </Button>
          </div>
        </form>
        {made?.link && <FreshLink key={made.share_id} link={new URL(made.link, location.origin).href} />}
        <section aria-label="Shares">
          <h3>Who may read it now</h3>
          {shares.state === "loading" && <p role="status">Looking…</p>}
          {shares.state === "failed" && <Failure error={shares.error} again={again} />}
          {shares.state === "ready" && <ShareItems shares={shares.value} onRevoke={(id) => void revoke(id)} />}
        </section>
      </div>
    </Dialog>
  );
}
