/** What is asked of the pool. */

import type { HeldOutputs, PackedList } from "./lists";
import type { DeclaredOutput, PrintedLine } from "./protocol";
import type { Runtime } from "./registry";
import type { NodeError } from "./types";

/** One call that the pool is asked to make. In the end exactly one of the last three is called. */
export type Task = {
  runtime: Runtime;
  /** Tasks of equal group may share a worker. */
  group: string;
  codeId: number;
  code: string;
  file: string;
  inputs: Record<string, unknown>;
  /** The long lists of the inputs. */
  lists: readonly PackedList[];
  /** What the skill declares to give. */
  outputs: readonly DeclaredOutput[];
  timeoutMs: number;
  memoryMb: number;
  /** The call was handed to a worker that is ready: its time counts from now. */
  onStart(): void;
  onLog(lines: PrintedLine[]): void;
  onDone(outputs: HeldOutputs, ms: number): void;
  onFail(error: NodeError, ms: number): void;
  onTimeout(): void;
};
