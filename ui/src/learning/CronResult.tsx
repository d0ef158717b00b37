import type { CronRun } from "../api/schema";
import { Prose } from "../parts/Prose";
import { SafeText } from "../parts/SafeText";
import { StatusMark } from "../parts/StatusMark";
import { duration, moment } from "../parts/time";
import styles from "./CronResult.module.css";
import { percent } from "./gain";
import { patternsOf, said } from "./report";

/** How many patterns of a result are shown. */
const MAX_PATTERNS = 3;

const MARK = { done: "success", failed: "error", lost: "skipped", running: "running" } as const;
const WORD = { done: "Done", failed: "Failed", lost: "Interrupted", running: "Running" } as const;

/** How the last run of a cron ended. */
export function CronResult({ run }: { run: CronRun | null }) {
  if (!run) return <p className={styles.never}>It has not run yet</p>;
  const patterns = patternsOf(run.report);
  return (
    <div className={styles.result}>
      <CronRunLine run={run} />
      {patterns.length > 0 && (
        <ul aria-label="Patterns" className={styles.patterns}>
          {patterns.slice(0, MAX_PATTERNS).map(({ description, count, success_rate }) => (
            <li key={description}>
              <span>
                <SafeText text={description} />
              </span>{" "}
              {count}×, {percent(success_rate)}
            </li>
          ))}
          {patterns.length > MAX_PATTERNS && <li>and {patterns.length - MAX_PATTERNS} more</li>}
        </ul>
      )}
      {run.error && (
        <p className={styles.error}>
          <Prose text={run.error} />
        </p>
      )}
    </div>
  );
}

/** A run on a line: how it ended, when, and what came of it. */
export function CronRunLine({ run }: { run: CronRun }) {
  const took = run.ended_at ? Date.parse(run.ended_at) - Date.parse(run.started_at) : null;
  const found = said(run.report);
  return (
    <div className={styles.line}>
      <StatusMark status={MARK[run.outcome]} />
      <span>
        <strong>{WORD[run.outcome]}</strong> <time dateTime={run.started_at}>{moment(Date.parse(run.started_at))}</time>
        {took !== null && run.outcome !== "lost" && <span className={styles.dim}> in {duration(took)}</span>}
        {run.asked_by && <span className={styles.dim}> · asked by {run.asked_by}</span>}
        {run.attempt > 1 && <span className={styles.dim}> · try {run.attempt}</span>}
        {found && <span className={styles.found}>{found}</span>}
      </span>
    </div>
  );
}
