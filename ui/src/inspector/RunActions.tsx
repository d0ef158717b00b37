import { useWorkbench } from "../app/useWorkbench";
import { runCommands } from "../canvas/commands";
import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import styles from "./Inspector.module.css";

/** Buttons that run some nodes: these and what depends on them, or these alone. */
export function RunActions({ nodes }: { nodes: readonly string[] }) {
  const workbench = useWorkbench();
  // What the commands say follows from the board.
  useBoard(workbench.board, (now) => now.changes());
  return (
    <div className={styles.actions}>
      {runCommands(workbench, nodes).map(({ id, label, icon, about, keys, disabled, run }) => (
        <Button key={id} small icon={icon} disabled={disabled} title={`${about} (${keys})`} onClick={run}>
          {label}
        </Button>
      ))}
    </div>
  );
}
