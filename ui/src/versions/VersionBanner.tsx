import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import styles from "../history/History.module.css";
import { Button } from "../parts/Button";
import { moment } from "../parts/time";

/** Says that the canvas shows an earlier version, and what can be done with it. */
export function VersionBanner() {
  const { looking } = useWorkbench();
  const { commit, busy } = useStore(looking.store);
  if (!commit) return null;
  return (
    <div role="group" aria-label="Earlier version" className={styles.banner}>
      <div className={styles.bannerLine}>
        <span>
          Version of <b>{moment(Date.parse(commit.time), true)}</b> by {commit.author}, to look at only
        </span>
        <Button small disabled={busy} title="Makes it the newest version; those in between stay in the history" onClick={() => void looking.restore()}>
          Restore this version
        </Button>
        <Button small look="primary" onClick={looking.back}>
          Back to the workflow
        </Button>
      </div>
    </div>
  );
}
