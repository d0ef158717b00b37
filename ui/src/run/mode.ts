/** Where a skill asks to be run: in the sandbox, on the server, or there when the sandbox was too small. */

import type { Pool } from "./pool";
import { submitToServer, type ServerPython } from "./server";
import { refuse, type Task } from "./task";
import type { ExecutableSkill, NodeError } from "./types";
import { tooLarge } from "./worker/outputs";

/** Where tasks can go. */
export type Places = {
  pool: Pick<Pool, "submit" | "cancel">;
  /** Absent where nobody allowed it. */
  server?: ServerPython | undefined;
};

const PYTHON: readonly string[] = ["python-wasm", "qiskit"];

const ALLOW = "start the server with `llmos serve --allow-server-python`, and run it in the page";

/** Hands a task to the place that its skill asks for; answers how to take it back. */
export function submitTo({ pool, server }: Places, skill: ExecutableSkill, task: Task): { cancel(): void } {
  const refusal = refusalOf(skill, server);
  if (refusal) {
    const refused = refuse(task, refusal);
    return { cancel: () => void (refused.dropped = true) };
  }
  if (skill.execution_mode === "server-python" && server) return submitToServer(task, skill, server);
  const isHybrid = skill.execution_mode === "hybrid" && PYTHON.includes(skill.type);
  let then: { cancel(): void } | null = null;
  const queued = pool.submit(isHybrid ? goingOn(task, skill, server, (next) => (then = next)) : task);
  return { cancel: () => (then ? then.cancel() : pool.cancel(queued)) };
}

/** Why a skill is not run at all, or `null` where it is. */
export function refusalOf({ skill_id, execution_mode, type }: ExecutableSkill, server?: ServerPython): NodeError | null {
  if (execution_mode !== "server-python") return null;
  if (!PYTHON.includes(type)) {
    return {
      kind: "load",
      message: `\`${skill_id}\` asks for the server, which runs Python only`,
      hint: "leave the line `execution_mode` out of the skill: then it runs in the browser",
    };
  }
  if (server) return null;
  return {
    kind: "load",
    message: `\`${skill_id}\` asks for Python on the server, and no skill code runs there`,
    hint: `${ALLOW}; or write \`execution_mode: browser-wasm\` into the skill`,
  };
}

/** A task that goes on on the server when it fails here for size or time. */
function goingOn(task: Task, skill: ExecutableSkill, server: ServerPython | undefined, onMove: (next: { cancel(): void }) => void): Task {
  let startedAt: number | null = null;
  /** Says what comes next; whether the server takes over. */
  const moves = (why: string): boolean => {
    const began = startedAt === null ? 0 : Math.max(1, performance.now() - startedAt);
    const line = server ? "it runs again on the server" : `on the server it might end; ${ALLOW}`;
    if (startedAt === null) task.onStart();
    task.onLog([["stderr", began, `${why} in the browser: ${line}`]]);
    if (server) onMove(submitToServer(task, skill, server, Math.max(1, began)));
    return server !== undefined;
  };
  return {
    ...task,
    onStart: () => {
      startedAt = performance.now();
      task.onStart();
    },
    onFail: (error, ms, final) => {
      const why = tooSmall(error);
      if (why === null || !moves(why)) task.onFail(error, ms, final);
    },
    onTimeout: () => {
      if (!moves(`longer than ${task.timeoutMs} ms`)) task.onTimeout();
    },
  };
}

/** What the sandbox had too little of, or `null` where it failed for another reason. */
function tooSmall({ kind, message }: NodeError): string | null {
  if (kind === "memory") return "too little memory";
  return kind === "output" && message === tooLarge.message ? "outputs too large" : null;
}
