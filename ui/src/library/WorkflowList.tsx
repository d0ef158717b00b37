import { useCallback } from "react";

import type { WorkflowsApi } from "../api/api";
import type { WorkflowSummary } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { formatRoute } from "../app/route";
import { Failure } from "../parts/Failure";
import { count } from "../parts/time";
import { BrokenFiles } from "./BrokenFiles";
import { useReturn } from "./useReturn";
import styles from "./WorkflowList.module.css";

type WorkflowListProps = {
  api: WorkflowsApi;
  /** The address of the open workflow. */
  current: string;
  /** Changes when the list is out of date, such as after saving. */
  stamp: string | null;
  onOpen: (workflow: WorkflowSummary) => void;
};

/** The workflows that can be opened: one's own, the team's, the examples. */
export function WorkflowList({ api, current, stamp, onOpen }: WorkflowListProps) {
  const { result, again } = useLoad(
    // oxlint-disable-next-line react/exhaustive-deps -- a new `stamp` asks for a new list
    useCallback((signal: AbortSignal) => api.listWorkflows(signal), [api, stamp]),
  );
  useReturn(again);
  if (result.state === "loading") return <p role="status" className={styles.note}>Loading workflows…</p>;
  if (result.state === "failed") return <div className={styles.note}><Failure error={result.error} again={again} /></div>;
  const { workflows, broken = [] } = result.value;

  return (
    <div className={styles.scroller}>
      {groups(workflows).map(([volume, list]) => (
        <section key={volume} aria-label={groupName(volume)}>
          <h2 className={styles.group}>{groupName(volume)}</h2>
          <ul>
            {list.map((workflow) => {
              const href = formatRoute({ at: "workflow", volume, id: workflow.workflow_id });
              return (
                <li key={workflow.workflow_id}>
                  <a
                    href={href}
                    className={styles.entry}
                    aria-current={href === current ? "page" : undefined}
                    onClick={(event) => {
                      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                      event.preventDefault();
                      onOpen(workflow);
                    }}
                  >
                    <span className={styles.name}>{workflow.name}</span>
                    <span className={styles.about}>
                      {workflow.workflow_id} · {count(workflow.n_nodes, "node")}
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      {workflows.length === 0 && <p className={styles.note}>No workflow yet</p>}
      {broken.length > 0 && <BrokenFiles files={broken} />}
    </div>
  );
}

/** `Examples` for the system volume, `Mine` for a person's own. */
export function groupName(volume: string): string {
  if (volume === "system") return "Examples";
  return volume.startsWith("user/") ? "Mine" : `Team ${volume.slice("team/".length)}`;
}

function groups(workflows: readonly WorkflowSummary[]): [string, WorkflowSummary[]][] {
  const byVolume = new Map<string, WorkflowSummary[]>();
  for (const one of workflows) byVolume.set(one.volume, [...(byVolume.get(one.volume) ?? []), one]);
  const rank = (volume: string) => (volume.startsWith("user/") ? 0 : volume === "system" ? 2 : 1);
  return [...byVolume].toSorted(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}
