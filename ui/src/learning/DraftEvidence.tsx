import type { DraftSummary } from "../api/schema";
import styles from "./DraftDetail.module.css";
import { percent } from "./gain";

/** What a draft rests on, and what traces that were held back said of it. */
export function DraftEvidence({ draft }: { draft: DraftSummary }) {
  const users = Object.entries(draft.users);
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Came up</dt>
        <dd>
          {draft.count.toLocaleString("en")} <small>{draft.count === 1 ? "time" : "times"}</small>
        </dd>
      </div>
      <div>
        <dt>Succeeded</dt>
        <dd>
          {percent(draft.success_rate)}
          <small>
            {draft.n_success} of {draft.count}, as measured; above {percent(draft.confidence)} for certain
          </small>
        </dd>
      </div>
      <div>
        <dt>People</dt>
        <dd>
          {users.length} <small>{users.map(([user, n]) => `${user} ${n}×`).join(", ")}</small>
        </dd>
      </div>
      <div>
        <dt>Proof</dt>
        <dd>
          {draft.n_passed} / {draft.n_held_back} <small>traces that were held back speak for it</small>
        </dd>
      </div>
    </dl>
  );
}
