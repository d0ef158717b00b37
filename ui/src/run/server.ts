/** Python on the server: what is sent there, and what comes back. */

import { decode } from "./decode";
import { Encoder } from "./encode";
import { HeldOutputs, packLists, unpackLists } from "./lists";
import type { PrintedLine } from "./protocol";
import type { Task } from "./task";
import type { ExecutableSkill, NodeError } from "./types";

/** The most JSON that one call may take there. */
const SENT_BYTES = 60 * 2 ** 20;

/** One call; the server reads the code of the skill itself. */
export type ServerCall = {
  skill_id: string;
  version: string;
  inputs: Record<string, unknown>;
  timeout_ms: number;
  memory_mb: number;
};

/** What a call gave, values as a trace writes them. */
export type ServerAnswer = {
  outputs?: Record<string, unknown> | null;
  error?: { kind: string; message: string; hint?: string | null } | null;
  logs: { at_ms: number; stream: string; text: string }[];
  duration_ms: number;
};

/** Where Python outside the sandbox can be asked for. */
export type ServerPython = {
  /** Rejects where the call was refused or nobody answered. */
  run(call: ServerCall, signal: AbortSignal): Promise<ServerAnswer>;
};

/**
 * Sends a task to the server; answers how to take it back. Exactly one of its
 * ends is told, unless it is taken back. A task that ran elsewhere before says
 * for how long: its lines follow those.
 */
export function submitToServer(task: Task, skill: ExecutableSkill, server: ServerPython, began = 0): { cancel(): void } {
  const abort = new AbortController();
  void carryOut(task, skill, server, began, abort.signal);
  return { cancel: () => abort.abort() };
}

async function carryOut(task: Task, skill: ExecutableSkill, server: ServerPython, began: number, signal: AbortSignal): Promise<void> {
  // Whoever asks gets hold of the task before it ends.
  await Promise.resolve();
  if (signal.aborted) return;
  const inputs = encoded(task);
  if (!inputs) return task.onFail(tooMuch, 0);
  if (!began) task.onStart();
  let answer: ServerAnswer;
  try {
    const { timeoutMs: timeout_ms, memoryMb: memory_mb } = task;
    const call = { skill_id: skill.skill_id, version: skill.version ?? "", inputs, timeout_ms, memory_mb };
    answer = await server.run(call, signal);
  } catch (error) {
    if (!signal.aborted) task.onFail(refused(error), 0);
    return;
  }
  if (signal.aborted) return;
  const { outputs, error, logs, duration_ms } = answer;
  const lines = logs.map(({ at_ms, stream, text }): PrintedLine => [stream === "stderr" ? "stderr" : "stdout", began + at_ms, text]);
  if (lines.length > 0) task.onLog(lines);
  if (error?.kind === "timeout") return task.onTimeout();
  if (error) return task.onFail({ kind: error.kind, message: error.message, ...(error.hint && { hint: error.hint }) }, duration_ms);
  const entries = Object.entries(outputs ?? {}).map(([port, value]) => [port, decode(value)]);
  const { value, lists } = packLists(Object.fromEntries(entries) as Record<string, unknown>);
  task.onDone(new HeldOutputs(value, lists), duration_ms, 0);
}

/** The inputs as JSON, or `null` where they are too large. */
function encoded({ inputs, lists }: Task): Record<string, unknown> | null {
  const whole = Object.entries(unpackLists(inputs, lists, 0));
  const encoder = new Encoder(SENT_BYTES);
  const sent = whole.map(([port, value]) => [port, encoder.value(value)] as const);
  const isOmitted = (value: unknown): boolean => typeof value === "object" && value !== null && "$omitted" in value;
  return sent.some(([, value]) => isOmitted(value)) ? null : Object.fromEntries(sent);
}

const tooMuch: NodeError = {
  kind: "input",
  message: `the inputs take more than ${SENT_BYTES / 2 ** 20} MB as JSON, too much for the server`,
  hint: "hand on less: summarise, or sample",
};

function refused(error: unknown): NodeError {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? error.hint : null;
  return { kind: "load", message: `the server does not run it: ${message}`, ...(hint !== null && { hint }) };
}
