import type { ExecutableSkill } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";

/** Offers to ask others to take a skill: a team one's own, everybody that of a team. */
export function StepUp({ skill }: { skill: ExecutableSkill }) {
  const { view } = useWorkbench();
  const [kind] = skill.volume.split("/");
  if (kind === "system") return null;
  return (
    <Button small icon="up" onClick={() => view.set({ dialog: { propose: skill } })}>
      {kind === "team" ? "Propose to everybody…" : "Propose to a team…"}
    </Button>
  );
}
