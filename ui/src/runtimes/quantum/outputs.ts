/** Gives each output port what its name stands for. */

import type { DeclaredOutput } from "../../run/protocol";
import { QuantumProblem } from "./problem";
import { bitsOf, readResult } from "./results";
import type { QType } from "./signature";
import type { State } from "./state";

/** Outputs with a meaning of their own; any other takes a part of the result. */
const OWN = new Set(["counts", "state", "circuit", "result", "results"]);

/** Everything that a node's outputs are made of. */
export type Gathered = {
  /** How often each result came, in the notation of the language. */
  tally: ReadonlyMap<string, number>;
  /** Every result in order, where they are asked for. */
  all: readonly string[];
  first: string;
  shots: number;
  type: QType | null;
  state: (() => State) | null;
  circuit: (() => unknown) | null;
};

/** Every declared output. */
export function outputsOf(outputs: readonly DeclaredOutput[], gathered: Gathered): Record<string, unknown> {
  const parts = outputs.filter(({ name }) => !OWN.has(name));
  const values = partsOf(parts, gathered);
  return Object.fromEntries(outputs.map(({ name }) => [name, OWN.has(name) ? own(name, gathered) : values[parts.findIndex((port) => port.name === name)]]));
}

function own(name: string, { tally, all, first, shots, type, state, circuit }: Gathered): unknown {
  switch (name) {
    case "counts":
      return { kind: "counts", shots, counts: countsOf(tally) };
    case "state":
      return state?.();
    case "circuit":
      return { name: "circuit.json", mime: "application/x-qdk-circuit+json", text: JSON.stringify(circuit?.()) };
    case "results":
      return all.map((text) => readResult(text, type));
    default:
      return readResult(first, type);
  }
}

/** Counts by bit string. */
function countsOf(tally: ReadonlyMap<string, number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [text, count] of tally) {
    const key = bitsOf(text) ?? text;
    counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}

/** One port takes the whole result, several take its parts in order. */
function partsOf(ports: readonly DeclaredOutput[], { first, type }: Gathered): unknown[] {
  if (ports.length === 0) return [];
  const value = readResult(first, type);
  if (ports.length === 1) return [value];
  if (Array.isArray(value) && value.length === ports.length) return value as unknown[];
  const names = ports.map(({ name }) => `\`${name}\``).join(", ");
  const hint = `return a tuple with ${ports.length} parts, in the order of the outputs; besides these there are ${[...OWN].map((name) => `\`${name}\``).join(", ")}`;
  throw new QuantumProblem(`the outputs ${names} need a result of ${ports.length} parts, but the program gives ${first.slice(0, 80)}`, hint);
}
