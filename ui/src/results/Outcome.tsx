import type { RunPhase, Tally, TraceState } from "../execution/board";
import { Button } from "../parts/Button";
import { Prose } from "../parts/Prose";
import { StatusMark } from "../parts/StatusMark";
import { count, duration } from "../parts/time";
import styles from "./Results.module.css";

type OutcomeProps = {
  phase: RunPhase;
  /** How many runs of the workflow it was, where it was a sweep. */
  nRuns?: number | undefined;
  onKeepAgain: () => void;
};

/** How the newest run ended, and where it is kept; read out as it changes. */
export function Outcome({ phase, nRuns, onKeepAgain }: OutcomeProps) {
  return (
    <div className={styles.outcome} role="status" aria-label="Outcome" data-phase={phase.phase}>
      <Line phase={phase} nRuns={nRuns} onKeepAgain={onKeepAgain} />
    </div>
  );
}

function Line({ phase, nRuns, onKeepAgain }: OutcomeProps) {
  switch (phase.phase) {
    case "none":
      return null;
    case "preparing":
      return (
        <>
          <StatusMark status="running" />
          Preparing the run
        </>
      );
    case "running":
      return (
        <>
          <StatusMark status="running" />
          Running
        </>
      );
    case "refused":
      return (
        <span className={styles.refused}>
          <StatusMark status="error" />
          <span>
            <b>Not run:</b> <Prose text={phase.message} />
            {phase.hint && (
              <span className={styles.hint}>
                {" – "}
                <Prose text={phase.hint} />
              </span>
            )}
          </span>
        </span>
      );
    case "ended":
      return (
        <>
          <StatusMark status={phase.outcome === "cancelled" ? "skipped" : phase.outcome} />
          <span>
            <b>{VERB[phase.outcome]}</b> {duration(phase.durationMs)}
            <span className={styles.tally}>{nRuns === undefined ? tallyText(phase.tally) : sweepText(nRuns, phase.tally)}</span>
          </span>
          <Trace trace={phase.trace} onKeepAgain={onKeepAgain} />
        </>
      );
  }
}

const VERB = { success: "Succeeded in", error: "Failed after", cancelled: "Cancelled after" };

function Trace({ trace, onKeepAgain }: { trace: TraceState; onKeepAgain: () => void }) {
  if (trace.state === "saving") return <span className={styles.trace}>Saving the trace…</span>;
  if (trace.state === "saved") {
    const { trace_id, commit, path, volume } = trace.trace;
    return (
      <span className={styles.trace} title={`${volume}: ${path}`}>
        Saved as <code>{trace_id}</code> commit <code>{commit.slice(0, 7)}</code>
      </span>
    );
  }
  return (
    <span className={styles.trace} data-failed="true">
      Trace not saved: <Prose text={trace.message} />
      {trace.hint && (
        <>
          {" – "}
          <Prose text={trace.hint} />
        </>
      )}
      <Button small onClick={onKeepAgain}>
        Save trace again
      </Button>
    </span>
  );
}

function sweepText(nRuns: number, { success, cached, error, skipped }: Tally): string {
  return `${count(nRuns, "run")} of ${count(success + cached + error + skipped, "node")}`;
}

function tallyText({ success, cached, error, skipped }: Tally): string {
  const parts = [
    [success, "ran"],
    [cached, "cached"],
    [error, "failed"],
    [skipped, "skipped"],
  ] as const;
  return parts.flatMap(([n, word]) => (n > 0 ? `${n} ${word}` : [])).join(", ");
}
