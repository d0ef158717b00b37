/** What a comparison of two runs is made from. Values are loaded when they are looked at. */
import type { NodeState } from "../../run/types";

/** One output of a node. `hash` is the engine's hash of the result, where it is known without loading it. */
export type ComparedPort = { port: string; type: string; hash?: string };

/** One node of a run; `id` is what tells which nodes of two runs belong together. */
export type ComparedNode = {
  id: string;
  name: string;
  state: NodeState;
  durationMs?: number;
  /** The first line of its error, if it failed. */
  error?: string;
  outputs: readonly ComparedPort[];
};

/** One of the two runs. */
export type RunSide = {
  /** How people tell it from the other one, as in `12:03, 4 nodes`. */
  label: string;
  durationMs?: number;
  nodes: readonly ComparedNode[];
  /** The value of an output, decoded from the trace; `undefined` where the trace does not hold it. */
  value(node: string, port: string): Promise<unknown>;
};

/** One place at which two values differ; a side that has nothing there is `undefined`. */
export type Difference = { path: string; a?: unknown; b?: unknown };

/** What the engine says of two values. */
export type Comparison = { equal: boolean; differences: readonly Difference[] };

/** Compares two values that are in the page: `compareResults` of the engine on their trace encoding. */
export type CompareValues = (a: unknown, b: unknown, tolerance: number) => Comparison | Promise<Comparison>;

/** How long a node took in each run, in milliseconds. */
export type NodePairTimes = { name: string; left: number | undefined; right: number | undefined };

/** What `<CompareRuns />` needs. */
export type CompareRunsProps = {
  left: RunSide;
  right: RunSide;
  compare: CompareValues;
};
