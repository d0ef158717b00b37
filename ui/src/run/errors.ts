/** Failures that are nobody's code's fault, in words. */

import type { NodeError } from "./types";

/** All workers together took more memory than they may. */
export const memoryError: NodeError = {
  kind: "memory",
  message: "ran out of memory: the sandbox was stopped, and with it every node that was running",
  hint: "work on less data at a time; the next run starts with a new sandbox",
};

/** The frame with all workers does not answer; the browser does not say why. */
export function silentError(silentMs: number): NodeError {
  const seconds = Math.round(silentMs / 1_000);
  return {
    kind: "crashed",
    message: `the sandbox did not answer for ${seconds} seconds and was stopped, and with it every node that was running`,
    hint: "the browser ends it where memory runs out: work on less data at a time; a machine that is very busy looks the same: run again",
  };
}

/** Whether another attempt can end otherwise; `final` failures were certain before anything ran. */
export function mayPass({ kind }: NodeError, final: boolean): boolean {
  return !final && (kind === "exception" || kind === "crashed" || kind === "load");
}

/** A runtime could not be loaded. */
export function loadError(message: string): NodeError {
  return { kind: "load", message, hint: "reload the page; if it stays, the files of the runtime are missing from this installation" };
}
