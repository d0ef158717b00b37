// Workflows and skills as the tests write them, and the few calls that store them.

import { type APIRequestContext, expect } from "@playwright/test";

export type Node = {
  id: string;
  skill_id: string;
  name?: string;
  inputs?: Record<string, unknown>;
  timeout_ms?: number;
  position?: { x: number; y: number };
};

type End = { node: string; port: string };
export type Workflow = {
  workflow_id: string;
  name: string;
  description: string;
  tags: string[];
  nodes: (Node & { inputs: Record<string, unknown> })[];
  edges: { from: End; to: End }[];
};

/** A workflow from nodes and edges written as `a.port > b.port`; nodes without a place stand in a row. */
export function workflow(id: string, nodes: Node[], edges: string[] = []): Workflow {
  const end = (text: string): End => {
    const dot = text.indexOf(".");
    return { node: text.slice(0, dot), port: text.slice(dot + 1) };
  };
  return {
    workflow_id: id,
    name: id,
    description: "made by a test",
    tags: [],
    nodes: nodes.map((node, k) => ({ inputs: {}, position: { x: (k % 5) * 300, y: Math.floor(k / 5) * 260 }, ...node })),
    edges: edges.map((edge) => {
      const [from = "", to = ""] = edge.split(" > ");
      return { from: end(from), to: end(to) };
    }),
  };
}

/** What runs a skill, and the language of its code block. */
const LANGUAGES = {
  javascript: "javascript", "python-wasm": "python", threejs: "javascript", webgpu: "wgsl", spice: "spice", openqasm: "openqasm", qsharp: "qsharp",
} as const;
export type SkillType = keyof typeof LANGUAGES;

/** An executable skill as a file. */
export function skill(id: string, type: SkillType, ports: { inputs?: string[]; outputs?: string[] }, code: string, more = ""): string {
  const list = (name: string, entries: string[] = []) =>
    entries.length === 0 ? `${name}: []` : [`${name}:`, ...entries.map((entry) => `  - { ${entry} }`)].join("\n");
  return [
    "---",
    `skill_id: ${id}`,
    `name: ${id}`,
    "description: Made by a test",
    `type: ${type}`,
    "category: test",
    list("inputs", ports.inputs),
    list("outputs", ports.outputs),
    ...(more ? [more] : []),
    "---",
    "",
    `# ${id}`,
    "",
    `\`\`\`${LANGUAGES[type]}`,
    code.trim(),
    "```",
    "",
  ].join("\n");
}

/** What the tests store through the API. */
export class Store {
  constructor(private readonly api: APIRequestContext) {}

  async addSkill(source: string): Promise<void> {
    const answer = await this.api.post("/skills", { data: { user_id: "local", source } });
    expect(answer.status(), await answer.text()).toBe(201);
  }

  /** Saves a workflow and returns its address in the page. */
  async addWorkflow(doc: Workflow, baseVersion: string | null = null): Promise<string> {
    const answer = await this.api.post("/workflows/save", {
      data: { user_id: "local", workflow: doc, base_version: baseVersion },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    return `/workflows/user/local/${doc.workflow_id}`;
  }
}
