/** Stand-ins for what is outside the page, made of plain data. */
import { ApiError, type LlmosApi } from "../api/api";
import type { ExecutableSkill, Finding, Port, Problem, WorkflowDoc } from "../api/schema";
import type { Engine } from "../engine/engine";
import type { Runner, RunResult } from "../run/types";
import { fakeBlobs } from "./fakeBlobs";
import { fakeReview } from "./fakeReview";
import { fakeSessions } from "./fakeSessions";
import { createDrafts, type DraftMedium, type Drafts, memoryMedium } from "../workflow/drafts";

export function port(name: string, type: string, more: Partial<Port> = {}): Port {
  return { name, type, description: "", required: false, ...more };
}

export function skill(id: string, inputs: Port[], outputs: Port[], more: Partial<ExecutableSkill> = {}): ExecutableSkill {
  return {
    skill_id: id,
    name: id,
    description: `What ${id} does`,
    type: "javascript",
    execution_mode: "browser-wasm",
    category: "data",
    tags: [],
    version: "v1",
    author: null,
    volume: "system",
    inputs,
    outputs,
    estimated_time_ms: null,
    memory_mb: null,
    timeout_ms: null,
    packages: [],
    deterministic: true,
    ...more,
  };
}

/** A source of numbers, a source of texts, and a sum that takes numbers. */
export const SKILLS = [
  skill("number", [port("value", "number", { default: 1 })], [port("value", "number")], { name: "Number" }),
  skill("text", [port("value", "string", { required: true })], [port("value", "string")], { name: "Text" }),
  skill("sum", [port("a", "number", { required: true }), port("b", "number")], [port("total", "number")], {
    name: "Sum",
  }),
];

const NO_MODEL = { source: null, provider: null, url: null, model: null, has_key: false, key_ends_in: null };

/** `first` feeds `a` of `total`. */
export function sumWorkflow(): WorkflowDoc {
  return {
    workflow_id: "sums",
    name: "Sums",
    description: "",
    tags: [],
    nodes: [
      { id: "first", skill_id: "number", inputs: { value: 2 }, position: { x: 0, y: 0 } },
      { id: "total", skill_id: "sum", inputs: {}, position: { x: 300, y: 0 } },
    ],
    edges: [{ from: { node: "first", port: "value" }, to: { node: "total", port: "a" } }],
  };
}

/** An engine whose findings are what `check` says; only equal types fit. */
export function fakeEngine(check: (doc: WorkflowDoc) => Finding[] = () => []): Engine {
  return {
    checkWorkflow: check,
    canConnect: (from, to) =>
      from === to
        ? { ok: true }
        : { ok: false, message: `\`${from}\` does not fit into \`${to}\``, hint: "put a node between the two" },
    newNodeId(taken, id) {
      let n = 1;
      while (taken.includes(n === 1 ? id : `${id}-${n}`)) n += 1;
      return n === 1 ? id : `${id}-${n}`;
    },
    expandSweep: (doc) => ({ workflow: doc as WorkflowDoc, runs: [] }),
    compareResults(a, b) {
      const equal = JSON.stringify(a) === JSON.stringify(b);
      return { equal, differences: equal ? [] : [{ path: "", a, b }] };
    },
    levels: (doc) => [doc.nodes.map(({ id }) => id)],
    run: { Run: class { start = () => "[]"; handle = () => "[]"; keys = () => "{}"; } },
  };
}

export function problem(status: number, detail: string, more: Partial<Problem> = {}): ApiError {
  return new ApiError({ type: "about:blank", title: "", status, code: "test", detail, hint: null, ...more });
}

