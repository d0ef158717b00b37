/** What is asked of the pool. */

import type { StartCommand } from "./engine";
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from "./limits";
import type { HeldOutputs, PackedList } from "./lists";
import type { DeclaredOutput, PrintedLine } from "./protocol";
import { equipped } from "./packages";
import type { Runtime } from "./registry";
import type { ExecutableSkill, NodeError } from "./types";

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
  /** Why it cannot run at all, where that is known before it is tried. */
  refusal?: NodeError;
  /** The call was handed to a worker that is ready: its time counts from now. */
  onStart(): void;
  onLog(lines: PrintedLine[]): void;
  /** `heapBytes` is the memory of the worker afterwards; 0 where nobody can tell. */
  onDone(outputs: HeldOutputs, ms: number, heapBytes: number): void;
  /** `final` where another attempt would end in the same way. */
  onFail(error: NodeError, ms: number, final?: boolean): void;
  onTimeout(): void;
};

/** A task in the pool. */
export type QueuedTask = {
  task: Task;
  /** Taken back before it began. */
  dropped: boolean;
  /** The worker that it runs in, while it does. */
  workerId: number | null;
};

/** The part of a task that follows from the command and the skill alone. */
export function callOf({ timeout_ms, memory_mb }: StartCommand, skill: ExecutableSkill, runtime: Runtime, codeId: number) {
  const { needs } = skill;
  return {
    runtime: equipped(runtime, needs),
    ...(needs?.error ? { refusal: { kind: "load", ...needs.error } } : {}),
    group: runtime.isolation(skill, codeId),
    codeId,
    code: skill.code,
    file: runtime.fileName(skill.skill_id),
    outputs: skill.outputs.map(({ name, type }) => ({ name, type })),
    timeoutMs: timeout_ms ?? DEFAULT_TIMEOUT_MS,
    memoryMb: memory_mb ?? DEFAULT_MEMORY_MB,
  };
}

/** Ends a task that cannot run, after the caller has got hold of it. */
export function refuse(task: Task, refusal: NodeError): QueuedTask {
  const queued: QueuedTask = { task, dropped: false, workerId: null };
  queueMicrotask(() => queued.dropped || task.onFail(refusal, 0, true));
  return queued;
}

export { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from "./limits";
