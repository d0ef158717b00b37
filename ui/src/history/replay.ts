import type { TracesApi } from "../api/api";
import type { Engine } from "../engine/engine";
import { drawnAs, type Job, partsOf } from "../execution/job";
import type { NodeReport, RunReport } from "../run/types";

/** Floats of two machines may differ by this, relatively. */
export const TOLERANCE = 1e-9;

/** What a run gave that the other one did not. */
export type Deviation = { node: string; port: string; what: string };

/** Whether two runs of the same workflow gave the same. */
export type Verdict = { nSame: number; deviations: readonly Deviation[] };

/** The workflow of a trace with the skills that it ran with; nothing kept is used. */
export function replayJob(api: TracesApi, traceId: string): Job {
  return {
    keeps: false,
    async prepare(signal) {
      const { payload } = await api.prepareReplay(traceId, signal);
      return { payload, options: { fresh: true }, ...drawnAs(partsOf(payload)) };
    },
  };
}

/** Compares what two runs gave, output by output. */
export function verdictOf(engine: Pick<Engine, "compareResults">, before: RunReport, after: RunReport): Verdict {
  const again = new Map(after.nodes.map((node) => [node.node, node]));
  let nSame = 0;
  const deviations: Deviation[] = [];
  for (const node of before.nodes) {
    if (!gave(node)) continue;
    const other = again.get(node.node);
    if (!other || !gave(other)) {
      deviations.push({ node: node.node, port: "", what: other ? `was ${node.state}, is ${other.state}` : "did not run" });
      continue;
    }
    for (const port of new Set([...Object.keys(node.outputs), ...Object.keys(other.outputs)])) {
      const { equal, differences } = engine.compareResults(node.outputs[port] ?? null, other.outputs[port] ?? null, TOLERANCE);
      if (equal) nSame += 1;
      else deviations.push({ node: node.node, port, what: differences[0] ? difference(differences[0]) : "differs" });
    }
  }
  return { nSame, deviations };
}

function gave({ state }: NodeReport): boolean {
  return state === "success" || state === "cached";
}

function difference({ path, a, b }: { path: string; a?: unknown; b?: unknown }): string {
  return `${path ? `${path}: ` : ""}was ${short(a)}, is ${short(b)}`;
}

function short(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
