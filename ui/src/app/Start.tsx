import { useCallback } from "react";

import { useLoad } from "../api/useLoad";
import type { WorkflowSummary } from "../api/schema";
import { SAMPLES } from "../chat/samples";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { count } from "../parts/time";
import styles from "./Start.module.css";
import { useWorkbench } from "./useWorkbench";

/** What an empty canvas says to somebody who is here for the first time. */
export function Start() {
  const { api, files } = useWorkbench();
  const { result } = useLoad(useCallback((signal: AbortSignal) => api.listWorkflows(signal), [api]));
  const all = result.state === "ready" ? result.value.workflows : [];
  const examples = all.filter(({ volume }) => volume === "system").slice(0, 6);
  const mine = all.filter(({ volume }) => volume !== "system").slice(0, 4);

  return (
    <div className={styles.start}>
      <div className={styles.inner}>
        <h2>Build a workflow</h2>
        <ol className={styles.guide}>
          <li>Drag skills from the library onto this canvas, or press Enter on one</li>
          <li>Draw a line from an output to an input of the same colour</li>
          <li>Press Run: everything happens in this browser, and the run is kept in Git</li>
        </ol>
        <Ask />
        {examples.length > 0 && <Cards title="Open an example" workflows={examples} onOpen={files.go} />}
        {mine.length > 0 && <Cards title="Go on with" workflows={mine} onOpen={files.go} />}
      </div>
    </div>
  );
}

/** Leads into the chat: somebody who knows what they want need not know which skills that takes. */
function Ask() {
  const { talk, view } = useWorkbench();
  return (
    <section aria-label="Ask for one">
      <h3>Or ask for one in the chat</h3>
      <ul className={styles.asks}>
        {SAMPLES.slice(0, 3).map((sample) => (
          <li key={sample}>
            <Button
              small
              icon="chat"
              aria-label={`Ask: ${sample}`}
              onClick={() => {
                view.set({ chat: true });
                void talk.ask(sample);
              }}
            >
              {sample}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

type CardsProps = {
  title: string;
  workflows: readonly WorkflowSummary[];
  onOpen: (route: { at: "workflow"; volume: string; id: string }) => void;
};

function Cards({ title, workflows, onOpen }: CardsProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className={styles.cards}>
        {workflows.map(({ volume, workflow_id, name, description, n_nodes }) => {
          const route = { at: "workflow", volume, id: workflow_id } as const;
          return (
            <li key={`${volume}/${workflow_id}`}>
              <button type="button" onClick={() => onOpen(route)}>
                <b>{name}</b>
                <span>{description}</span>
                <small>
                  <Icon name="flow" size={13} /> {count(n_nodes, "node")}
                </small>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
