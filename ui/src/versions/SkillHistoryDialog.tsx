import { useCallback, useState } from "react";

import type { CommitView, ExecutableSkill } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { moment } from "../parts/time";
import { CommitChanges } from "./CommitChanges";
import styles from "./SkillHistory.module.css";
import { useVersions } from "./useVersions";

type SkillHistoryDialogProps = { skill: ExecutableSkill; onClose: () => void };

/** The history of a skill: who changed what, and each earlier version to bring back. */
export function SkillHistoryDialog({ skill, onClose }: SkillHistoryDialogProps) {
  const { api } = useWorkbench();
  const { skill_id, volume } = skill;
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => api.skillFile(volume, skill_id, signal), [api, volume, skill_id]),
  );
  return (
    <Dialog wide title={`History of ${skill.name}`} onClose={onClose}>
      {result.state === "loading" && <p role="status">Loading versions…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && <FileHistory volume={volume} path={result.value} name={skill.name} />}
    </Dialog>
  );
}

function FileHistory({ volume, path, name }: { volume: string; path: string; name: string }) {
  const { api, notices } = useWorkbench();
  const [restored, setRestored] = useState("");
  const list = useVersions(api, volume, path, restored);
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [newest] = list.commits;
  const shown = list.commits.find(({ commit }) => commit === chosen) ?? newest;

  const restore = async ({ commit }: CommitView, version: string) => {
    setBusy(true);
    setError(null);
    try {
      const made = await api.restoreFile({ volume, path, to: commit, version });
      notices.say({ tone: "info", message: `an earlier version of \`${name}\` is the newest one now`, hint: null });
      setChosen(null);
      setRestored(made.commit);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.history}>
      {list.state === "loading" && <p role="status">Loading versions…</p>}
      {list.state === "failed" && <Failure error={list.error} again={list.again} />}
      <ul aria-label="Versions" className={styles.list}>
        {list.commits.map((one) => (
          <li key={one.commit}>
            <button
              type="button"
              className={styles.version}
              aria-current={one === shown}
              title={`${one.commit}\n${one.message}`}
              onClick={() => setChosen(one.commit)}
            >
              <b>{moment(Date.parse(one.time), true)}</b>
              <span>{one.author}</span>
            </button>
          </li>
        ))}
        {list.hasMore && (
          <li>
            <Button small look="ghost" onClick={list.more}>
              Older versions
            </Button>
          </li>
        )}
      </ul>
      {shown && (
        <section aria-label="This version" className={styles.shown}>
          <p className={styles.subject}>{shown.subject}</p>
          <CommitChanges volume={volume} path={path} commit={shown.commit} />
          {error !== null && <Failure error={error} />}
          {shown !== newest && shown.version && newest?.version && (
            <div className={styles.actions}>
              <Button
                disabled={busy || shown.version === newest.version}
                title="Makes it the newest version; those in between stay in the history"
                onClick={() => void restore(shown, newest.version ?? "")}
              >
                Restore this version
              </Button>
            </div>
          )}
        </section>
      )}
    </div>
  );
}
