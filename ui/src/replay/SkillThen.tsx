import { useCallback, useState } from "react";

import type { ReplaySkill } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Failure } from "../parts/Failure";
import { MarkdownView } from "../results/text/MarkdownView";
import styles from "./Replay.module.css";

/** A skill as it was when it went along; its text is read when somebody opens it. */
export function SkillThen({ skill: { name, skill_id, found } }: { skill: ReplaySkill }) {
  const [open, setOpen] = useState(false);
  if (!found) {
    return (
      <p className={styles.skill}>
        <b>{name}</b> <small>is in no volume that you see any more</small>
      </p>
    );
  }
  return (
    <details className={styles.skill} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{name}</b> <small>{found.volume}</small> <code title={`Version ${found.version}`}>{found.version.slice(0, 8)}</code>
      </summary>
      {open && <SkillText id={skill_id} volume={found.volume} commit={found.commit} />}
    </details>
  );
}

function SkillText({ id, volume, commit }: { id: string; volume: string; commit: string }) {
  const { api } = useWorkbench();
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => api.skillAt(volume, id, commit, signal), [api, volume, id, commit]),
  );
  if (result.state === "loading") return <p role="status">Reading the skill…</p>;
  if (result.state === "failed") return <Failure error={result.error} again={again} />;
  return (
    <div className={styles.text}>
      <MarkdownView text={result.value.content} label={`Skill ${id}`} />
    </div>
  );
}
