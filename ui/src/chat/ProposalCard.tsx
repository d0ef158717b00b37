import type { ChatProposal, WorkflowDoc } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { learnSkills } from "../app/filesState";
import type { Workbench } from "../app/workbench";
import { Button } from "../parts/Button";
import { Prose } from "../parts/Prose";
import { count } from "../parts/time";
import styles from "./Chat.module.css";
import { GraphSketch } from "./GraphSketch";

/** A workflow that was proposed. Nothing happens before somebody opens it. */
export function ProposalCard({ proposal, best }: { proposal: ChatProposal; best: boolean }) {
  const workbench = useWorkbench();
  const { workflow, volume, covers, reasons, findings } = proposal;
  const close = () => {
    if (matchMedia("(max-width: 760px)").matches) workbench.view.set({ chat: false, narrow: "canvas" });
  };

  return (
    <section className={styles.proposal} aria-label={`Proposed workflow ${workflow.name}`} data-best={best}>
      <header>
        <b>{workflow.name}</b>
        <small>
          {volume ? `saved in ${volume}` : "a proposal"} · {count(workflow.nodes.length, "node")}
        </small>
      </header>
      <GraphSketch workflow={workflow} />
      {(covers.length > 0 || reasons.length > 0 || findings.length > 0) && (
        <details>
          <summary>Why</summary>
          {covers.length > 0 && <p>It is about {covers.join(", ")}.</p>}
          <ul>
            {[...reasons, ...findings.map(({ message }) => message)].map((reason) => (
              <li key={reason}>
                <Prose text={reason} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className={styles.actions}>
        <Button
          small
          icon="flow"
          look={best ? "primary" : "plain"}
          onClick={() => {
            void openProposal(workbench, proposal).then(close);
          }}
        >
          Open on canvas
        </Button>
        <Button
          small
          icon="play"
          onClick={() => {
            void openProposal(workbench, proposal).then(() => {
              close();
              workbench.view.set({ bottom: "results", shown: null });
              return workbench.runs.run();
            });
          }}
        >
          Open and run
        </Button>
      </div>
    </section>
  );
}

/** Puts a proposal on the canvas. What was there before is a draft or one undo away. */
export async function openProposal(workbench: Workbench, { workflow, volume }: ChatProposal): Promise<void> {
  const { canvas, editor, files } = workbench;
  if (volume) {
    await files.go({ at: "workflow", volume, id: workflow.workflow_id });
    return;
  }
  await files.go({ at: "new" });
  const doc: WorkflowDoc = { ...workflow, tags: workflow.tags.filter((tag) => tag !== "proposal") };
  editor.restore(doc, { kind: "new" });
  learnSkills(workbench, doc);
  canvas.handle?.begin();
  files.flush();
}
