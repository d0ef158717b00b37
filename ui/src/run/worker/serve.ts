/**
 * The first code in a sandbox worker: takes the port, loads the runtime and
 * answers calls. Skill code shares the global object with this module, so
 * everything used after the first call is captured before it.
 */

import { movable, packLists, unpackLists, type PackedList } from "../lists";
import { Parcels, partsOf, takeOut, type Part } from "../parcel";
import type { Call, Hello, LoadedRuntime, Outcome, WorkerHost, WorkerMessage, WorkerRuntime } from "../protocol";
import type { NodeError } from "../types";
import { importModule } from "./importModule";
import { Printer } from "./printer";
import { sizeOf } from "../values";
import { explainUncloneable, OUTPUT_LIMIT_BYTES, tooLarge } from "./outputs";

const { apply } = Reflect;
// Outside of a browser the events of a port have no class that could be asked.
const dataOf = globalThis.MessageEvent && Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data")?.get;
const clock = performance.now.bind(performance);
const promiseThen = Promise.prototype.then;
const isPromise = (value: unknown): value is Promise<Outcome> => value instanceof Promise;

/** Names that skills have no use for and that reach out of their own worker. */
const WITHHELD = ["Worker", "SharedWorker", "BroadcastChannel"];

/** Serves calls with `runtime` until the page ends this worker. */
export function serve(runtime: WorkerRuntime): void {
  const scope = globalThis as unknown as { onmessage: ((event: MessageEvent<Hello>) => void) | null };
  scope.onmessage = ({ data }) => {
    scope.onmessage = null;
    void begin(runtime, data);
  };
}

async function begin(runtime: WorkerRuntime, { port, files }: Hello): Promise<void> {
  const { postMessage: post } = port;
  const send = (message: WorkerMessage, transfer: Transferable[] = []): void => {
    apply(post, port, [message, transfer]);
  };
  let printer: Printer | undefined;
  const host: WorkerHost = {
    write: (stream, text) => printer?.write(stream, text),
    importModule,
    // Outside of a browser the thread brings a graphics processor along.
    ...(globalThis as { llmosGpu?: Pick<WorkerHost, "gpu" | "noGpu"> }).llmosGpu,
  };

  let loaded: LoadedRuntime;
  try {
    loaded = await runtime.load(files, host);
  } catch (error) {
    send({ t: "broken", message: error instanceof Error ? error.message : String(error) });
    return;
  }
  for (const name of WITHHELD) Reflect.deleteProperty(globalThis, name);
  const heapBytes = (): number => loaded.heapBytes?.() ?? 0;
  const after = (): { heapBytes: number; spent: boolean } => ({ heapBytes: heapBytes(), spent: loaded.isSpent?.() ?? false });
  reportStrayErrors(host.write);

  const codes = new Map<number, string>();
  const parcels = new Parcels(Infinity);
  port.onmessage = (event) => {
    const data = (dataOf ? apply(dataOf, event, []) : event.data) as Call | Part;
    if ("t" in data) return parcels.take(data);
    const call = data;
    parcels.putInto(call.id, call, call.places);
    if (call.code !== null) codes.set(call.codeId, call.code);
    else call.code = codes.get(call.codeId) ?? "";
    call.inputs = unpackLists(call.inputs, call.lists);
    const from = clock();
    const { id } = call;
    printer = new Printer({ now: clock, send: (lines) => send({ t: "log", id, lines }) });
    const finish = (given: Outcome): void => {
      printer?.flush();
      const ms = clock() - from;
      const fits = !given.ok || sizeOf(given.outputs) <= OUTPUT_LIMIT_BYTES;
      const outcome: Outcome = fits ? given : { ok: false, error: tooLarge };
      if (!outcome.ok) return send({ t: "fail", id, ms, error: outcome.error, ...after() });
      try {
        const { value, blocks, places } = takeOut(packed(outcome.outputs));
        const moved = movable(value.outputs, outcome.transfer ?? []);
        const taken = new Set<unknown>(blocks.map(({ buffer }) => buffer));
        const transfer = [...(outcome.transfer ?? []).filter((buffer) => !taken.has(buffer)), ...moved.blocks];
        const { lists } = value;
        for (let i = 0; i < lists.length; i += 1) transfer.push(lists[i]?.data.buffer as ArrayBuffer);
        for (const part of partsOf(id, blocks)) send(part, [part.data]);
        send({ t: "done", id, ms, outputs: moved.value, lists, places, ...after() }, transfer);
      } catch (error) {
        send({ t: "fail", id, ms, error: explainUncloneable(error), ...after() });
      }
    };
    const crash = (error: unknown): void => finish({ ok: false, error: crashed(error) });
    try {
      const outcome = loaded.call(call);
      if (isPromise(outcome)) void apply(promiseThen, outcome, [finish, crash]);
      else finish(outcome);
    } catch (error) {
      crash(error);
    }
  };
  send({ t: "ready", heapBytes: heapBytes() });
}

function packed(value: Record<string, unknown>): { outputs: Record<string, unknown>; lists: PackedList[] } {
  const { value: outputs, lists } = packLists(value);
  return { outputs, lists };
}

/** An error of the runtime itself, not of the skill. */
function crashed(error: unknown): NodeError {
  return { kind: "crashed", message: `the runtime stopped: ${String(error)}` };
}

/** Shows errors in timers and forgotten promises as lines on stderr. */
function reportStrayErrors(write: (stream: "stderr", text: string) => void): void {
  addEventListener("error", (event) => {
    event.preventDefault();
    write("stderr", `${event.message}\n`);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    write("stderr", `unhandled rejection: ${String(event.reason)}\n`);
  });
}
