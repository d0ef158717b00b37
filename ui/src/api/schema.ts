/**
 * The wire shapes of `crates/api` that this page uses. Only shapes: what they
 * mean and which of them are right is decided in the core.
 */

/** An input or output of an executable skill. */
export type Port = {
  name: string;
  type: string;
  description: string;
  default?: unknown;
  required: boolean;
};

/** An executable skill; `code` is left out of lists. */
export type ExecutableSkill = {
  skill_id: string;
  name: string;
  description: string;
  type: string;
  execution_mode: string;
  category: string | null;
  tags: string[];
  /** The Git blob id of the file. */
  version: string;
  release?: string;
  author: string | null;
  volume: string;
  inputs: Port[];
  outputs: Port[];
  estimated_time_ms: number | null;
  memory_mb: number | null;
  timeout_ms: number | null;
  packages: string[];
  deterministic: boolean;
  code?: string;
};

/** Answer of `GET /workflows/skills/executable`. */
export type ExecutableList = { total: number; skills: ExecutableSkill[] };

/** A category of executable skills. */
export type Category = { name: string; n_skills: number };

/** Answer of `GET /workflows/categories`. */
export type CategoryList = { categories: Category[] };

/** A place on the canvas. */
export type Position = { x: number; y: number };

/** One step of a workflow. */
export type NodeDoc = {
  id: string;
  skill_id: string;
  name?: string;
  inputs: Record<string, unknown>;
  timeout_ms?: number;
  retries?: number;
  position?: Position;
};

/** A port of a node. */
export type PortRef = { node: string; port: string };

/** From an output to an input. */
export type EdgeDoc = { from: PortRef; to: PortRef };

/** A workflow: nodes, each a skill with input values, and edges. */
export type WorkflowDoc = {
  workflow_id: string;
  name: string;
  description: string;
  tags: string[];
  version?: string;
  author?: string;
  body?: string;
  nodes: NodeDoc[];
  edges: EdgeDoc[];
};

/** A workflow in a list. */
export type WorkflowSummary = {
  workflow_id: string;
  name: string;
  description: string;
  tags: string[];
  volume: string;
  version: string;
  n_nodes: number;
  n_edges: number;
};

/** A file that is not what its place says, and why. */
export type BrokenFile = { volume: string; path: string; diagnostics: Diagnostic[] };

/** Answer of `GET /workflows`. */
export type WorkflowList = { total: number; workflows: WorkflowSummary[]; broken?: BrokenFile[] };

/** Answer of `GET /workflows/{id}`. */
export type WorkflowView = {
  workflow: WorkflowDoc;
  volume: string;
  version: string;
  commit: string;
  findings: Finding[];
  shadows: string[];
};

/** Answer of `POST /workflows/save`. */
export type SavedWorkflow = {
  workflow_id: string;
  volume: string;
  path: string;
  version: string;
  commit: string;
};

/** A skill with its code, ready to run. */
export type RunnableSkill = ExecutableSkill & { code: string };

/** Answer of `POST /workflows/execute`. */
export type ReadyWorkflow = {
  status: "ready";
  payload: { workflow: WorkflowDoc; skills: Record<string, RunnableSkill> };
};

/** Answer of `POST /traces`. */
export type SavedTrace = { trace_id: string; volume: string; path: string; commit: string };

/** Answer of `GET /config`. */
export type Config = { user_id: string; version: string; mode?: string };

/** How bad a finding is. */
export type Severity = "error" | "warning";

/** One finding about a text. */
export type Diagnostic = {
  severity: Severity;
  code: string;
  line: number;
  column: number;
  message: string;
  hint: string | null;
};

/** One finding about a workflow. */
export type Finding = {
  severity: Severity;
  code: string;
  message: string;
  hint: string | null;
  node?: string;
  port?: string;
  /** The nodes of a cycle, in order. */
  path?: string[];
};

/** A refusal that the server explains (`application/problem+json`). */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  hint: string | null;
  findings?: Finding[];
  diagnostics?: Diagnostic[];
  /** The version that is there now, where a change came too late. */
  current_version?: string;
};
