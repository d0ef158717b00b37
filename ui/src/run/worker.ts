/**
 * One worker as the pool sees it. Everything that arrives on the port was
 * sent beside skill code, so nothing is believed without a look at its shape.
 */

import { arePackedLists, HeldOutputs, type PackedList } from "./lists";
import { Parcels, partsOf, sendParts, takeOut, type Part } from "./parcel";
import type { Call, PrintedLine } from "./protocol";
import type { QueuedTask } from "./task";
import type { NodeError } from "./types";
import { fitsWithin } from "./values";
import { OUTPUT_LIMIT_BYTES } from "./worker/outputs";
import { CHARS_PER_CALL, LINE_LIMIT, LINES_PER_CALL } from "./worker/printer";

/** What the pool wants to hear. */
export type WorkerEvents = {
  onReady(): void;
  onBroken(message: string): void;
  /** The runtime is beyond use; the pool is to end this worker. */
  onCrashed(): void;
  /** A call ended and the worker can take the next. */
  onFree(): void;
  /** A call ended and left something behind that goes on; the pool is to end this worker. */
  onSpent(): void;
};

/** The most that one call may print, over all: twice what an honest worker sends. */
const LINES_LIMIT = 2 * LINES_PER_CALL;
const CHARS_LIMIT = 2 * CHARS_PER_CALL;
const ERROR_LIMIT = 100_000;
/** How deep outputs may be nested: somewhat more than an honest worker lets through. */
const DEPTH_LIMIT = 256;

/** A worker and what it is doing. */
export class PoolWorker {
  state: "starting" | "idle" | "busy" | "ended" = "starting";
  /** Whose code it has run: it never runs another's. */
  group: string | null = null;
  lane = "";
  task: QueuedTask | null = null;
  startedAt = 0;
  idleSince = 0;
  heapBytes = 0;
  bootHeapBytes = 0;
  #spent = false;
  #calls = 0;
  #lines = 0;
  #chars = 0;
  readonly #knownCode = new Set<number>();
  readonly #parcels = new Parcels(OUTPUT_LIMIT_BYTES);

  constructor(
    readonly id: number,
    readonly port: MessagePort,
    readonly bornAt: number,
    readonly events: WorkerEvents,
  ) {
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    port.onmessageerror = () => this.#finish((queued) => queued.task.onFail(unreadable, 0));
  }

  get idle(): boolean {
    return this.state === "idle";
  }

  /** Hands a call to the worker. */
  start(queued: QueuedTask, now: number): void {
    const { task } = queued;
    this.state = "busy";
    this.group = task.group;
    this.task = queued;
    this.startedAt = now;
    this.#calls += 1;
    this.#lines = 0;
    this.#chars = 0;
    queued.workerId = this.id;
    const { value, blocks, places } = takeOut({ inputs: task.inputs, lists: task.lists });
    const call: Call = {
      id: this.#calls,
      codeId: task.codeId,
      code: this.#knownCode.has(task.codeId) ? null : task.code,
      file: task.file,
      ...value,
      places,
      outputs: task.outputs,
      memoryMb: task.memoryMb,
      timeoutMs: task.timeoutMs,
    };
    this.#knownCode.add(task.codeId);
    task.onStart();
    if (blocks.length === 0) return this.port.postMessage(call);
    const isWanted = (): boolean => this.task === queued;
    const send = (part: Part): void => this.port.postMessage(part, [part.data]);
    void sendParts(partsOf(call.id, blocks), send, isWanted).then(() => isWanted() && this.port.postMessage(call));
  }

  /** The relay reports an error of the worker. */
  fault(message: string): void {
    if (this.state === "starting") this.events.onBroken(message);
  }

  /** The worker is gone, and what it was doing with it. */
  gone(error: NodeError): void {
    const { task } = this;
    if (this.state === "starting") return this.events.onBroken(error.message);
    this.events.onCrashed();
    task?.task.onFail(error, 0);
  }

