/**
 * Code of a skill as a JavaScript module: loads it, calls it, and puts what
 * goes wrong into words. Shared by the runtimes whose skills are JavaScript.
 * Runs inside the sandbox.
 */

import type { Call, Outcome, WorkerHost } from "../../run/protocol";
import type { NodeError } from "../../run/types";
import { readable } from "../../run/worker/readable";
import { OVER } from "./memory";

/** What a skill exports, by the names it was asked for. */
export type Exports = Record<string, unknown>;

/** Taken before any skill runs: the name is withheld from skills. */
const { Worker } = globalThis;

/** What is said where there is too little of it, by the guard and by the browser. */
const OUT_OF_MEMORY = new RegExp(`${OVER}|Array buffer allocation|Invalid array length|Invalid string length|could not allocate memory`);

/** How long to look for the line of a syntax error, in milliseconds. */
const PARSE_LIMIT_MS = 500;

/**
 * Loads the code, whether or not it exports anything itself, and gives the
 * top-level names asked for. `execute` must be there; others may be missing.
 */
export async function loadModule({ code, file }: Call, host: WorkerHost, optional: readonly string[] = []): Promise<Exports> {
  const also = optional.map((name) => `typeof ${name} === "undefined" ? undefined : ${name}`);
  const source = `${code ?? ""}\n;export { execute as llmosExecute };\nexport const llmosOptional = [${also.join(", ")}];`;
  const module = await host.importModule(source, file);
  const found = module["llmosOptional"] as unknown[];
  return { execute: module["llmosExecute"], ...Object.fromEntries(optional.map((name, index) => [name, found[index]])) };
}

/** What is said of code without the one function that it needs. */
export function noExecute(signature: string): NodeError {
  return {
    kind: "exception",
    message: "the code defines no function `execute`",
    hint: `write \`function execute(${signature}) { … }\``,
  };
}

/** Puts into words why code could not be loaded. */
export function unloadable(error: unknown, call: Call, signature: string): Outcome | Promise<Outcome> {
  if (!(error instanceof SyntaxError)) return failed(error, call);
  if (/^Export 'execute' is not defined/.test(error.message)) return { ok: false, error: noExecute(signature) };
  return misspelt(error, call);
}

/**
 * Puts a syntax error into words, with its place.
 *
 * In a browser the error of `import()` has no line, but a worker that cannot
 * parse its script reports one; it runs nothing of it.
 */
function misspelt(error: SyntaxError, { code, file }: Call): Outcome | Promise<Outcome> {
  const explain = (place: string): Outcome => ({
    ok: false,
    error: { kind: "exception", message: `SyntaxError: ${error.message}${place}`, ...hintOf(error) },
  });
  const line = lineIn(error.stack ?? "", file);
  if (line !== null || typeof Worker !== "function" || typeof URL.createObjectURL !== "function") {
    return explain(line === null ? "" : `\n    at ${file}:${line}`);
  }
  const url = URL.createObjectURL(new Blob([code ?? ""], { type: "text/javascript" }));
  const parser = new Worker(url, { type: "module" });
  return new Promise((resolve) => {
    const tell = (place: string): void => {
      parser.terminate();
      URL.revokeObjectURL(url);
      resolve(explain(place));
    };
    parser.onerror = ({ lineno, colno }) => tell(lineno > 0 ? `\n    at ${file}:${lineno}:${colno}` : "");
    setTimeout(() => tell(""), PARSE_LIMIT_MS);
  });
}

function hintOf({ message }: SyntaxError): { hint: string } {
  if (/import statement|import\.meta|does not provide an export/.test(message)) return { hint: NO_IMPORT };
  if (/await is only valid|Unexpected reserved word/.test(message)) return { hint: "write `async function execute(inputs)` to use `await`" };
  return { hint: "see the line: a bracket, a quote or a comma may be missing before it" };
}

const NO_IMPORT = "a skill imports nothing: write what you need into it, or take it from another node";
const NO_NETWORK = "there is no network here: put the data into an input, or into a file that another node reads";

/** What is known about mistakes that are easily made in a worker without network and page. */
const HINTS: readonly [RegExp, string][] = [
  [/(document|window|alert|localStorage|sessionStorage|requestAnimationFrame) is not defined/, "there is no page here: return values, and the page shows them"],
  [/require is not defined|Failed to fetch dynamically imported|module specifier/, NO_IMPORT],
  [/Failed to fetch|NetworkError|violates the following Content Security Policy|importScripts/, NO_NETWORK],
  [/(EvalError|unsafe-eval|Code generation from strings)/, "code cannot be made from text here: write a function"],
  [/(Worker|SharedWorker|BroadcastChannel) is not defined/, "put independent work into nodes of their own: these run in parallel"],
  [/Maximum call stack size exceeded/, "a function calls itself without end: look for a missing condition, or write a loop"],
  [/(indexedDB|IndexedDB|caches|storage).*(denied|not allowed|not defined|insecure)|SecurityError/, "nothing is kept between calls: return what is to stay"],
  [/Cannot read properties of (undefined|null)/, "something is missing: look whether the input is connected and has this field"],
  [/is not a function|is not iterable/, "the value is of another kind than expected: print it with `console.log`"],
  [/is not defined/, "declare the name first; inputs are properties of the first argument"],
];

function hintFor(summary: string): { hint?: string } {
  const hint = HINTS.find(([pattern]) => pattern.test(summary))?.[1];
  return hint === undefined ? {} : { hint };
}

/** The line of the first mention of `file` in a stack, as some hosts put it above the error. */
function lineIn(stack: string, file: string): string | null {
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? null : (/^(\d+(?::\d+)?)/.exec(stack.slice(at + file.length + 1))?.[1] ?? null);
}

/** Puts the error of a skill into words, with the lines of the skill only. */
export function failed(error: unknown, { file }: Call): Outcome {
  if (!(error instanceof Error)) {
    return { ok: false, error: { kind: "exception", message: `thrown: ${readable(error)}` } };
  }
  const summary = `${error.name}: ${error.message}`;
  const frames = (error.stack ?? "").split("\n").filter((line) => line.includes(file) && /^\s+at /.test(line));
  const message = [summary, ...frames].join("\n");
  if (!(error instanceof RangeError) || !OUT_OF_MEMORY.test(error.message)) {
    return { ok: false, error: { kind: "exception", message, ...hintFor(summary) } };
  }
  return { ok: false, error: { kind: "memory", message, hint: "work on less at a time, or give the skill a larger `memory_mb`" } };
}

/** Whether a function of the skill answers later. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Calls a function of the skill and hands on what it gives, now or later. */
export function invoke(run: () => unknown, finished: (result: unknown) => Outcome, call: Call): Outcome | Promise<Outcome> {
  const guarded = (result: unknown): Outcome => {
    try {
      return finished(result);
    } catch (error) {
      return failed(error, call);
    }
  };
  try {
    const result = run();
    if (isThenable(result)) return Promise.resolve(result).then(guarded, (error: unknown) => failed(error, call));
    return guarded(result);
  } catch (error) {
    return failed(error, call);
  }
}

/** Makes every method of `console` that prints a line of the node's log. */
export function captureConsole(host: WorkerHost): void {
  const printTo = (stream: "stdout" | "stderr") => (...parts: unknown[]) => {
    host.write(stream, `${parts.map(readable).join(" ")}\n`);
  };
  for (const name of ["log", "info", "debug", "dir", "table"] as const) console[name] = printTo("stdout");
  for (const name of ["warn", "error", "trace"] as const) console[name] = printTo("stderr");
}
