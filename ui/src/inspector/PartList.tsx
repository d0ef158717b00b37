import { useWorkbench } from "../app/useWorkbench";
import { shownStatus } from "../execution/board";
import { useBoard } from "../execution/useBoard";
import { StatusMark } from "../parts/StatusMark";
import { count, duration } from "../parts/time";
import styles from "./Inspector.module.css";

/** More parts than this are counted, but for those that failed. */
const MAX_SHOWN = 24;

/** The nodes that a drawn node stands for, each with how far it is. */
export function PartList({ node }: { node: string }) {
  const { board } = useWorkbench();
  useBoard(board, (now) => now.node(node));
  const parts = board.parts(node).map((part) => ({ ...part, run: board.node(part.id) }));
  if (parts.length === 0) return null;
  const telling = parts.length > MAX_SHOWN ? parts.filter(({ run }) => run.state === "error" || run.state === "running") : parts;
  const left = parts.length - Math.min(telling.length, MAX_SHOWN);

  return (
    <details className={styles.parts} open={parts.length <= MAX_SHOWN}>
      <summary>{count(parts.length, "part")}</summary>
      <ul aria-label="Parts">
        {telling.slice(0, MAX_SHOWN).map(({ id, label, run }) => (
          <li key={id} title={run.error?.message ?? id}>
            <StatusMark status={shownStatus(run.state)} />
            <span>{label || id}</span>
            <span>{run.durationMs === undefined ? run.state : duration(run.durationMs)}</span>
          </li>
        ))}
        {telling.length < parts.length && <li>and {count(left, "more part")}</li>}
      </ul>
    </details>
  );
}
