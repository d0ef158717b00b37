import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { LineDiff } from "../review/LineDiff";
import styles from "./Chat.module.css";
import type { OfferedEdit } from "./exchange";

type EditCardProps = { offered: OfferedEdit; onAccept: () => void; onDismiss: () => void };

/** An edit of a skill that the model proposes: what would be different, and whether it is saved. */
export function EditCard({ offered: { edit, fate }, onAccept, onDismiss }: EditCardProps) {
  const { skill_id, name, volume, copy_of, reason, file } = edit;
  const done = fate.at === "saved" || fate.at === "dismissed";

  return (
    <section className={styles.proposal} aria-label={`Proposed edit of ${name}`} data-best={!done}>
      <header>
        <b>{name}</b>
        <small>
          {copy_of ? `a copy of \u201c${skill_id}\u201d from ${copy_of}, for ${volume}` : `an edit of \u201c${skill_id}\u201d in ${volume}`}
        </small>
      </header>
      <p>{reason}</p>
      {fate.at !== "dismissed" && <LineDiff path={file.path} hunks={file.hunks} />}
      {fate.at === "failed" && <Failure error={fate.error} />}
      {done ? (
        <p role="status">{fate.at === "saved" ? `Saved in ${volume} as commit ${fate.commit.slice(0, 8)}` : "Dismissed: nothing was saved"}</p>
      ) : (
        <div className={styles.actions}>
          <Button small icon="check" look="primary" disabled={fate.at === "saving"} onClick={onAccept}>
            Accept edit
          </Button>
          <Button small disabled={fate.at === "saving"} onClick={onDismiss}>
            Dismiss
          </Button>
        </div>
      )}
    </section>
  );
}
