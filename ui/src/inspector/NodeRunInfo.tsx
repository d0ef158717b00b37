import { useWorkbench } from "../app/useWorkbench";
import { shownStatus } from "../execution/board";
import { useNodeRun } from "../execution/useBoard";
import { LogView } from "../results/LogView";
import { Prose, sentence } from "../parts/Prose";
import { StatusMark } from "../parts/StatusMark";
import { duration } from "../parts/time";
import styles from "./Inspector.module.css";
import { PartList } from "./PartList";

/** How the newest run went for one node: state, error and what it printed. */
export function NodeRunInfo({ node }: { node: string }) {
  const { board } = useWorkbench();
  const run = useNodeRun(board, node);
  const status = shownStatus(run.state);
  if (run.state === "idle" && run.nLogs === 0) return null;

  return (
    <section className={styles.section} aria-label="Newest run">
      <p className={styles.state}>
        <StatusMark status={status} />
        <span>{sentence(run.state === "queued" ? "waiting" : status)}</span>
        {run.durationMs !== undefined && status !== "cached" && <span>{duration(run.durationMs)}</span>}
      </p>
      {run.error && (
        <div className={styles.failure} role="group" aria-label="Error">
          <ErrorText message={run.error.message} />
          {run.error.hint && (
            <p className={styles.hint}>
              <Prose text={run.error.hint} />
            </p>
          )}
        </div>
      )}
      <PartList node={node} />
      {run.nLogs > 0 && (
        <details open>
          <summary>Log</summary>
          <div className={styles.log}>
            <LogView board={board} node={node} maxHeight={150} />
          </div>
        </details>
      )}
    </section>
  );
}

/** A message in one line is prose; one with a traceback keeps its lines. */
function ErrorText({ message }: { message: string }) {
  return message.includes("\n") ? (
    <pre>{message}</pre>
  ) : (
    <p>
      <Prose text={message} />
    </p>
  );
}
