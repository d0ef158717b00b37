/**
 * Python on Pyodide, started from a memory snapshot.
 *
 * An interpreter is shared by the skills of the system volume, which ship
 * with the product, and by nobody else: any other skill gets one of its own.
 * Every call runs in a fresh namespace, but modules stay imported, so skills
 * that share an interpreter see each other's changes to modules.
 *
 * Packages are handed in as files and unpacked before the worker is ready.
 *
 * The snapshot freezes the seed of string hashes; `random` is seeded anew
 * before every call.
 */

import type { Call, LoadedRuntime, Outcome, RuntimeFile, WorkerHost, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import type { NodeError } from "../run/types";
import harness from "./python/harness.py?raw";
import { answerFrom, loadPackages, lockOf, NOWHERE, orderOf } from "./python/packages";
import { pack, unpack } from "./python/values";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "python",
  title: "Python",
  types: ["python-wasm", "qiskit"],
  version: "pyodide-314.0.7-2",
  manifest: "runtimes/pyodide-314.0.7/manifest.json",
  pool: { busy: (cores) => Math.min(Math.max(2, cores), 4), live: 4, spare: 1, spareAfterMs: 300, memoryMb: 128 },
  isolation: (skill, codeId) => (skill.volume === "system" ? "system" : `code-${codeId}`),
  fileName: (skillId) => `${skillId}.py`,
};

/** The part of Pyodide's interface that is used here. */
type Pyodide = {
  runPython(code: string, options?: { globals?: Proxy; filename?: string }): unknown;
  globals: Proxy;
  loadPackage(names: string[], options: Record<string, unknown>): Promise<unknown>;
  loadedPackages: Record<string, string>;
  setStdout(options: { write(buffer: Uint8Array): number; isatty?: boolean }): void;
  setStderr(options: { write(buffer: Uint8Array): number; isatty?: boolean }): void;
  _module: { HEAP8: Int8Array };
};
type Proxy = {
  get(name: string): unknown;
  destroy(): void;
};
type Answer = Proxy & { type: string };
type Coroutine = Proxy & { type: "coroutine" } & PromiseLike<Answer>;
type PythonCall = (
  codeId: number,
  code: string | null,
  file: string,
  text: string,
  slots: unknown[],
) => Answer | Coroutine;
type LoadPyodide = (options: Record<string, unknown>) => Promise<Pyodide>;

/** The sandbox's half. */
export const worker: WorkerRuntime = {
  async load(files, host) {
    const limits = limitMemory();
    const python = await start(files, host);
    for (const [set, stream] of [["setStdout", "stdout"], ["setStderr", "stderr"]] as const) {
      const decoder = new TextDecoder();
      python[set]({
        write(buffer) {
          host.write(stream, decoder.decode(buffer, { stream: true }));
          return buffer.length;
        },
      });
    }
    const call = loadHarness(python);
    const ownBytes = python["_module"].HEAP8.length;
    return {
      heapBytes: () => python["_module"].HEAP8.length,
      call(request) {
        limits.bytes = ownBytes + request.memoryMb * 2 ** 20;
        return invoke(call, request);
      },
    } satisfies LoadedRuntime;
  },
};

async function start(files: Record<string, RuntimeFile>, host: WorkerHost): Promise<Pyodide> {
  const compiled = files["pyodide.asm.wasm"];
  const real = { fetch: globalThis.fetch, streaming: WebAssembly.instantiateStreaming };
  const order = orderOf(files);
  const own: typeof fetch = (request) => Promise.resolve(answerFrom(files, order, addressOf(request)));
  globalThis.fetch = own;
  if (compiled instanceof WebAssembly.Module) {
    WebAssembly.instantiateStreaming = async (_response, imports) => {
      return { module: compiled, instance: await WebAssembly.instantiate(compiled, imports) };
    };
  }
  try {
    const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
      importFile<{ loadPyodide: LoadPyodide }>(files, "pyodide.mjs", host),
      importFile<{ default: unknown }>(files, "pyodide.asm.mjs", host),
    ]);
    const options = { indexURL: NOWHERE, packageBaseUrl: NOWHERE, lockFileContents: lockOf(order), createPyodideModule };
    const snapshot = files["snapshot.bin"];
    const python = await loadPyodide(snapshot ? { ...options, _loadSnapshot: snapshot } : options);
    if (order) await loadPackages(python, order);
    return python;
  } finally {
    // Code that chooses packages while it runs goes on asking here.
    globalThis.fetch = order?.chooses ? own : real.fetch;
    WebAssembly.instantiateStreaming = real.streaming;
  }
}

