import type { ExecutableSkill, Finding, WorkflowDoc } from "../api/schema";
import type { PartsView } from "../execution/job";
import type { Engine as RunEngine } from "../run/types";
import type { Expanded } from "../sweep/expanded";
import type { SweepSpec } from "../sweep/spec";

/** Whether an output may feed an input, and if not, why. */
export type ConnectAnswer = { ok: boolean; message?: string | null; hint?: string | null };

/** Whether two results are the same, and if not, where they differ. */
export type ResultComparison = { equal: boolean; differences: { path: string; a?: unknown; b?: unknown }[] };

/** The skills of a workflow by id; those that nobody has are absent. */
export type Skills = Readonly<Record<string, ExecutableSkill>>;

/**
 * The rules of the core, as this page asks for them. Every answer comes from
 * the WebAssembly build of `crates/core`; there is no second copy here.
 */
export interface Engine {
  /** What is wrong with a workflow. */
  checkWorkflow(doc: WorkflowDoc, skills: Skills): Finding[];
  /** Whether a value of type `from` may go into an input of type `to`. */
  canConnect(from: string, to: string): ConnectAnswer;
  /** A node id that is not among `taken`. */
  newNodeId(taken: readonly string[], skillId: string): string;
  /** The ids of the nodes that may run at the same time, or `null` where no plan can be made. */
  levels(doc: WorkflowDoc, skills: Skills): string[][] | null;
  /** Gives each run of a sweep nodes of its own; those that no swept input reaches are shared. */
  expandSweep(doc: unknown, skills: unknown, sweep: SweepSpec & { parts: PartsView }): Expanded;
  /** Compares two results in their trace encoding; numbers may differ by `tolerance`, relatively. */
  compareResults(a: unknown, b: unknown, tolerance: number): ResultComparison;
  /** What the runner needs of the engine. */
  readonly run: RunEngine;
}

/** What the engine has where its declarations are older than it. */
type Newer = {
  compareResults(a: string, b: string, tolerance: number): string;
  expandSweep(doc: string, skills: string, sweep: string): string;
};

/** Loads the engine, about 0.3 MB, and starts it. */
export async function loadEngine(): Promise<Engine> {
  const [pkg, { default: url }] = await Promise.all([
    import("./pkg/llmos_wasm.js"),
    import("./pkg/llmos_wasm_bg.wasm?url"),
  ]);
  const wasm = pkg as typeof pkg & Newer;
  await wasm.default({ module_or_path: fetch(url) });
  const answers = new Map<string, ConnectAnswer>();

  return {
    checkWorkflow: (doc, skills) =>
      JSON.parse(wasm.checkWorkflow(JSON.stringify(doc), JSON.stringify(skills))) as Finding[],
    canConnect(from, to) {
      const key = `${from}>${to}`;
      let answer = answers.get(key);
      if (!answer) {
        answer = JSON.parse(wasm.canConnect(from, to)) as ConnectAnswer;
        answers.set(key, answer);
      }
      return answer;
    },
    newNodeId: (taken, skillId) => wasm.newNodeId(JSON.stringify(taken), skillId),
    levels(doc, skills) {
      try {
        const plan = wasm.planWorkflow(JSON.stringify(doc), JSON.stringify(skills));
        return (JSON.parse(plan) as { levels: string[][] }).levels;
      } catch {
        return null;
      }
    },
    expandSweep: (doc, skills, spec) =>
      JSON.parse(wasm.expandSweep(JSON.stringify(doc), JSON.stringify(skills), JSON.stringify(spec))) as Expanded,
    compareResults: (a, b, tolerance) =>
      JSON.parse(wasm.compareResults(JSON.stringify(a), JSON.stringify(b), tolerance)) as ResultComparison,
    run: wasm,
  };
}
