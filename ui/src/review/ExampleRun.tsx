import { useEffect, useRef, useState } from "react";

import type { RunnableSkill } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { duration } from "../parts/time";
import type { NodeUpdate, Runner, RunResult } from "../run/types";
import styles from "./Review.module.css";

type Example =
  | { state: "idle" }
  | { state: "running" }
  | { state: "done"; result: RunResult; outputs: Record<string, unknown>; logs: readonly string[]; error: string | null }
  | { state: "failed"; error: unknown };

const ID = "example";

/** Runs the proposed skill once with the values it brings, in the sandbox of this page; nothing is kept of it. */
export function ExampleRun({ skill }: { skill: RunnableSkill }) {
  const { engine } = useWorkbench();
  const [example, setExample] = useState<Example>({ state: "idle" });
  const runner = useRef<Runner | null>(null);
  useEffect(() => () => runner.current?.dispose(), []);

  const run = async () => {
    setExample({ state: "running" });
    try {
      const { createRunner } = await import("../run/runner");
      runner.current ??= createRunner({ engine: engine.run });
      const logs: string[] = [];
      let error: string | null = null;
      const onUpdate = (updates: readonly NodeUpdate[]) => {
        for (const update of updates) {
          logs.push(...(update.log ?? []).map(({ text }) => text));
          error = update.error?.message ?? error;
        }
      };
      const node = { id: ID, skill_id: skill.skill_id, inputs: {} };
      const workflow = { workflow_id: ID, name: skill.name, nodes: [node], edges: [] };
      const result = await runner.current.run({ workflow, skills: { [skill.skill_id]: skill } }, { onUpdate });
      setExample({ state: "done", result, outputs: runner.current.values(ID) ?? {}, logs, error });
    } catch (error) {
      setExample({ state: "failed", error });
    }
  };

  return (
    <section aria-label="Example" className={styles.section}>
      <h3>Example</h3>
      <p className={styles.quiet}>Runs it once with the values it brings, in the sandbox of this page. Nothing is kept</p>
      <Button icon="play" small disabled={example.state === "running"} onClick={() => void run()}>
        {example.state === "running" ? "Running…" : "Run the example"}
      </Button>
      <div role="status" className={styles.outcome}>
        {example.state === "done" && (
          <p data-outcome={example.result.outcome}>
            {example.result.outcome === "success" ? "It ran" : "It failed"} in {duration(example.result.durationMs)}
            {example.error && `: ${example.error}`}
          </p>
        )}
      </div>
      {example.state === "failed" && <Failure error={example.error} />}
      {example.state === "done" && example.logs.length > 0 && <pre className={styles.given}>{example.logs.join("\n")}</pre>}
      {example.state === "done" &&
        Object.entries(example.outputs).map(([port, value]) => (
          <figure key={port} className={styles.output}>
            <figcaption>{port}</figcaption>
            <pre className={styles.given}>{shown(value)}</pre>
          </figure>
        ))}
    </section>
  );
}

/** A value as text, cut where it is long. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, 1) ?? String(value));
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
}
