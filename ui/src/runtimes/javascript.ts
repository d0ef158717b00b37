/**
 * JavaScript, run by the browser itself.
 *
 * A worker runs the code of one skill only, as a module: top-level statements
 * run once per worker, `execute` once per call. Nothing of what one skill does
 * to the global object or to a prototype is seen by another.
 */

import type { Call, LoadedRuntime, Outcome, WorkerHost, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import { checkOutputs } from "../run/worker/outputs";
import { readable } from "../run/worker/readable";

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
    const { Worker } = globalThis;
    const known = new Map<number, Execute>();
    return {
      call(call) {
        const execute = known.get(call.codeId);
        if (execute) return invoke(execute, call);
        return load(call, host).then(
          (loaded) => {
            if (!isExecute(loaded)) return { ok: false, error: noExecute };
            known.set(call.codeId, loaded);
            return invoke(loaded, call);
          },
          (error: unknown) => (error instanceof SyntaxError ? misspelt(error, call, Worker) : failed(error, call)),
        );
      },
    } satisfies LoadedRuntime;
  },
};

const noExecute = {
  kind: "exception",
  message: "the code defines no function `execute`",
  hint: "write `function execute(inputs) { … }`",
};

/** Loads the code as a module, whether or not it exports `execute` itself. */
async function load({ code, file }: Call, host: WorkerHost): Promise<unknown> {
  const module = await host.importModule(`${code ?? ""}\n;export { execute as llmosExecute };`, file);
  return module["llmosExecute"];
}

/**
 * Puts a syntax error into words, with its place.
 *
 * The error of `import()` has no line, but a worker that cannot parse its
 * script reports one; it runs nothing of it.
 */
function misspelt(error: SyntaxError, { code, file }: Call, Worker: typeof globalThis.Worker): Outcome | Promise<Outcome> {
  if (/^Export 'execute' is not defined/.test(error.message)) return { ok: false, error: noExecute };
  const url = URL.createObjectURL(new Blob([code ?? ""], { type: "text/javascript" }));
  const parser = new Worker(url);
  return new Promise((resolve) => {
    const tell = (place: string): void => {
      parser.terminate();
      URL.revokeObjectURL(url);
      resolve({ ok: false, error: { kind: "exception", message: `SyntaxError: ${error.message}${place}` } });
    };
    parser.onerror = ({ lineno, colno }) => tell(lineno > 0 ? `\n    at ${file}:${lineno}:${colno}` : "");
    setTimeout(() => tell(""), 200);
  });
}

function invoke(execute: Execute, call: Call): Outcome | Promise<Outcome> {
  try {
    const result = execute(call.inputs);
    if (isThenable(result)) {
      return Promise.resolve(result).then(finished, (error: unknown) => failed(error, call));
    }
    return finished(result);
  } catch (error) {
    return failed(error, call);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function finished(result: unknown): Outcome {
  const problem = checkOutputs(result);
  if (problem) return { ok: false, error: problem };
  return { ok: true, outputs: result as Record<string, unknown> };
}

/** Puts the error of a skill into words, with the lines of the skill only. */
function failed(error: unknown, { file }: Call): Outcome {
  if (!(error instanceof Error)) {
    return { ok: false, error: { kind: "exception", message: `thrown: ${readable(error)}` } };
  }
  const summary = `${error.name}: ${error.message}`;
  const frames = (error.stack ?? "").split("\n").filter((line) => line.includes(file));
  const kind = error instanceof RangeError && /Array buffer allocation|Invalid array length/.test(error.message)
    ? "memory"
    : "exception";
  return { ok: false, error: { kind, message: [summary, ...frames].join("\n") } };
}

/** Makes every method of `console` that prints a line of the node's log. */
function captureConsole(host: WorkerHost): void {
  const printTo = (stream: "stdout" | "stderr") => (...parts: unknown[]) => {
    host.write(stream, `${parts.map(readable).join(" ")}\n`);
  };
  for (const name of ["log", "info", "debug", "dir", "table"] as const) console[name] = printTo("stdout");
  for (const name of ["warn", "error", "trace"] as const) console[name] = printTo("stderr");
}
