import type { PortRef, WorkflowDoc } from "../api/schema";
import type { Skills } from "../engine/engine";
import type { NodeState } from "../run/types";
import { csvLine } from "../results/download";
import type { Plot, Series } from "../results/value";
import { portLabel } from "../workflow/connecting";
import { nodeSkill } from "../workflow/uses";
import type { SweepRun } from "./expanded";
import type { SweepSpec } from "./spec";

/** One run of a sweep with what it gave. */
export type SweepRow = {
  run: SweepRun;
  state: NodeState;
  /** The value of each output of {@link scalarOutputs}, in their order. */
  outputs: readonly unknown[];
};

/** An output that the runs are compared by. */
export type SweepOutput = { ref: PortRef; label: string };

const SCALARS = new Set(["number", "integer", "boolean"]);
/** More lines than this cannot be told apart. */
const MAX_LINES = 12;

/** The outputs that are one number, of the nodes that differ from run to run. */
export function scalarOutputs(doc: WorkflowDoc, skills: Skills, run: SweepRun | undefined): SweepOutput[] {
  const differs = (id: string) => run !== undefined && Object.entries(run.nodes).some(([node, copy]) => copy !== node && (node === id || node.startsWith(id)));
  return doc.nodes.filter(({ id }) => differs(id)).flatMap((node) =>
    (nodeSkill(node, skills)?.outputs ?? [])
      .filter(({ type }) => SCALARS.has(type))
      .map(({ name }) => ({ ref: { node: node.id, port: name }, label: portLabel(doc, skills, { node: node.id, port: name }) })),
  );
}

/** The outputs over the first swept input; further inputs make lines of their own. */
export function plotOf(spec: SweepSpec, rows: readonly SweepRow[], outputs: readonly SweepOutput[], chosen: readonly number[], title: string): Plot {
  const [first] = spec.axes;
  const done = rows.filter(({ state }) => state === "success" || state === "cached");
  const isNumeric = done.every(({ run }) => typeof run.values[0]?.value === "number");
  const groups = new Map<string, SweepRow[]>();
  for (const row of done) {
    const key = row.run.values.slice(1).map(({ port, value }) => `${port} = ${printed(value)}`).join(", ");
    const group = groups.get(key);
    if (group && spec.mode === "product") group.push(row);
    else if (spec.mode === "product") groups.set(key, [row]);
    else groups.set("", [...(groups.get("") ?? []), row]);
  }
  const series: Series[] = [...groups].flatMap(([key, group]) =>
    chosen.flatMap((at) => {
      const output = outputs[at];
      const points = group.filter((row) => Number.isFinite(numberOf(row.outputs[at])));
      if (!output || points.length === 0) return [];
      const name = [chosen.length > 1 || !key ? output.label : "", key].filter(Boolean).join(", ");
      const x = points.map(({ run }) => (isNumeric ? (run.values[0]?.value as number) : run.index));
      return [{ name, kind: points.length === 1 ? "scatter" : "line", x, y: points.map((row) => numberOf(row.outputs[at])) } satisfies Series];
    }),
  );
  const [one] = chosen;
  return {
    title,
    x_label: isNumeric && first ? first.port : "run",
    y_label: chosen.length === 1 && one !== undefined ? (outputs[one]?.ref.port ?? "") : "",
    ...(first && "scale" in first && first.scale === "log" && isNumeric && { x_scale: "log" as const }),
    series: series.slice(0, MAX_LINES),
  };
}

/** Every run as a line: its inputs, its outputs, how it ended. */
export function csvOf(spec: SweepSpec, rows: readonly SweepRow[], outputs: readonly SweepOutput[]): string {
  const head = ["run", ...spec.axes.map(({ node, port }) => `${node}.${port}`), ...outputs.map(({ ref }) => `${ref.node}.${ref.port}`), "state"];
  const lines = rows.map(({ run, state, outputs: values }) => [run.index, ...run.values.map(({ value }) => value), ...outputs.map((_, at) => values[at]), state]);
  return [head, ...lines].map(csvLine).join("");
}

/** A value as a cell shows it. */
export function printed(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : JSON.stringify(value);
}

function numberOf(value: unknown): number {
  return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : NaN;
}
