import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { count, moment } from "../parts/time";
import styles from "./DraftOffer.module.css";
import { useFiles, useWorkbench } from "./useWorkbench";

/** Offers unsaved changes that an earlier page left behind. */
export function DraftOffer() {
  const { files } = useWorkbench();
  const [newest, ...others] = useFiles((state) => state.offers);
  if (!newest) return null;
  return (
    <div role="group" aria-label="Unsaved changes" className={styles.offer}>
      <Icon name="info" />
      <p>
        Unsaved changes from {moment(newest.at)} are kept on this machine: {count(newest.doc.nodes.length, "node")}
        {others.length > 0 && `, and ${count(others.length, "older draft")}`}
      </p>
      <Button small look="primary" onClick={() => void files.restore(newest)}>
        Restore
      </Button>
      <Button small look="ghost" onClick={() => void files.discard(newest)}>
        Discard
      </Button>
    </div>
  );
}
