/** Which outputs of two runs belong together, and whether they are the same. */
import type { ComparedNode, ComparedPort, Comparison, CompareValues, Difference, RunSide } from "./types";

/** A node of either run, or of both. */
export type NodePair = { id: string; name: string; left: ComparedNode | undefined; right: ComparedNode | undefined; ports: PortPair[] };

/** An output of either run, or of both. */
export type PortPair = { port: string; type: string; left: ComparedPort | undefined; right: ComparedPort | undefined };

export type Verdict =
  | { state: "same" }
  | { state: "differs"; differences: readonly Difference[] }
  /** The hashes differ, but a value is no longer kept. */
  | { state: "unknown-difference" }
  | { state: "left-only" | "right-only" }
  /** Neither value nor hash tells. */
  | { state: "not-kept" };

/** The nodes of both runs: in the order of the first, then what only the second has. */
export function pairsOf(left: RunSide, right: RunSide): NodePair[] {
  const others = new Map(right.nodes.map((node) => [node.id, node]));
  const pairs = left.nodes.map((node) => pairOf(node, others.get(node.id)));
  const known = new Set(left.nodes.map(({ id }) => id));
  return [...pairs, ...right.nodes.filter(({ id }) => !known.has(id)).map((node) => pairOf(undefined, node))];
}

/** Compares one output of two runs; loads the values only where hashes do not tell. */
export async function verdictOn(
  { left, right, compare }: { left: RunSide; right: RunSide; compare: CompareValues },
  node: string,
  pair: PortPair,
  tolerance: number,
): Promise<Verdict> {
  if (!pair.right) return { state: "left-only" };
  if (!pair.left) return { state: "right-only" };
  const hashes = [pair.left.hash, pair.right.hash] as const;
  const hashed = hashes[0] !== undefined && hashes[1] !== undefined;
  if (hashed && hashes[0] === hashes[1]) return { state: "same" };
  const [a, b] = await Promise.all([left.value(node, pair.port), right.value(node, pair.port)]);
  if (a === undefined || b === undefined) return { state: hashed ? "unknown-difference" : "not-kept" };
  const { equal, differences }: Comparison = await compare(a, b, tolerance);
  return equal ? { state: "same" } : { state: "differs", differences };
}

function pairOf(left: ComparedNode | undefined, right: ComparedNode | undefined): NodePair {
  const node = (left ?? right) as ComparedNode;
  const there = new Map(right?.outputs.map((output) => [output.port, output]));
  const here = left?.outputs ?? [];
  const ports = here.map((output): PortPair => ({ ...typed(output), left: output, right: there.get(output.port) }));
  const known = new Set(here.map(({ port }) => port));
  const more = (right?.outputs ?? []).filter(({ port }) => !known.has(port));
  return { id: node.id, name: node.name, left, right, ports: [...ports, ...more.map((output): PortPair => ({ ...typed(output), left: undefined, right: output }))] };
}

function typed({ port, type }: ComparedPort): { port: string; type: string } {
  return { port, type };
}
