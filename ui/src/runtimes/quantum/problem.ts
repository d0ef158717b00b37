/** A program that cannot be run, with the place that is to blame. */

import type { NodeError } from "../../run/types";

/** Thrown inside this folder; the runtime turns it into the node's error. */
export class QuantumProblem extends Error {
  override name = "QuantumProblem";

  constructor(
    message: string,
    readonly hint?: string,
    readonly kind: NodeError["kind"] = "exception",
  ) {
    super(message);
  }

  /** The problem as the page shows it. */
  toError(): NodeError {
    const { kind, message, hint } = this;
    return hint === undefined ? { kind, message } : { kind, message, hint };
  }
}
