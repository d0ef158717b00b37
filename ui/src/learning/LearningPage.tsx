import { useCallback, useMemo, useState } from "react";

import { explain } from "../api/api";
import { cronsApi, type DraftsApi, draftsApi } from "../api/learning";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import type { PageProps } from "../pages/pages";
import { Failure } from "../parts/Failure";
import { CronCard } from "./CronCard";
import { DraftInbox } from "./DraftInbox";
import styles from "./LearningPage.module.css";
import { useCrons } from "./useCrons";

/** What the system learns by itself: when it looks, what it found, and what of it should become a skill. */
export function LearningPage({ rest }: PageProps) {
  const { api, notices, places, viewing } = useWorkbench();
  const crons = useMemo(() => cronsApi(api.config), [api]);
  const drafts: DraftsApi = useMemo(() => draftsApi(api.config), [api]);
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => drafts.listDrafts(signal), [drafts]));
  const { list, elapsed, error, again: look } = useCrons(crons, again);
  const [starting, setStarting] = useState<string | null>(null);

  const start = useCallback(
    async (id: string) => {
      setStarting(id);
      try {
        await crons.runCron(id);
      } catch (fault) {
        notices.say({ tone: "error", ...explain(fault) });
      }
      setStarting(null);
      look();
    },
    [crons, look, notices],
  );

  return (
    <div className={styles.page}>
      <section aria-labelledby="learning-crons">
        <header className={styles.head}>
          <h1 id="learning-crons">Learning</h1>
          <p>
            Each of these looks at what was done since it last ran. What recurs becomes a draft below; nothing changes
            until somebody accepts it.
          </p>
        </header>
        {error !== null && <Failure error={error} again={look} />}
        {list ? (
          <div className={styles.cards}>
            {list.crons.map((cron) => (
              <CronCard
                key={cron.id}
                api={crons}
                cron={starting === cron.id ? { ...cron, state: "due" } : cron}
                elapsed={elapsed}
                runsHere={list.runs_here}
                onRun={(id) => void start(id)}
              />
            ))}
          </div>
        ) : (
          error === null && <p role="status" className={styles.note}>Loading crons…</p>
        )}
      </section>

      <section aria-labelledby="learning-drafts" className={styles.drafts}>
        <h2 id="learning-drafts">Drafts</h2>
        {result.state === "loading" && <p role="status" className={styles.note}>Loading drafts…</p>}
        {result.state === "failed" && <Failure error={result.error} again={again} />}
        {result.state === "ready" && (
          <DraftInbox
            api={drafts}
            drafts={result.value.drafts}
            chosen={rest[0] === "drafts" ? rest[1] : undefined}
            onChoose={(id) => places.show({ at: "page", page: "learning", rest: ["drafts", id] })}
            onTrace={(id) => {
              places.back();
              void viewing.open(id);
            }}
            onDecided={again}
          />
        )}
      </section>
    </div>
  );
}
