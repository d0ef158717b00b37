import type { ExecutableSkill } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { WORKFLOW } from "../workflow/uses";

/** Offers to ask others to take a skill: a team one's own, everybody that of a team. */
export function StepUp({ skill }: { skill: ExecutableSkill }) {
  const { view } = useWorkbench();
  const [kind] = skill.volume.split("/");
  if (kind === "system" || skill.type === WORKFLOW) return null;
  return (
    <p>
      <Button small icon="up" onClick={() => view.set({ dialog: { propose: skill } })}>
        {kind === "team" ? "Propose to everybody…" : "Propose to a team…"}
      </Button>
    </p>
  );
}
