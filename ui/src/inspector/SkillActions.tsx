import type { ExecutableSkill } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { WORKFLOW } from "../workflow/uses";
import { StepUp } from "./StepUp";
import styles from "./SkillActions.module.css";

/** What can be done with the skill of a node: look at its history, and ask others to take it. */
export function SkillActions({ skill }: { skill: ExecutableSkill }) {
  const { view } = useWorkbench();
  if (skill.type === WORKFLOW) return null;
  return (
    <div className={styles.actions}>
      <Button small icon="list" onClick={() => view.set({ dialog: { history: skill } })}>
        History…
      </Button>
      <StepUp skill={skill} />
    </div>
  );
}
