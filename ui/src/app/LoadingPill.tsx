import { useBoard } from "../execution/useBoard";
import type { LoadProgress } from "../run/types";
import styles from "./LoadingPill.module.css";
import { useWorkbench } from "./useWorkbench";

/** How far the loading of a runtime is, while one loads. */
export function LoadingPill() {
  const { board } = useWorkbench();
  const progress = useBoard(board, (now) => now.loading());
  if (!progress) return null;
  const percent = percentOf(progress);
  return (
    <div
      role="progressbar"
      aria-label={`Loading ${runtimeName(progress.runtime)}`}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent !== undefined && { "aria-valuenow": percent })}
      className={styles.pill}
    >
      <span>{loadingText(progress)}</span>
      <span className={styles.track}>
        <span style={{ width: `${percent ?? 100}%` }} />
      </span>
    </div>
  );
}

/** `Loading Python 45 %`, or `Starting Python` once all bytes are there. */
export function loadingText(progress: LoadProgress): string {
  const name = runtimeName(progress.runtime);
  if (progress.stage === "start") return `Starting ${name}`;
  const percent = percentOf(progress);
  return percent === undefined ? `Loading ${name}` : `Loading ${name} ${percent} %`;
}

function percentOf({ loaded, total, stage }: LoadProgress): number | undefined {
  if (stage === "start") return 100;
  return total > 0 ? Math.min(100, Math.floor((100 * loaded) / total)) : undefined;
}

function runtimeName(runtime: string): string {
  const known: Record<string, string> = { javascript: "JavaScript", "python-wasm": "Python", python: "Python" };
  return known[runtime] ?? runtime.charAt(0).toUpperCase() + runtime.slice(1);
}
