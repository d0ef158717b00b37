import type { LogLine, NodeError, NodeState, NodeUpdate } from "../run/types";

/** How far one node is in the newest run. */
export type NodeRun = {
  readonly state: NodeState;
  readonly startedAt?: number;
  readonly durationMs?: number;
  /** The memory of the interpreter after it, where the runtime can tell. */
  readonly heapBytes?: number;
  readonly error?: NodeError;
  readonly nLogs: number;
  /** Set where several nodes are drawn as this one. */
  readonly parts?: { readonly done: number; readonly total: number };
};

/** A node that runs and is drawn as a part of another. */
export type Part = { readonly id: string; readonly label: string };

/** The nodes that are drawn as one, by the id of the drawn node. */
export type Parts = ReadonlyMap<string, readonly Part[]>;

/** A printed line and the node that printed it. */
export type BoardLine = LogLine & { node: string; /** The part of that node, where it stands for several. */ part?: string };

export const IDLE: NodeRun = { state: "idle", nLogs: 0 };
const NO_LINES: readonly BoardLine[] = [];
const NO_PARTS: readonly Part[] = [];

/** How many log lines a run keeps in the page; the trace has them all. */
const MAX_LINES = 100_000;

/** What is known of the nodes of a run. Nodes that are drawn as one are summed up. */
export class Sheet {
  readonly #nodes = new Map<string, NodeRun>();
  readonly #parts: Parts;
  readonly #drawnAs = new Map<string, string>();
  readonly #sums = new Map<string, NodeRun>();
  /** The drawn nodes in the order in which they first changed. */
  readonly #order = new Set<string>();
  /** Those of them that the newest run has touched. */
  readonly #touched = new Set<string>();
  readonly #lines: BoardLine[] = [];
  readonly #linesOf = new Map<string, BoardLine[]>();
  /** What an earlier run knew, until the newest one has something to say. */
  readonly #earlier: Sheet | undefined;

  /** With `earlier`, nodes that do not take part stay as they were there. */
  constructor(parts: Parts = new Map(), earlier?: Sheet) {
    this.#parts = parts;
    this.#earlier = earlier && earlier.#flat();
    for (const id of earlier?.order() ?? []) this.#order.add(id);
    for (const [drawn, members] of parts) for (const { id } of members) this.#drawnAs.set(id, drawn);
  }

  /** Takes in one change; answers the id of the node that is drawn differently now. */
  take(update: NodeUpdate): string {
    const drawn = this.#drawnAs.get(update.node) ?? update.node;
    this.#order.add(drawn);
    this.#touched.add(drawn);
    this.#sums.delete(drawn);
    this.#nodes.set(update.node, next(this.#nodes.get(update.node) ?? IDLE, update));
    for (const line of update.log ?? []) this.#print(drawn === update.node ? { ...line, node: drawn } : { ...line, node: drawn, part: update.node });
    return drawn;
  }

  /** Takes over what another sheet knows of a node, with what it printed. */
  adopt(id: string, run: NodeRun, lines: readonly BoardLine[]): void {
    const drawn = this.#drawnAs.get(id) ?? id;
    for (const line of lines) this.#print(drawn === id ? { ...line, node: drawn } : { ...line, node: drawn, part: id });
    this.#order.add(drawn);
    this.#touched.add(drawn);
    this.#nodes.set(id, run);
  }

  /** How far a node is, be it drawn or a part of one that is. */
  node(id: string): NodeRun {
    const own = this.#nodes.get(id) ?? this.#sums.get(id);
    if (own) return own;
    const parts = this.#parts.get(id);
    if (!parts || !this.#touched.has(id)) return this.#earlier?.node(id) ?? IDLE;
    const sum = sumOf(parts.map((part) => ({ ...part, run: this.#nodes.get(part.id) ?? IDLE })));
    this.#sums.set(id, sum);
    return sum;
  }

  /** The nodes that are drawn as this one; none for most. */
  parts(id: string): readonly Part[] {
    return this.#parts.get(id) ?? NO_PARTS;
  }

  order(): readonly string[] {
    return [...this.#order];
  }

  /** Whether the newest run has touched a node, rather than an earlier one. */
  touched(id: string): boolean {
    return this.#touched.has(id);
  }

  get touchedNodes(): ReadonlySet<string> {
    return this.#touched;
  }

  lines(node?: string): readonly BoardLine[] {
    if (node === undefined) return this.#lines;
    if (this.#earlier && !this.#touched.has(node)) return this.#earlier.lines(node);
    return this.#linesOf.get(node) ?? NO_LINES;
  }

  #print(line: BoardLine): void {
    if (this.#lines.length >= MAX_LINES) return;
    this.#lines.push(line);
    const own = this.#linesOf.get(line.node);
    if (own) own.push(line);
    else this.#linesOf.set(line.node, [line]);
  }

  /** The same, resting on no sheet before it. */
  #flat(): Sheet {
    const earlier = this.#earlier;
    if (!earlier) return this;
    const flat = new Sheet(new Map([...earlier.#parts, ...this.#parts]));
    for (const sheet of [earlier, this]) {
      for (const [id, run] of sheet.#nodes) flat.#nodes.set(id, run);
      for (const id of sheet.#touched) {
        flat.#order.add(id);
        flat.#touched.add(id);
        flat.#linesOf.set(id, sheet.#linesOf.get(id) ?? []);
      }
    }
    return flat;
  }
}

function next(before: NodeRun, update: NodeUpdate): NodeRun {
  const startedAt = update.startedAt ?? before.startedAt;
  const durationMs = update.durationMs ?? before.durationMs;
  const heapBytes = update.heapBytes ?? before.heapBytes;
  const error = update.error ?? (update.state === "error" ? before.error : undefined);
  return {
    state: update.state,
    ...(startedAt !== undefined && { startedAt }),
    ...(durationMs !== undefined && { durationMs }),
    ...(heapBytes !== undefined && { heapBytes }),
    ...(error && { error }),
    nLogs: before.nLogs + (update.log?.length ?? 0),
  };
}

/** What says most about several nodes, in this order: what still happens, then what went wrong. */
const TELLING: readonly NodeState[] = ["running", "queued", "error", "cancelled", "skipped", "success", "cached"];
const OVER: ReadonlySet<NodeState> = new Set<NodeState>(["success", "cached", "error", "skipped", "cancelled"]);

function sumOf(parts: readonly (Part & { run: NodeRun })[]): NodeRun {
  const runs = parts.map(({ run }) => run);
  const states = new Set(runs.map(({ state }) => state));
  const done = runs.filter(({ state }) => OVER.has(state)).length;
  const telling = TELLING.find((state) => states.has(state)) ?? "idle";
  const failed = parts.find(({ run }) => run.state === "error");
  const starts = runs.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = runs.flatMap(({ startedAt, durationMs }) => (startedAt === undefined || durationMs === undefined ? [] : startedAt + durationMs));
  const startedAt = least(starts);
  const heapBytes = most(runs.flatMap(({ heapBytes: heap }) => heap ?? []));
  const over = most(ends);
  return {
    state: telling === "queued" && done > 0 ? "running" : telling,
    ...(startedAt !== undefined && { startedAt }),
    ...(startedAt !== undefined && over !== undefined && { durationMs: over - startedAt }),
    ...(heapBytes !== undefined && { heapBytes }),
    ...(failed?.run.error && { error: { ...failed.run.error, message: `${failed.label}: ${failed.run.error.message}` } }),
    nLogs: runs.reduce((sum, { nLogs }) => sum + nLogs, 0),
    parts: { done, total: parts.length },
  };
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}
