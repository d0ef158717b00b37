import type { Session } from "../api/schema";
import styles from "./Sessions.module.css";

/** Whether a commit holds all of a session, and which. */
export function SessionMark({ session: { state, commit_hash, commit_volume } }: { session: Session }) {
  const committed = state === "committed" && commit_hash !== null;
  const last = commit_hash ? `The last commit is ${commit_hash} in ${commit_volume}` : "No commit keeps it yet";
  return (
    <span className={styles.mark} data-state={state} title={committed ? `Committed in ${commit_volume}: ${commit_hash}` : last}>
      {committed ? commit_hash.slice(0, 8) : "uncommitted"}
    </span>
  );
}
