/** The events and commands of the engine, as JSON carries them. */

import type { NodeError, NodeState, PortRef, RunOutcome, ValueKind } from "./types";

/** What the runner tells the engine. */
export type RunEvent =
  | { type: "started"; node: string; attempt: number }
  | { type: "finished"; node: string; attempt: number; outputs: Record<string, ValueKind> }
  | ({ type: "failed"; node: string; attempt: number; retryable: boolean } & NodeError)
  | { type: "timed_out"; node: string; attempt: number }
  | { type: "cache_missed"; node: string }
  | { type: "cancel" };

/** Run one attempt of a node. */
export type StartCommand = {
  type: "start";
  node: string;
  attempt: number;
  skill_id: string;
  runtime: string;
  literals: Record<string, unknown>;
  links: Record<string, PortRef>;
  timeout_ms?: number | null;
  memory_mb?: number | null;
  key?: string | null;
  delay_ms?: number;
};

/** What the engine wants done. */
export type RunCommand =
  | StartCommand
  | { type: "reuse"; node: string; key: string }
  | { type: "stop"; node: string; attempt: number }
  | { type: "state"; node: string; state: NodeState; error?: NodeError | null }
  | { type: "done"; outcome: RunOutcome };