  /** Stops listening. The task, if there is one, hears nothing more. */
  close(): void {
    this.state = "ended";
    this.task = null;
    this.port.onmessage = null;
    this.port.close();
  }

  #hear(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    const message = data as Record<string, unknown>;
    if (this.state === "starting") {
      if (message["t"] === "broken") return this.events.onBroken(readError(message).message);
      if (message["t"] !== "ready") return;
      this.state = "idle";
      this.heapBytes = this.bootHeapBytes = count(message["heapBytes"]);
      this.events.onReady();
      return;
    }
    if (!this.task || message["id"] !== this.#calls) return;
    const ms = count(message["ms"]);
    this.#spent = message["spent"] === true;
    switch (message["t"]) {
      case "part":
        this.#parcels.take(message);
        break;
      case "log":
        this.#log(message["lines"]);
        break;
      case "done": {
        const { outputs, lists } = message;
        this.heapBytes = count(message["heapBytes"]);
        const whole = this.#parcels.putInto(message["id"], message, message["places"]);
        if (whole && isRecord(outputs) && arePackedLists(lists) && areBearable(outputs, lists)) {
          const held = new HeldOutputs(outputs, lists);
          this.#finish(({ task }) => task.onDone(held, ms, this.heapBytes));
        } else this.#finish(({ task }) => task.onFail(unreadable, ms));
        break;
      }
      case "fail": {
        const error = readError(message["error"]);
        this.heapBytes = count(message["heapBytes"]);
        // A runtime that stopped is not asked again: it is gone before the task hears of it.
        const { task } = this;
        if (error.kind === "crashed") this.events.onCrashed();
        if (error.kind === "crashed") task?.task.onFail(error, ms);
        else this.#finish((queued) => queued.task.onFail(error, ms));
        break;
      }
    }
  }

  #log(lines: unknown): void {
    if (!Array.isArray(lines)) return;
    const clean: PrintedLine[] = [];
    for (const line of lines as unknown[]) {
      if (this.#lines >= LINES_LIMIT || this.#chars >= CHARS_LIMIT) break;
      this.#lines += 1;
      if (!isLine(line)) continue;
      const [stream, at, text] = line;
      const shown = text.slice(0, 2 * LINE_LIMIT);
      this.#chars += shown.length;
      clean.push([stream, at, shown]);
    }
    if (clean.length > 0) this.task?.task.onLog(clean);
  }

  #finish(tell: (queued: QueuedTask) => void): void {
    const { task } = this;
    if (!task) return;
    this.task = null;
    this.state = this.#spent ? "ended" : "idle";
    this.idleSince = this.startedAt;
    task.workerId = null;
    tell(task);
    if (this.#spent) this.events.onSpent();
    else this.events.onFree();
  }
}

const unreadable: NodeError = { kind: "output", message: "the outputs could not be read" };

function count(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The worker checked this too, but a getter may have shown it something else. */
function areBearable(outputs: object, lists: readonly PackedList[]): boolean {
  const packed = lists.reduce((bytes, { data }) => bytes + data.byteLength, 0);
  return packed <= OUTPUT_LIMIT_BYTES && fitsWithin(outputs, OUTPUT_LIMIT_BYTES, DEPTH_LIMIT);
}

function isLine(line: unknown): line is PrintedLine {
  if (!Array.isArray(line)) return false;
  const [stream, at, text] = line as unknown[];
  return (stream === "stdout" || stream === "stderr") && Number.isFinite(at) && typeof text === "string";
}

const KINDS = new Set(["exception", "memory", "crashed", "load", "output"]);

function readError(value: unknown): NodeError {
  if (!isRecord(value)) return { kind: "crashed", message: "the worker failed without a word" };
  const { kind, message, hint } = value;
  const error: NodeError = {
    kind: typeof kind === "string" && KINDS.has(kind) ? kind : "crashed",
    message: typeof message === "string" ? message.slice(0, ERROR_LIMIT) : "the worker failed without a word",
  };
  if (typeof hint === "string") error.hint = hint.slice(0, ERROR_LIMIT);
  return error;
}
