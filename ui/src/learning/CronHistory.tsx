import { useCallback } from "react";

import type { CronsApi } from "../api/learning";
import { useLoad } from "../api/useLoad";
import { Failure } from "../parts/Failure";
import { CronRunLine } from "./CronResult";
import styles from "./CronResult.module.css";

/** The last runs of a cron, newest first; read again when `stamp` changes. */
export function CronHistory({ api, id, stamp }: { api: CronsApi; id: string; stamp: number }) {
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- a new run makes the list out of date
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => api.cronHistory(id, signal), [api, id, stamp]));
  switch (result.state) {
    case "loading":
      return <p role="status">Loading earlier runs…</p>;
    case "failed":
      return <Failure error={result.error} again={again} />;
    case "ready":
      return (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard
        <ul aria-label="Earlier runs" className={styles.history} tabIndex={0}>
          {result.value.runs.map((run) => (
            <li key={run.run}>
              <CronRunLine run={run} />
            </li>
          ))}
        </ul>
      );
  }
}
