/**
 * JavaScript, run by the browser itself.
 *
 * A worker runs the code of one skill only, as a module: top-level statements
 * run once per worker, `execute` once per call. Nothing of what one skill does
 * to the global object or to a prototype is seen by another.
 */

import type { Call, LoadedRuntime, Outcome, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import { checkOutputs } from "../run/worker/outputs";
import { type TimerScope, watchTimers } from "../run/worker/timers";
import { guardMemory, limited } from "./javascript/memory";
import { captureConsole, invoke, loadModule, noExecute, unloadable } from "./javascript/module";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "javascript",
  title: "JavaScript",
  types: ["javascript"],
  version: "javascript-1",
  manifest: null,
  pool: { busy: (cores) => Math.max(2, cores), live: 8, spare: 1, spareAfterMs: 0 },
  isolation: (_skill, codeId) => `code-${codeId}`,
  fileName: (skillId) => `${skillId}.js`,
};

type Execute = (inputs: Record<string, unknown>) => unknown;

const isExecute = (value: unknown): value is Execute => typeof value === "function";

/** The sandbox's half. */
export const worker: WorkerRuntime = {
  load(_files, host) {
    captureConsole(host);
    const isSpent = watchTimers(globalThis as unknown as TimerScope);
    const memory = guardMemory(globalThis as unknown as Parameters<typeof guardMemory>[0]);
    const known = new Map<number, Execute>();
    const run = (execute: Execute, call: Call): Outcome | Promise<Outcome> => invoke(() => execute(call.inputs), finished, call);
    return {
      isSpent,
      call: limited(memory, (call) => {
        const execute = known.get(call.codeId);
        if (execute) return run(execute, call);
        return loadModule(call, host).then(
          ({ execute: loaded }) => {
            if (!isExecute(loaded)) return { ok: false, error: noExecute("inputs") };
            known.set(call.codeId, loaded);
            return run(loaded, call);
          },
          (error: unknown) => unloadable(error, call, "inputs"),
        );
      }),
    } satisfies LoadedRuntime;
  },
};

function finished(result: unknown): Outcome {
  const problem = checkOutputs(result);
  if (problem) return { ok: false, error: problem };
  return { ok: true, outputs: result as Record<string, unknown> };
}
