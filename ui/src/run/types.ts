/**
 * What the rest of the UI may know about running workflows.
 *
 * The wire shapes here are those of `POST /workflows/execute` and
 * `POST /traces`. Nothing in this file runs; {@link Runner} is made by
 * `createRunner` in `runner.ts`.
 */

import type { PackageNeeds } from "./packages";
import type { ServerPython } from "./server";

/** A type that a port may declare. */
export type PortType =
  | "number"
  | "integer"
  | "string"
  | "boolean"
  | "array"
  | "object"
  | "table"
  | "plot"
  | "image"
  | "file"
  | "bytes"
  | "any";

/** What an actual value is, as it is reported to the engine. */
export type ValueKind = Exclude<PortType, "any"> | "null";

/** One input or output of a skill. */
export type Port = {
  name: string;
  type: string;
  description?: string | null;
  default?: unknown;
  required?: boolean;
};

/** A skill with its code, as `/workflows/execute` hands it out. */
export type ExecutableSkill = {
  skill_id: string;
  name?: string | null;
  /** Names the runtime: `python-wasm`, `qiskit`, `javascript`, … */
  type: string;
  /** The Git blob id of the skill's file. */
  version?: string | null;
  /** The volume it was read from. */
  volume?: string | null;
  /** `browser-wasm`, `server-python` or `hybrid`. */
  execution_mode?: string | null;
  inputs: Port[];
  outputs: Port[];
  memory_mb?: number | null;
  timeout_ms?: number | null;
  packages?: string[];
  /** Which packages its sandbox is given; the host of a run finds that out. */
  needs?: PackageNeeds;
  deterministic?: boolean;
  code: string;
};

/** One step of a workflow. */
export type WorkflowNode = {
  id: string;
  skill_id: string;
  name?: string | null;
  inputs?: Record<string, unknown>;
  timeout_ms?: number | null;
  memory_mb?: number | null;
  retries?: number;
  position?: { x: number; y: number } | null;
};

/** One end of an edge. */
export type PortRef = { node: string; port: string };

/** A workflow as the server and the engine read it. */
export type WorkflowDoc = {
  workflow_id: string;
  name: string;
  description?: string | null;
  tags?: string[];
  nodes: WorkflowNode[];
  edges: { from: PortRef; to: PortRef }[];
};

/** Everything a run needs, in one message: nothing is fetched later. */
export type RunPayload = {
  workflow: WorkflowDoc;
  skills: Record<string, ExecutableSkill>;
  /** Where the workflow was read from, kept in the trace. */
  workflow_volume?: string | null;
  /** The Git blob id of the workflow's file, kept in the trace. */
  workflow_version?: string | null;
};

/** The state of a node; the engine decides it. */
export type NodeState =
  | "idle"
  | "queued"
  | "running"
  | "success"
  | "error"
  | "skipped"
  | "cached"
  | "cancelled";

/** Why a node failed. */
export type NodeErrorKind =
  | "exception"
  | "memory"
  | "crashed"
  | "load"
  | "output"
  | "timeout"
  | (string & {});

/** A failure that can be shown to a person. */
export type NodeError = {
  kind: NodeErrorKind;
  /** What happened; the traceback, where there is one, is part of it. */
  message: string;
  /** What to do about it, where that is known. */
  hint?: string;
};

/** A line that a node printed while it ran. */
export type LogLine = {
  stream: "stdout" | "stderr";
  text: string;
  /** Milliseconds since the run started. */
  atMs: number;
};

/** How far the loading of a runtime is. `total` is 0 while it is unknown. */
export type LoadProgress = {
  /** The name of the runtime: `python`, `javascript`. */
  runtime: string;
  stage: "download" | "start" | "ready" | "failed";
  /** Bytes so far. */
  loaded: number;
  /** Bytes in all. */
  total: number;
  /** Set when `stage` is `failed`. */
  message?: string;
};

/** What changed about one node since the batch before. */
export type NodeUpdate = {
  node: string;
  state: NodeState;
  /** Milliseconds since the run started, counted from the start of the skill's code. */
  startedAt?: number;
  /** Time spent in the skill's code, without queueing and downloads. */
  durationMs?: number;
  /** The memory of the interpreter after the node, where its runtime can tell. */
  heapBytes?: number;
  /** The lines printed since the batch before. */
  log?: LogLine[];
  error?: NodeError;
  /** Set while the node waits for its runtime to load. */
  progress?: LoadProgress;
};

