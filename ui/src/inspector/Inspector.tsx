import { useEditor, useWorkbench } from "../app/useWorkbench";
import { removeSelected } from "../canvas/actions";
import { Button } from "../parts/Button";
import { count } from "../parts/time";
import { selectedNode } from "../workflow/editor";
import styles from "./Inspector.module.css";
import { NodeForm } from "./NodeForm";
import { RunActions } from "./RunActions";
import { WorkflowForm } from "./WorkflowForm";

/** Everything about what is selected: one node, several, or the workflow itself. */
export function Inspector() {
  const workbench = useWorkbench();
  const node = useEditor(selectedNode);
  const selection = useEditor((state) => state.selection);
  const nSelected = selection.size;
  const session = useEditor((state) => state.session);

  if (node) return <NodeForm key={`${session} ${node.id}`} node={node} />;
  if (nSelected > 1) {
    return (
      <div className={styles.many}>
        <p>{count(nSelected, "node")} selected</p>
        <RunActions nodes={[...selection]} />
        <Button small look="danger" icon="trash" onClick={() => removeSelected(workbench)}>
          Delete {count(nSelected, "node")}
        </Button>
      </div>
    );
  }
  return <WorkflowForm key={session} />;
}
