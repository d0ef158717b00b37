import { useStore } from "zustand";

import { useEditor, useWorkbench } from "../app/useWorkbench";
import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { StatusMark } from "../parts/StatusMark";
import { count, moment } from "../parts/time";
import { portLabel } from "../workflow/connecting";
import styles from "./History.module.css";
import type { Verdict } from "./replay";

/** Says that the canvas shows an earlier run, and what can be done with it. */
export function TraceBanner() {
  const { board, viewing } = useWorkbench();
  const { trace, replay } = useStore(viewing.store);
  const busy = useBoard(board, (now) => now.isBusy());
  if (!trace) return null;
  return (
    <div role="group" aria-label="Earlier run" className={styles.banner}>
      <div className={styles.bannerLine}>
        <StatusMark status={busy ? "running" : "idle"} />
        <span>
          {replay ? "Replay of the run" : "Run"} of <b>{moment(Date.parse(trace.run.started_at), true)}</b>, to look at only
        </span>
        <Button small icon="retry" disabled={busy} title="Runs it again with the very skills it ran with, and compares the results" onClick={() => void viewing.replay()}>
          Replay
        </Button>
        <Button small disabled={busy} title="Puts the nodes as that run had them in place of those on the canvas; undo brings yours back" onClick={viewing.restore}>
          Restore this version
        </Button>
        <Button small look="primary" onClick={viewing.back}>
          Back to the workflow
        </Button>
      </div>
      {replay?.state === "done" && <VerdictText verdict={replay.verdict} />}
    </div>
  );
}

function VerdictText({ verdict: { nSame, deviations } }: { verdict: Verdict }) {
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  return (
    <div className={styles.verdict} role="status" aria-label="Result of the replay">
      {deviations.length === 0 ? (
        <p>Same results: {count(nSame, "output")} of {nSame} agree</p>
      ) : (
        <>
          <p>
            {count(deviations.length, "output")} differ, {nSame} agree
          </p>
          <ul>
            {deviations.slice(0, 20).map(({ node, port, what }) => (
              <li key={`${node} ${port}`}>
                {port ? portLabel(doc, skills, { node, port }) : node}: {what}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
