import { useCallback } from "react";

import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import styles from "./Chat.module.css";
import { SAMPLES } from "./samples";

/** What somebody sees who has not asked anything yet. */
export function Hello({ onSettings }: { onSettings: () => void }) {
  const { api, talk } = useWorkbench();
  const { result } = useLoad(useCallback((signal: AbortSignal) => api.modelSettings(signal), [api]));
  const connected = result.state === "ready" ? result.value : null;

  return (
    <div className={styles.hello}>
      <h3>Ask, and your skills answer</h3>
      <p>
        Skills that fit your message go along with it. Where a task can be run, a workflow appears that you open on the
        canvas.
      </p>
      <ul className={styles.samples}>
        {SAMPLES.map((sample) => (
          <li key={sample}>
            <span>{sample}</span>
            <Button small icon="play" aria-label={`Try now: ${sample}`} onClick={() => void talk.ask(sample)}>
              Try now
            </Button>
          </li>
        ))}
      </ul>
      {connected && (
        <p className={styles.connection} role="status">
          {connected.model
            ? `Answers come from ${connected.provider ?? "a model"}/${connected.model}.`
            : "No model is connected: answers are put together from your skills alone."}{" "}
          <Button small icon="settings" onClick={onSettings}>
            {connected.model ? "Model settings" : "Connect a model"}
          </Button>
        </p>
      )}
    </div>
  );
}