/** How a run ended. */
export type RunOutcome = "success" | "error" | "cancelled";

/** One node in a {@link RunReport}. Values are JSON, see `encode.ts`. */
export type NodeReport = {
  node: string;
  skill_id: string;
  skill_version: string | null;
  state: NodeState;
  key: string | null;
  attempts: number;
  started_ms: number | null;
  duration_ms: number | null;
  error?: NodeError;
  /** Literals and defaults only: what came over an edge is an output elsewhere. */
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  logs: { at_ms: number; stream: "stdout" | "stderr"; text: string }[];
};

/** The body of `POST /traces`, field `run`. */
export type RunReport = {
  workflow: WorkflowDoc;
  workflow_volume?: string;
  workflow_version?: string;
  outcome: RunOutcome;
  /** RFC 3339, UTC. */
  started_at: string;
  finished_at: string;
  nodes: NodeReport[];
};

/** What a finished run leaves behind. */
export type RunResult = {
  outcome: RunOutcome;
  /** Wall time of the whole run. */
  durationMs: number;
  /**
   * The trace. It is built when it is first read, so a run whose trace nobody
   * keeps does not pay for the encoding of its values.
   */
  readonly report: RunReport;
};

/** How one run is watched and steered. */
export type RunOptions = {
  /** Called at most once per animation frame, and once more before the end. */
  onUpdate?: (batch: NodeUpdate[]) => void;
  /** Aborting it cancels the run: running nodes stop at once. */
  signal?: AbortSignal;
  /** Runs these nodes and what feeds them, instead of the whole workflow. */
  targets?: readonly string[];
  /**
   * Runs just these nodes, again even where their results are kept. What feeds
   * them is taken from what is kept; a node that was never run, was changed
   * since, or gives something else each time is run first.
   */
  only?: readonly string[];
  /** As {@link RunOptions.only}, and everything that depends on these nodes as well. */
  from?: readonly string[];
  /** Ignores kept results. */
  fresh?: boolean;
};

/** What one node gave; long values are put together when somebody looks. */
export type NodeOutputs = {
  /** One output, or `undefined` where there is none of that name. */
  port(name: string): unknown;
  /** Every output. */
  whole(): Readonly<Record<string, unknown>>;
};

/** Runs workflows in this page, one at a time. */
export interface Runner {
  /** Runs a workflow to its end. Rejects only when it cannot be planned. */
  run(payload: RunPayload, options?: RunOptions): Promise<RunResult>;

  /** Loads the runtimes of these skill types ahead of a run. Never rejects. */
  prepare(types: Iterable<string>): Promise<void>;

  /** An output of the newest run, or `undefined` where there is none. */
  value(node: string, port: string): unknown;

  /** What a node gave in the newest run; what is handed out outlives the next one. */
  outputs(node: string): NodeOutputs | undefined;

  /** Every output of a node in the newest run. */
  values(node: string): Readonly<Record<string, unknown>> | undefined;

  /** Drops every kept result. */
  forget(): void;

  /** Stops all workers and removes the sandbox. */
  dispose(): void;
}

/** The part of the WebAssembly engine that a run needs. */
export interface Engine {
  Run: new (doc: string, skills: string, options: string) => EngineRun;
  /** Which packages of a lock each Python skill needs. */
  neededPackages?(skills: string, lock: string): string;
}

/** The state machine of one run; JSON in, JSON out. */
export interface EngineRun {
  start(): string;
  handle(events: string): string;
  keys(): string;
  free?(): void;
}

/** What `createRunner` needs. */
export type RunnerOptions = {
  /** The module `engine/pkg/llmos_wasm.js`, initialised. */
  engine: Engine;
  /** Where `sandbox.html` and `runtimes/` are served. Default `/`. */
  assetsBase?: string;
  /** Runs skills that ask for the server; left out where it does not allow that. */
  server?: ServerPython | undefined;
  /** How many nodes of one runtime may run at the same time; by the machine when left out. */
  atOnce?: number;
  /** Called while a runtime loads, at most once per animation frame. */
  onProgress?: (progress: LoadProgress) => void;
};
