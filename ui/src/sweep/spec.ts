import type { Port, PortRef } from "../api/schema";

/** The values that one input takes in turn; the engine reads it as it is. */
export type SweepAxis = PortRef & ({ values: readonly unknown[] } | { from: number; to: number; steps: number; scale: "linear" | "log" });

/** Which inputs are swept, and whether each value meets each other one. */
export type SweepSpec = { axes: readonly SweepAxis[]; mode: "product" | "zip" };

/** One input in the form, as it is typed. */
export type AxisDraft = PortRef & {
  kind: "range" | "list";
  from: string;
  to: string;
  steps: string;
  scale: "linear" | "log";
  /** Values, one per line or between commas. */
  list: string;
};

/** What is wrong with a field, or the axis that it describes. */
export type AxisReading = { ok: true; axis: SweepAxis; count: number } | { ok: false; message: string };

/** The most runs that the engine takes. */
export const MAX_RUNS = 10_000;

/** A first idea for an input: around its value now. */
export function draftFor(ref: PortRef, port: Port | undefined, value: unknown): AxisDraft {
  const now = typeof value === "number" ? value : typeof port?.default === "number" ? port.default : undefined;
  const isNumber = port?.type === "number" || port?.type === "integer";
  const round = (x: number) => String(port?.type === "integer" ? Math.round(x) : Number(x.toPrecision(6)));
  const [from, to] = now === undefined || now === 0 ? ["0", "1"] : [round(now / 2), round(now * 2)];
  return { ...ref, kind: isNumber ? "range" : "list", from, to, steps: "11", scale: "linear", list: value === undefined ? "" : printed(value) };
}

/** Reads one input of the form. */
export function readAxis(draft: AxisDraft, type: string): AxisReading {
  const { node, port } = draft;
  if (draft.kind === "list") {
    const values = readList(draft.list, type);
    if (typeof values === "string") return { ok: false, message: values };
    return { ok: true, axis: { node, port, values }, count: values.length };
  }
  const [from, to, steps] = [draft.from, draft.to, draft.steps].map((text) => (text.trim() === "" ? NaN : Number(text)));
  if (from === undefined || to === undefined || !Number.isFinite(from) || !Number.isFinite(to)) {
    return { ok: false, message: "write two numbers, such as 0.5 and 2e3" };
  }
  if (steps === undefined || !Number.isInteger(steps) || steps < 1) return { ok: false, message: "the number of values is 1 or more" };
  if (draft.scale === "log" && (from <= 0 || to <= 0)) return { ok: false, message: "a logarithmic range lies above zero" };
  return { ok: true, axis: { node, port, from, to, steps, scale: draft.scale }, count: steps };
}

/** How many runs the axes make. */
export function countRuns(counts: readonly number[], mode: SweepSpec["mode"]): number {
  if (counts.length === 0) return 0;
  return mode === "zip" ? Math.min(...counts) : counts.reduce((product, count) => product * count, 1);
}

function readList(text: string, type: string): unknown[] | string {
  const lines = text.split(type === "string" ? /\n/ : /[\n,;]|\s+/).map((one) => one.trim()).filter((one) => one !== "");
  if (!["number", "integer", "string", "boolean"].includes(type)) {
    try {
      const all: unknown = JSON.parse(text);
      return Array.isArray(all) && all.length > 0 ? all : "write a JSON list with one item for each run";
    } catch {
      return "write a JSON list with one item for each run";
    }
  }
  if (lines.length === 0) return "write at least one value";
  if (type === "string") return lines;
  if (type === "boolean") {
    return lines.every((one) => one === "true" || one === "false") ? lines.map((one) => one === "true") : "write `true` and `false`";
  }
  const numbers = lines.map(Number);
  return numbers.every(Number.isFinite) ? numbers : "write numbers, with commas or line breaks between";
}

function printed(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
