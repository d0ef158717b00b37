import type { ExecutableSkill, NodeDoc } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { useNodeRun } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { PortTypeTag } from "../parts/PortTypeTag";
import { summarise } from "../results/summary";
import styles from "./Inspector.module.css";

/** The outputs of a node, with the newest values in a few words. */
export function NodeOutputs({ node, skill }: { node: NodeDoc; skill: ExecutableSkill | undefined }) {
  const { board, runs, view } = useWorkbench();
  const { state } = useNodeRun(board, node.id);
  if (!skill || skill.outputs.length === 0) return null;
  const done = state === "success" || state === "cached";

  return (
    <section className={styles.section} aria-label="Outputs">
      <h2>Outputs</h2>
      <ul>
        {skill.outputs.map((port) => (
          <li key={port.name} className={styles.output} title={port.description}>
            <span className={styles.portName}>{port.name}</span>
            <PortTypeTag type={port.type} />
            {done && (
              <>
                <span className={styles.value}>{summarise(runs.value(node.id, port.name))}</span>
                <Button
                  small
                  look="ghost"
                  aria-label={`Show ${port.name}`}
                  onClick={() => view.showOutput({ node: node.id, port: port.name })}
                >
                  Show
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
