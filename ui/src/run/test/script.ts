/** A runner whose engine follows a script, for tests. */

import type { RunCommand, RunEvent } from "../engine";
import { createRunnerWith } from "../runner";
import type { Engine, EngineRun, NodeUpdate, RunPayload, Runner } from "../types";
import { FakePage, fakeRegistry, fakeSkill } from "./fakes";

/** An engine that says what the test tells it to. */
export class Script {
  readonly events: RunEvent[][] = [];
  readonly options: Record<string, unknown>[] = [];
  first: RunCommand[] = [];
  keys: Record<string, string | null> = {};
  answer: (events: RunEvent[]) => RunCommand[] = () => [];

  engine(): Engine {
    const run: EngineRun = {
      start: () => JSON.stringify(this.first),
      keys: () => JSON.stringify(this.keys),
      handle: (text) => {
        const events = JSON.parse(text) as RunEvent[];
        this.events.push(events);
        return JSON.stringify(this.answer(events));
      },
    };
    const note = (options: string): void => {
      this.options.push(JSON.parse(options) as Record<string, unknown>);
    };
    return {
      Run: class implements EngineRun {
        start = run.start;
        keys = run.keys;
        handle = run.handle;
        constructor(_doc: string, _skills: string, options: string) {
          note(options);
        }
      },
    };
  }
}

export const start = (node: string, changes: Partial<Extract<RunCommand, { type: "start" }>> = {}): RunCommand => ({
  type: "start",
  node,
  attempt: 1,
  skill_id: "skill",
  runtime: "javascript",
  literals: {},
  links: {},
  ...changes,
});
export const state = (node: string, now: NodeUpdate["state"]): RunCommand => ({ type: "state", node, state: now });
export const done = (outcome: "success" | "error" | "cancelled"): RunCommand => ({ type: "done", outcome });
export const has = (events: RunEvent[], type: RunEvent["type"], node: string): boolean =>
  events.some((event) => event.type === type && "node" in event && event.node === node);

export function payload(...nodes: string[]): RunPayload {
  return {
    workflow: { workflow_id: "w", name: "W", nodes: nodes.map((id) => ({ id, skill_id: "skill" })), edges: [] },
    skills: { skill: fakeSkill("skill") },
    workflow_volume: "user/local",
  };
}

export function setUp(): { script: Script; page: FakePage; runner: Runner } {
  const script = new Script();
  const page = new FakePage();
  const ports = { registry: fakeRegistry(), pool: () => page.pool(), nextFrame: page.nextFrame, now: () => page.now };
  return { script, page, runner: createRunnerWith({ engine: script.engine() }, ports) };
}
