import type { Share } from "../api/schema";
import { Button } from "../parts/Button";
import { count, moment } from "../parts/time";
import styles from "./Share.module.css";

type ShareItemsProps = { shares: readonly Share[]; onRevoke: (shareId: string) => void };

/** The shares of a session. */
export function ShareItems({ shares, onRevoke }: ShareItemsProps) {
  if (shares.length === 0) return <p className={styles.aside}>Nobody but those who see its volume.</p>;
  return (
    <ul className={styles.items}>
      {shares.map((share) => (
        <li key={share.share_id} data-ended={share.ended}>
          <span>
            <b>{share.team === null ? `Link ${share.share_id}` : `Team ${share.team}`}</b>
            <small>{about(share)}</small>
          </span>
          <Button small look="danger" aria-label={`Revoke ${share.team ?? share.share_id}`} onClick={() => onRevoke(share.share_id)}>
            {share.ended ? "Remove" : "Revoke"}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function about({ created_at, ends_at, ended, message_count, by }: Share): string {
  const until = ends_at === null ? null : `${ended ? "ended" : "until"} ${moment(Date.parse(ends_at))}`;
  const shows = message_count === null ? "all messages" : `the first ${count(message_count, "message")}`;
  return [`by ${by}, ${moment(Date.parse(created_at))}`, shows, until].filter(Boolean).join(" · ");
}
