import { useCallback, useId, useState } from "react";

import type { ExecutableSkill } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import styles from "../app/Dialogs.module.css";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import own from "./ProposeDialog.module.css";

type ProposeDialogProps = { skill: ExecutableSkill; onClose: () => void };

type Way = "propose" | "promote";

/** Asks who should get a skill, and why: as a proposal that somebody looks at, or at once. */
export function ProposeDialog({ skill, onClose }: ProposeDialogProps) {
  const { api, notices, places } = useWorkbench();
  const { result } = useLoad(useCallback((signal: AbortSignal) => api.listTeams(signal), [api]));
  const ofTeam = skill.volume.startsWith("team/") ? skill.volume.slice("team/".length) : null;
  const [team, setTeam] = useState(ofTeam ?? "");
  const [reason, setReason] = useState("");
  const [way, setWay] = useState<Way>("propose");
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const id = useId();
  const teams = result.state === "ready" ? result.value.teams : [];
  const kept = result.state === "ready" && result.value.kept;
  const target = team || (kept ? (teams[0]?.team_id ?? "") : "");

  const send = async () => {
    setSending(true);
    setError(null);
    const step = { skillId: skill.skill_id, team: target, reason: reason.trim(), ...(ofTeam !== null && { to: "system" as const }) };
    try {
      if (way === "promote") {
        const saved = await api.promote(step);
        notices.say({ tone: "info", message: `\`${saved.skill_id}\` is in volume \`${saved.volume}\` now`, hint: null });
      } else {
        const { volume, id: proposal } = await api.propose(step);
        const run = () => places.show({ at: "page", page: "review", rest: [...volume.split("/"), proposal] });
        notices.say({ tone: "info", message: `\`${skill.skill_id}\` is proposed for \`${volume}\``, hint: null, action: { label: "Look at it", run } });
      }
      onClose();
    } catch (refused) {
      setError(refused);
      setSending(false);
    }
  };

  return (
    <Dialog title={ofTeam === null ? `Propose ${skill.name} to a team` : `Propose ${skill.name} to everybody`} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {ofTeam === null && (
          <>
            <label htmlFor={`${id}-team`}>Team</label>
            {kept ? (
              <select id={`${id}-team`} className={own.select} value={target} onChange={(event) => setTeam(event.target.value)}>
                {teams.map(({ team_id, name }) => (
                  <option key={team_id} value={team_id}>
                    {name ?? team_id}
                  </option>
                ))}
              </select>
            ) : (
              <>
                <input
                  id={`${id}-team`}
                  value={team}
                  list={`${id}-teams`}
                  required
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => setTeam(event.target.value)}
                />
                <datalist id={`${id}-teams`}>
                  {teams.map(({ team_id }) => (
                    <option key={team_id} value={team_id}>
                      {team_id}
                    </option>
                  ))}
                </datalist>
              </>
            )}
          </>
        )}
        <label htmlFor={`${id}-reason`}>Why others should have it</label>
        <textarea
          id={`${id}-reason`}
          className={own.reason}
          rows={3}
          required
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <fieldset className={own.ways}>
          <legend className="visually-hidden">How</legend>
          <label>
            <input type="radio" name={`${id}-way`} checked={way === "propose"} onChange={() => setWay("propose")} />
            Propose: somebody looks at it first
          </label>
          <label>
            <input type="radio" name={`${id}-way`} checked={way === "promote"} onChange={() => setWay("promote")} />
            Promote at once, where you may
          </label>
        </fieldset>
        {error !== null && <Failure error={error} />}
        <div className={styles.actions}>
          <Button onClick={onClose}>Not now</Button>
          <Button submit look="primary" disabled={sending || !target || !reason.trim()}>
            {way === "propose" ? "Propose" : "Promote"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