/** A server that has {@link SKILLS} and the workflows that it is given or that are saved. */
export function fakeApi(stored: Record<string, WorkflowDoc> = {}): LlmosApi & { files: Map<string, { doc: WorkflowDoc; version: string }> } {
  const files = new Map(Object.entries(stored).map(([path, doc]) => [path, { doc, version: "v1" }]));
  const found = (q = "") => SKILLS.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
  return {
    ...fakeReview(),
    ...fakeBlobs(),
    files,
    config: { user_id: "ana", version: "0", mode: "local" },
    listExecutable: async ({ q }) => ({ total: found(q).length, skills: found(q) }),
    readExecutable: async (id) => {
      const one = SKILLS.find(({ skill_id }) => skill_id === id);
      if (!one) throw problem(404, `no skill \`${id}\``);
      return one;
    },
    categories: async () => [{ name: "data", n_skills: SKILLS.length }],
    brokenSkills: async () => [],
    listWorkflows: async () => {
      const workflows = [...files].map(([path, { doc, version }]) => ({
        workflow_id: doc.workflow_id,
        name: doc.name,
        description: doc.description,
        tags: doc.tags,
        volume: path.slice(0, path.lastIndexOf("/")),
        version,
        n_nodes: doc.nodes.length,
        n_edges: doc.edges.length,
      }));
      return { total: workflows.length, workflows };
    },
    readWorkflow: async (volume, id) => {
      const file = files.get(`${volume}/${id}`);
      if (!file) throw problem(404, `no workflow \`${volume}/${id}\``, { hint: "open another one" });
      return { workflow: file.doc, volume, version: file.version, commit: "c1", findings: [], shadows: [] };
    },
    async saveWorkflow({ workflow, baseVersion }) {
      const path = `user/ana/${workflow.workflow_id}`;
      const current = files.get(path)?.version ?? null;
      if (current !== baseVersion) {
        throw problem(409, "the file changed", current === null ? {} : { current_version: current });
      }
      const version = `${current ?? "v"}+`;
      files.set(path, { doc: workflow, version });
      return { workflow_id: workflow.workflow_id, volume: "user/ana", path, version, commit: "abcdef1234" };
    },
    prepareRun: async (workflow) => ({
      status: "ready",
      payload: {
        workflow,
        skills: Object.fromEntries(SKILLS.map((one) => [one.skill_id, { ...one, code: "" }])),
      },
    }),
    listVersions: async ({ volume }) => ({ volume, commits: [], next: null }),
    readWorkflowAt: async (_volume, id) => {
      throw problem(404, `no workflow \`${id}\` then`);
    },
    skillFile: async (_volume, id) => `skills/${id}.md`,
    compareFile: async ({ volume }) => ({ volume, files: [] }),
    restoreFile: async ({ volume }) => ({ volume, commit: "c2", files: [] }),
    chat: async function* () {
      yield { type: "start", trace_id: "chat-20261120-120000-00000001", model: null };
      yield { type: "text", text: "Nothing is connected." };
      yield { type: "end", trace_id: "chat-20261120-120000-00000001", outcome: "success" };
    },
    decideAsk: async () => ({}),
    judge: async () => ({}),
    acceptEdit: async () => ({ commit: "c0ffee00c0ffee00" }),
    ...fakeSessions(),
    modelSettings: async () => NO_MODEL,
    setModel: async () => NO_MODEL,
    clearModel: async () => NO_MODEL,
    listTraces: async () => ({ total: 0, traces: [] }),
    readTrace: async (id) => {
      throw problem(404, `no trace \`${id}\``);
    },
    prepareReplay: async (id) => {
      throw problem(404, `no trace \`${id}\``);
    },
    keepTrace: async () => ({
      trace_id: "run-20261120-120000-00000001",
      volume: "user/ana",
      path: "traces/x.md",
      commit: "1234567890abcdef",
    }),
  };
}

/** A runner that gives every node the same outputs. */
export function fakeRunner(outputs: Record<string, unknown> = { value: 2, total: 5 }): Runner {
  let ran = new Set<string>();
  return {
    async run({ workflow }, { onUpdate, signal } = {}): Promise<RunResult> {
      ran = new Set(workflow.nodes.map(({ id }) => id));
      onUpdate?.(workflow.nodes.map(({ id }) => ({ node: id, state: "running" })));
      await Promise.resolve();
      const outcome = signal?.aborted ? "cancelled" : "success";
      onUpdate?.(
        workflow.nodes.map(({ id }) => ({
          node: id,
          state: outcome === "success" ? "success" : "cancelled",
          durationMs: 12,
          log: [{ stream: "stdout", text: `${id} says hello`, atMs: 1 }],
        })),
      );
      const times = { started_at: "2026-11-20T12:00:00Z", finished_at: "2026-11-20T12:00:01Z" };
      return { outcome, durationMs: 1000, report: { workflow, outcome, nodes: [], ...times } };
    },
    prepare: async () => undefined,
    value: (node, name) => (ran.has(node) ? outputs[name] : undefined),
    values: (node) => (ran.has(node) ? outputs : undefined),
    outputs: (node) => (ran.has(node) ? { port: (name) => outputs[name], whole: () => outputs } : undefined),
    forget: () => undefined,
    dispose: () => undefined,
  };
}

/** Drafts of a page; pages named in `open` are still there. */
export function fakeDrafts(page = "page-2", medium: DraftMedium = memoryMedium(), open: string[] = []): Drafts {
  return createDrafts(medium, page, async () => new Set(open), () => 1_700_000_000_000);
}
