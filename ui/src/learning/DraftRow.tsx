import type { DraftSummary } from "../api/schema";
import { SafeText } from "../parts/SafeText";
import { StatusMark } from "../parts/StatusMark";
import { count } from "../parts/time";
import styles from "./DraftInbox.module.css";
import { percent } from "./gain";
import { shelfOf } from "./shelf";

const MARK = { waiting: "idle", learned: "success", away: "skipped" } as const;

/** A draft in the list. */
export function DraftRow({ draft, current, onChoose }: { draft: DraftSummary; current: boolean; onChoose: () => void }) {
  return (
    <button type="button" aria-current={current ? "true" : undefined} className={styles.row} onClick={onChoose}>
      <StatusMark status={MARK[shelfOf(draft.status)]} />
      <span className={styles.title}>
        <SafeText text={draft.title} />
      </span>
      <span className={styles.kind}>{draft.kind}</span>
      <span className={styles.facts}>
        {count(draft.count, "time")}, {percent(draft.success_rate)} succeeded
        {draft.status === "unproven" && <em className={styles.stale}> · not proved</em>}
        {draft.stale && <em className={styles.stale}> · look again</em>}
      </span>
    </button>
  );
}
