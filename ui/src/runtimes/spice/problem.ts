/** A netlist that cannot be simulated, with the line that is to blame. */

import type { NodeError } from "../../run/types";

/** The line of a netlist that a problem is about. */
export type Place = { line: number; text: string };

/** Thrown inside this folder; the runtime turns it into the node's error. */
export class SpiceProblem extends Error {
  override name = "SpiceProblem";

  constructor(
    message: string,
    readonly hint?: string,
    readonly place?: Place,
    readonly kind: NodeError["kind"] = "exception",
  ) {
    super(message);
  }

  /** The problem as the page shows it: the line and its text come first. */
  toError(): NodeError {
    const { place, message, hint, kind } = this;
    const error: NodeError = { kind, message: place ? `line ${place.line}: ${message}\n    ${place.text}` : message };
    if (hint !== undefined) error.hint = hint;
    return error;
  }
}
