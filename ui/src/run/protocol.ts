/**
 * The messages between the page and the workers in the sandbox.
 *
 * Whatever a worker says is data of unknown origin: skill code runs beside
 * the code that speaks this protocol. `WorkerMessage` is therefore what an
 * honest worker sends, and the page checks what it takes from one.
 */

import type { PackedList } from "./lists";
import type { Part, Place } from "./parcel";
import type { NodeError } from "./types";

/** A file of a runtime, as a worker gets it. */
export type RuntimeFile = ArrayBuffer | WebAssembly.Module;

/** The first message to a worker; it comes through the relay. */
export type Hello = {
  port: MessagePort;
  files: Record<string, RuntimeFile>;
};

/** An output that a skill declares. */
export type DeclaredOutput = { name: string; type: string };

/** One call of a skill. */
export type Call = {
  /** Counts calls; a worker answers with the same number. */
  id: number;
  /** Names the code: equal codes have equal numbers. */
  codeId: number;
  /** The code, unless this worker has seen `codeId` before. */
  code: string | null;
  /** The name that the code has in stack traces. */
  file: string;
  inputs: Record<string, unknown>;
  /** The long lists of the inputs. */
  lists: readonly PackedList[];
  /** Where the blocks belong that came ahead in parts. */
  places?: readonly Place[];
  /** The outputs that the skill declares, for runtimes that make them without code of the skill. */
  outputs: readonly DeclaredOutput[];
  /** How much memory the call may take, where the runtime can tell. */
  memoryMb: number;
  /** After how long the page stops it, for runtimes whose work nobody can stop. */
  timeoutMs: number;
};

/** Text that a skill printed: stream, milliseconds since the call began, line. */
export type PrintedLine = ["stdout" | "stderr", number, string];

/** What a worker says. */
export type WorkerMessage =
  | { t: "ready"; heapBytes: number }
  | { t: "broken"; message: string }
  | { t: "log"; id: number; lines: PrintedLine[] }
  | { t: "done"; id: number; ms: number; outputs: Record<string, unknown>; lists: PackedList[]; places?: Place[]; heapBytes: number; spent: boolean }
  | Part
  | { t: "fail"; id: number; ms: number; error: NodeError; heapBytes: number; spent: boolean };

/** How a call ended, as a runtime tells it. */
export type Outcome =
  | { ok: true; outputs: Record<string, unknown>; transfer?: Transferable[] }
  | { ok: false; error: NodeError };

/** What a runtime may use of the worker it runs in. */
export type WorkerHost = {
  /** Takes printed text; it need not end with a line. */
  write(stream: "stdout" | "stderr", text: string): void;
  /**
   * Loads the text of a JavaScript module and gives what it exports. `name` is
   * what the module is called in stack traces. It can import nothing itself.
   */
  importModule(source: string | ArrayBuffer, name: string): Promise<Record<string, unknown>>;
  /** The graphics processor, `null` where there is none; left out, the worker looks for its own. */
  gpu?: GPU | null;
  /** Why there is none, and what to do; left out, the runtime has words of its own. */
  noGpu?: { message: string; hint: string };
};

/** A runtime that has loaded. */
export type LoadedRuntime = {
  call(call: Call): Outcome | Promise<Outcome>;
  /** The memory in use, for runtimes that have a heap of their own. */
  heapBytes?(): number;
  /** Whether the call left something behind that goes on, such as a timer: the worker is not used again. */
  isSpent?(): boolean;
};

/** The half of a runtime that runs inside the sandbox. */
export type WorkerRuntime = {
  load(files: Record<string, RuntimeFile>, host: WorkerHost): LoadedRuntime | Promise<LoadedRuntime>;
};