function addressOf(request: Parameters<typeof fetch>[0]): string {
  return typeof request === "object" && "url" in request ? request.url : String(request);
}

async function importFile<T>(files: Record<string, RuntimeFile>, name: string, host: WorkerHost): Promise<T> {
  const file = files[name];
  if (!(file instanceof ArrayBuffer)) throw new Error("a file of the Python runtime is missing");
  return (await host.importModule(file, name)) as T;
}

function loadHarness(python: Pyodide): PythonCall {
  const namespace = python.runPython("{'__name__': 'llmos_harness'}") as Proxy;
  python.runPython(harness, { globals: namespace, filename: "llmos_harness.py" });
  return namespace.get("call") as PythonCall;
}

/** Refuses memory beyond a limit; Python answers with a `MemoryError`. */
function limitMemory(): { bytes: number } {
  const limits = { bytes: Infinity };
  const grow = WebAssembly.Memory.prototype.grow;
  const { apply } = Reflect;
  WebAssembly.Memory.prototype.grow = function (pages: number) {
    if (this.buffer.byteLength + pages * 65_536 > limits.bytes) throw new RangeError("over the memory limit");
    return apply(grow, this, [pages]) as number;
  };
  return limits;
}

function invoke(call: PythonCall, request: Call): Outcome | Promise<Outcome> {
  const { text, slots } = pack(request.inputs);
  const answer = call(request.codeId, request.code, request.file, text, slots);
  return isCoroutine(answer) ? finishLater(answer, request) : read(answer, request);
}

function isCoroutine(answer: Answer | Coroutine): answer is Coroutine {
  return answer.type === "coroutine";
}

async function finishLater(coroutine: Coroutine, request: Call): Promise<Outcome> {
  const answer = await coroutine;
  coroutine.destroy();
  return read(answer, request);
}

/** Takes the answer of the harness apart and frees it. */
function read(answer: Answer, { memoryMb }: Call): Outcome {
  const data: unknown[] = [];
  try {
    const kind = answer.get("kind");
    if (typeof kind === "string") {
      const error: NodeError = { kind, message: String(answer.get("message")) };
      if (kind === "memory") error.message = `over the memory limit of ${memoryMb} MB\n${error.message}`;
      const hint = answer.get("hint");
      if (typeof hint === "string") error.hint = hint;
      return { ok: false, error };
    }
    for (const item of items(answer.get("data") as Proxy)) data.push(item);
    const packed = { text: answer.get("text") as string, paths: answer.get("paths") as string, data };
    const { value, transfer } = unpack(packed);
    return { ok: true, outputs: value, transfer };
  } finally {
    answer.destroy();
  }
}

type Buffer = { data: ArrayLike<number> & { slice(): ArrayBufferView }; release(): void };

/** Copies the blocks of a Python list out of the interpreter. */
function* items(list: Proxy): Generator<unknown> {
  const { length } = list as unknown as { length: number };
  for (let i = 0; i < length; i += 1) {
    const item = (list as unknown as { get(index: number): unknown }).get(i);
    if (typeof item !== "object" || item === null) {
      yield item;
      continue;
    }
    const proxy = item as Proxy & { getBuffer(): Buffer };
    const buffer = proxy.getBuffer();
    yield buffer.data.slice();
    buffer.release();
    proxy.destroy();
  }
  list.destroy();
}
