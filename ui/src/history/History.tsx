import { useState } from "react";
import { useStore } from "zustand";

import type { TraceSummary } from "../api/schema";
import { keyOf } from "../app/filesState";
import { useEditor, useFiles, useWorkbench } from "../app/useWorkbench";
import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { Prose } from "../parts/Prose";
import { StatusMark } from "../parts/StatusMark";
import { duration, moment } from "../parts/time";
import styles from "./History.module.css";
import { useTraces } from "./useTraces";

const NONE: readonly string[] = [];
const MARK = { success: "success", error: "error", cancelled: "skipped" } as const;
const WORD = { success: "succeeded", error: "failed", cancelled: "cancelled" } as const;

/** The runs of the open workflow, newest first: look at one, run it again, compare two. */
export function History() {
  const { api, board, draftRuns, viewing } = useWorkbench();
  const id = useEditor((state) => state.doc.workflow_id);
  const [all, setAll] = useState(false);
  const key = useFiles(({ route }) => keyOf(route));
  const earlier = useStore(draftRuns.store, (known) => known[key] ?? NONE);
  const saved = useBoard(board, (now) => savedId(now.phase()));
  const list = useTraces(api, all ? undefined : id, earlier, saved);
  const { trace, opening, picked, problem } = useStore(viewing.store);
  const [first, second] = picked;

  return (
    <div className={styles.history}>
      <div className={styles.head}>
        <label>
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> All workflows
        </label>
        {second !== undefined && first !== undefined && (
          <Button small look="primary" onClick={() => viewing.compare([first, second])}>
            Compare the two
          </Button>
        )}
      </div>
      {problem && (
        <p role="alert" className={styles.problem}>
          <Prose text={problem.message} />
          {problem.hint && <small><Prose text={problem.hint} /></small>}
        </p>
      )}
      {list.state === "failed" && <Failure error={list.error} again={list.again} />}
      {list.state === "loading" && <p role="status" className={styles.note}>Loading runs…</p>}
      {list.state === "ready" && list.traces.length === 0 && (
        <p className={styles.note}>{all ? "No run yet" : "This workflow has not run yet"}</p>
      )}
      <ul aria-label="Runs" className={styles.list}>
        {list.traces.map((one) => (
          <li key={one.trace_id} className={styles.row}>
            <input
              type="checkbox"
              aria-label={`Compare the run of ${when(one)}`}
              checked={picked.includes(one.trace_id)}
              onChange={() => viewing.pick(one.trace_id)}
            />
            <button
              type="button"
              className={styles.run}
              aria-current={trace?.trace_id === one.trace_id}
              title={`${one.trace_id}\n${one.volume}: ${one.path}`}
              onClick={() => void viewing.open(one.trace_id)}
            >
              <StatusMark status={opening === one.trace_id ? "running" : MARK[one.outcome ?? "cancelled"]} />
              <span className={styles.when}>{when(one)}</span>
              <span className={styles.what}>
                {said(one)}
              </span>
              {all && <span className={styles.workflow}>{one.workflow_id}</span>}
            </button>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <div className={styles.more}>
          <Button small look="ghost" onClick={list.more}>
            Older runs
          </Button>
        </div>
      )}
    </div>
  );
}

/** How it ended, where that is worth a word, and how long it took. */
function said({ outcome, duration_ms }: TraceSummary): string {
  const took = typeof duration_ms === "number" ? duration(duration_ms) : "";
  return outcome === "success" ? took || "succeeded" : [WORD[outcome ?? "cancelled"], took].filter(Boolean).join(" · ");
}

function when({ started_at }: TraceSummary): string {
  return started_at ? moment(Date.parse(started_at), true) : "an unknown time";
}

/** The trace that was kept last: a new one makes the list out of date. */
function savedId(phase: ReturnType<ReturnType<typeof useWorkbench>["board"]["phase"]>): string | null {
  return phase.phase === "ended" && phase.trace.state === "saved" ? phase.trace.trace.trace_id : null;
}
