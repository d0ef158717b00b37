import { useWorkbench } from "../app/useWorkbench";
import { nodeName } from "../canvas/flow";
import { Prose } from "../parts/Prose";
import { findNode } from "../workflow/edits";
import styles from "./Results.module.css";

/** At most this many failures are listed; the canvas shows all. */
const MAX_SHOWN = 20;

/** Which nodes failed, each with the first line of its error. */
export function Failures({ nodes }: { nodes: readonly string[] }) {
  const { board, canvas, editor, view } = useWorkbench();
  const { doc, skills } = editor.store.getState();
  return (
    <ul className={styles.failures} aria-label="Failed nodes">
      {nodes.slice(0, MAX_SHOWN).map((id) => {
        const node = findNode(doc, id);
        return (
          <li key={id}>
            <button
              type="button"
              onClick={() => {
                view.set({ narrow: "inspector" });
                canvas.handle?.show(id);
              }}
            >
              {node ? nodeName(node, skills) : id}
            </button>
            <p>
              <Prose text={board.node(id).error?.message.split("\n", 1)[0] ?? "failed"} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}
