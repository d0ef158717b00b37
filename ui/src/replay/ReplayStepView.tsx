import type { ReplaySkill, ReplayStep } from "../api/schema";
import { openProposal } from "../chat/ProposalCard";
import { GraphSketch } from "../chat/GraphSketch";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { count } from "../parts/time";
import { MessageView } from "../session/MessageView";
import { SkillThen } from "./SkillThen";
import styles from "./Replay.module.css";

/** A step: the message, the skills that went along, and what came of it, as they were then. */
export function ReplayStepView({ step }: { step: ReplayStep }) {
  const workbench = useWorkbench();
  const { skills, model, artifacts, traces, replaced } = step;
  const workflows = artifacts.flatMap(({ workflow }) => (workflow ? [workflow] : []));

  return (
    <>
      {replaced && <p className={styles.replaced}>A later message took the place of this one.</p>}
      <MessageView message={step} />
      {workflows.map((workflow) => (
        <section key={workflow.workflow_id} className={styles.workflow} aria-label={`Workflow ${workflow.name}`}>
          <h2>
            {workflow.name} <small>{count(workflow.nodes.length, "node")}</small>
          </h2>
          <GraphSketch workflow={workflow} />
          <div>
            <Button
              small
              icon="flow"
              onClick={() => void openProposal(workbench, { workflow, covers: [], reasons: [], findings: [] }).then(() => workbench.places.back())}
            >
              Open on canvas
            </Button>
          </div>
        </section>
      ))}
      {skills.length > 0 && <Skills skills={skills} />}
      {(model !== null || traces.length > 0) && (
        <p className={styles.facts}>
          {model !== null && <span>{model}</span>}
          {traces.map((trace) => (
            <span key={trace}>{trace}</span>
          ))}
        </p>
      )}
    </>
  );
}

function Skills({ skills }: { skills: readonly ReplaySkill[] }) {
  return (
    <section className={styles.skills} aria-label="Skills that went along">
      <h2>{count(skills.length, "skill")} went along</h2>
      <ul>
        {skills.map((skill) => (
          <li key={skill.skill_id}>
            <SkillThen skill={skill} />
          </li>
        ))}
      </ul>
    </section>
  );
}
