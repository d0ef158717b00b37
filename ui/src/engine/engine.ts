import type { ExecutableSkill, Finding, WorkflowDoc } from "../api/schema";
import type { Engine as RunEngine } from "../run/types";

/** Whether an output may feed an input, and if not, why. */
export type ConnectAnswer = { ok: boolean; message?: string | null; hint?: string | null };

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
  /** What the runner needs of the engine. */
  readonly run: RunEngine;
}

/** Loads the engine, about 0.3 MB, and starts it. */
export async function loadEngine(): Promise<Engine> {
  const [wasm, { default: url }] = await Promise.all([
    import("./pkg/llmos_wasm.js"),
    import("./pkg/llmos_wasm_bg.wasm?url"),
  ]);
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
    run: wasm,
  };
}
