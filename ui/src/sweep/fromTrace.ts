import type { EdgeDoc, NodeDoc, TraceView, WorkflowDoc } from "../api/schema";
import type { RunView } from "../execution/runs";
import { Sheet } from "../execution/sheet";
import { type OutputsOf, Shown } from "../execution/shown";
import { edgeId } from "../workflow/edits";
import { drawnOnce, type Expanded, outputsIn, type SweepRun } from "./expanded";
import type { SweepSpec } from "./spec";
import type { Sweep } from "./sweeps";

/** The name of a copy: the node, and the number of the run from 1 on. */
const COPY = /^(.+)--(\d+)$/;

/**
 * Finds the sweep in a trace of one: nodes that are there once for each run
 * become one again, and the inputs in which they differ are the swept ones.
 */
export function sweepIn({ run }: TraceView): { doc: WorkflowDoc; runs: readonly SweepRun[]; spec: SweepSpec } | undefined {
  const { nodes, edges } = run.workflow;
  const copies = new Map<string, Map<number, NodeDoc>>();
  for (const node of nodes) {
    const [, base, n] = COPY.exec(node.id) ?? [];
    if (base === undefined || n === undefined) continue;
    const known = copies.get(base) ?? new Map<number, NodeDoc>();
    copies.set(base, known.set(Number(n), node));
  }
  const nRuns = Math.max(0, ...[...copies.values()].map((all) => all.size));
  const isWhole = [...copies.values()].every((all) => all.size === nRuns && Array.from({ length: nRuns }, (_, k) => k + 1).every((n) => all.has(n)));
  if (nRuns < 2 || !isWhole) return undefined;

  const baseOf = (id: string) => {
    const base = COPY.exec(id)?.[1];
    return base !== undefined && copies.has(base) ? base : id;
  };
  const drawn = new Map<string, NodeDoc>();
  for (const node of nodes) if (!drawn.has(baseOf(node.id))) drawn.set(baseOf(node.id), { ...node, id: baseOf(node.id) });
  const lines = new Map<string, EdgeDoc>();
  for (const { from, to } of edges) {
    const edge = { from: { ...from, node: baseOf(from.node) }, to: { ...to, node: baseOf(to.node) } };
    lines.set(edgeId(edge), edge);
  }
  const axes = [...copies].flatMap(([node, all]) => sweptPorts([...all.values()]).map((port) => ({ node, port })));
  const runs = Array.from({ length: nRuns }, (_, at) => at + 1).map((index): SweepRun => ({
    index,
    values: axes.map((ref) => ({ ...ref, value: copies.get(ref.node)?.get(index)?.inputs[ref.port] })),
    nodes: Object.fromEntries([...drawn.keys()].map((id) => [id, copies.has(id) ? `${id}--${index}` : id])),
  }));
  const values = axes.map((ref, at) => ({ ...ref, values: runs.map((one) => one.values[at]?.value) }));
  const different = values.map((axis) => new Set(axis.values.map((value) => JSON.stringify(value))).size);
  const mode = different.length > 1 && different.reduce((a, b) => a * b, 1) === nRuns ? "product" : "zip";
  return { doc: { ...run.workflow, nodes: [...drawn.values()], edges: [...lines.values()] }, runs, spec: { axes: values, mode: axes.length > 1 ? mode : "product" } };
}

/** The same sweep as it was left on the canvas. */
export function sweepView(trace: TraceView, found: NonNullable<ReturnType<typeof sweepIn>>, flat: RunView): { view: RunView; sweep: Sweep } {
  const expanded: Expanded = { workflow: trace.run.workflow, runs: found.runs };
  const nodes = found.doc.nodes.map(({ id }) => ({ id, skill_id: "" }));
  const payload = { workflow: { ...found.doc, nodes }, skills: {} };
  const parts = drawnOnce({ parts: new Map(), payload }, expanded);
  const sheet = new Sheet(parts);
  const lines = flat.board.sheet;
  for (const { id } of trace.run.workflow.nodes) {
    const known = lines.node(id);
    if (known.state !== "idle") sheet.adopt(id, known, lines.lines(id));
  }
  const all: OutputsOf = flat.shown.outputsOf;
  const [first] = found.runs;
  const whole: RunView = { board: { phase: flat.board.phase, sheet }, shown: new Shown(all), report: undefined };
  const shown = first ? new Shown(outputsIn(first, all)) : whole.shown;
  const prepared = { payload, options: {}, parts: new Map(), drawn: new Map(), partsView: {} };
  return {
    view: { ...whole, shown },
    sweep: { spec: found.spec, doc: found.doc, runs: found.runs, prepared, startedAt: 0, whole },
  };
}

/** The inputs in which the copies of a node differ. */
function sweptPorts(nodes: readonly NodeDoc[]): string[] {
  const ports = new Set(nodes.flatMap(({ inputs }) => Object.keys(inputs)));
  return [...ports].filter((port) => new Set(nodes.map(({ inputs }) => JSON.stringify(inputs[port]))).size > 1);
}
