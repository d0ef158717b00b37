import { useId, useState } from "react";

import type { CronsApi } from "../api/learning";
import type { CronView } from "../api/schema";
import { Button } from "../parts/Button";
import { Icon, type IconName } from "../parts/Icon";
import { Prose } from "../parts/Prose";
import styles from "./CronCard.module.css";
import { CronHistory } from "./CronHistory";
import { CronResult } from "./CronResult";
import { countdown, waited } from "./countdown";

type CronCardProps = {
  api: CronsApi;
  cron: CronView;
  /** Seconds since the server told of it. */
  elapsed: number;
  /** Whether the server runs crons at all. */
  runsHere: boolean;
  onRun: (id: string) => void;
};

/** One cron: when it is due, how far it is, how it ended, and a button that starts it. */
export function CronCard({ api, cron, elapsed, runsHere, onRun }: CronCardProps) {
  const title = useId();
  const reason = useId();
  const [looksBack, setLooksBack] = useState(false);
  const { name, icon, learns } = wording(cron.volume);
  const running = cron.state === "running";
  const left = Math.max(0, cron.seconds_left - elapsed);
  const refusal = runsHere ? cron.may_not_because : "this server runs no crons; start it without `--no-crons`";

  return (
    <article aria-labelledby={title} className={styles.card} data-cron={cron.id} data-state={cron.state}>
      <header className={styles.head}>
        <span className={styles.icon}>
          <Icon name={icon} size={17} />
        </span>
        <div className={styles.what}>
          <h3 id={title}>{name}</h3>
          <p>{learns}</p>
        </div>
        <Button
          small
          icon="play"
          disabled={running || cron.state === "due" || refusal !== null}
          aria-describedby={refusal ? reason : undefined}
          onClick={() => onRun(cron.id)}
        >
          Run now
        </Button>
      </header>

      <div className={styles.clock}>
        {running ? (
          <>
            <strong className={styles.phase}>{cron.progress?.phase || "starting"}</strong>
            <span className={styles.share}>{Math.round((cron.progress?.share ?? 0) * 100)} %</span>
          </>
        ) : cron.state === "due" || left === 0 ? (
          <strong className={styles.phase}>{runsHere ? "begins at once" : "waits for a server that runs crons"}</strong>
        ) : (
          <>
            <strong role="timer" className={styles.time}>
              {countdown(left)}
            </strong>
            <span className={styles.until}>until the next run</span>
          </>
        )}
      </div>
      <Bar
        label={running ? `Progress of ${name}` : `Time until the next run of ${name}`}
        share={running ? (cron.progress?.share ?? 0) : waited(cron, elapsed)}
      />
      <p className={styles.schedule} title={`${cron.schedule.pattern} (${cron.schedule.zone})`}>
        {cron.schedule.phrase}, {cron.schedule.zone}
      </p>
      {refusal && (
        <p id={reason} className={styles.refusal}>
          <Prose text={refusal} />
        </p>
      )}

      <CronResult run={cron.last} />
      {cron.last && (
        <button type="button" className={styles.more} aria-expanded={looksBack} onClick={() => setLooksBack(!looksBack)}>
          <Icon name="chevron" size={13} /> History
        </button>
      )}
      {looksBack && <CronHistory api={api} id={cron.id} stamp={cron.last?.run ?? 0} />}
    </article>
  );
}

/** What a cron is called, and what it learns from. */
function wording(volume: string): { name: string; icon: IconName; learns: string } {
  const [kind, id] = volume.split("/");
  if (kind === "user") return { name: "Your work", icon: "bolt", learns: "Recurring tasks of your runs and chats" };
  if (kind === "team") return { name: `Team ${id ?? ""}`, icon: "grid", learns: "Tasks that recur across the team" };
  return { name: "System library", icon: "layout", learns: "Team skills that several people use" };
}

function Bar({ label, share }: { label: string; share: number }) {
  const percent = Math.round(share * 1000) / 10;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      className={styles.bar}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
