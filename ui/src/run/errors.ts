/** Failures that are nobody's code's fault, in words. */

import type { NodeError } from "./types";

/** The frame with all workers is gone. */
export const lostError: NodeError = {
  kind: "memory",
  message: "ran out of memory: the browser ended the sandbox, and with it every node that was running",
  hint: "work on less data at a time; the next run starts with a new sandbox",
};

/** A runtime could not be loaded. */
export function loadError(message: string): NodeError {
  return { kind: "load", message, hint: "reload the page; if it stays, the files of the runtime are missing from this installation" };
}
