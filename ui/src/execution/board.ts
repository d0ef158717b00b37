import type { SavedTrace } from "../api/schema";
import type { Pace } from "./pace";
import type { LoadProgress, LogLine, NodeError, NodeState, NodeUpdate, RunOutcome } from "../run/types";

/** How far one node is in the newest run. */
export type NodeRun = {
  readonly state: NodeState;
  readonly startedAt?: number;
  readonly durationMs?: number;
  readonly error?: NodeError;
  readonly nLogs: number;
};

/** Whether the newest run is kept in Git. */
export type TraceState =
  | { state: "saving" }
  | { state: "saved"; trace: SavedTrace }
  | { state: "failed"; message: string; hint: string | null };

/** How many nodes ended in which way. */
export type Tally = Record<"success" | "cached" | "error" | "skipped", number>;

/** How far the newest run is. */
export type RunPhase =
  | { phase: "none" }
  | { phase: "preparing" }
  | { phase: "running"; since: number }
  | { phase: "ended"; outcome: RunOutcome; durationMs: number; tally: Tally; trace: TraceState }
  | { phase: "refused"; message: string; hint: string | null };

/** A printed line and the node that printed it. */
export type BoardLine = LogLine & { node: string };

const NO_LINES: readonly BoardLine[] = [];
const IDLE: NodeRun = { state: "idle", nLogs: 0 };

/** How many log lines a run keeps in the page; the trace has them all. */
const MAX_LINES = 50_000;

/**
 * What the newest run looks like, outside React: a node's component hears of
 * its own node only, so a batch costs as much as what it changes.
 */
export class RunBoard {
  #phase: RunPhase = { phase: "none" };
  #round = 0;
  #changes = 0;
  #loading: LoadProgress | undefined;
  readonly #nodes = new Map<string, NodeRun>();
  readonly #order: string[] = [];
  #lines: BoardLine[] = [];
  readonly #linesOf = new Map<string, BoardLine[]>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #all = new Set<() => void>();
  readonly #waiting = new Set<string>();
  readonly #pace: Pace;

  /** `pace` decides when a batch is shown; by default at once. */
  constructor(pace: Pace = (show) => show()) {
    this.#pace = pace;
  }

  /** How far the run is. */
  phase = (): RunPhase => this.#phase;
  /** Counts the runs; a new one makes old values void. */
  round = (): number => this.#round;
  /** Changes with every batch. */
  changes = (): number => this.#changes;
  /** The runtime that loads now. */
  loading = (): LoadProgress | undefined => this.#loading;
  /** How far a node is. */
  node = (id: string): NodeRun => this.#nodes.get(id) ?? IDLE;
  /** The nodes that took part, in the order in which they first changed. */
  order = (): readonly string[] => this.#order;
  /** Every line printed so far, or those of one node; grows in place. */
  lines = (node?: string): readonly BoardLine[] =>
    node === undefined ? this.#lines : (this.#linesOf.get(node) ?? NO_LINES);

  isBusy = (): boolean => this.#phase.phase === "preparing" || this.#phase.phase === "running";

  /** Hears of one node. */
  watchNode(id: string, changed: () => void): () => void {
    const set = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, set.add(changed));
    return () => {
      set.delete(changed);
      if (set.size === 0) this.#watchers.delete(id);
    };
  }

  /** Hears of the phase, of loading and of every batch. */
  watch = (changed: () => void): (() => void) => {
    this.#all.add(changed);
    return () => this.#all.delete(changed);
  };

  /** Forgets the newest run. */
  clear(phase: RunPhase = { phase: "none" }): void {
    const touched = [...this.#nodes.keys()];
    this.#nodes.clear();
    this.#order.length = 0;
    this.#lines = [];
    this.#linesOf.clear();
    this.#round += 1;
    this.#loading = undefined;
    this.#phase = phase;
    this.#tell(touched);
  }

  setPhase(phase: RunPhase): void {
    this.#phase = phase;
    if (phase.phase !== "running") this.#loading = undefined;
    this.#tell([]);
  }

  setLoading(progress: LoadProgress): void {
    const over = progress.stage === "ready" || progress.stage === "failed";
    this.#loading = over ? undefined : progress;
    this.#tell([]);
  }

  /** Takes in what the runner reports, one batch per frame. */
  take(batch: readonly NodeUpdate[]): void {
    for (const update of batch) {
      const before = this.#nodes.get(update.node);
      if (!before) this.#order.push(update.node);
      this.#nodes.set(update.node, next(before ?? IDLE, update));
      for (const line of update.log ?? []) this.#print({ ...line, node: update.node });
      this.#waiting.add(update.node);
    }
    this.#pace(() => this.#tell([]));
  }

  tally(): Tally {
    const tally: Tally = { success: 0, cached: 0, error: 0, skipped: 0 };
    for (const { state } of this.#nodes.values()) {
      if (state === "cancelled") tally.skipped += 1;
      else if (state in tally) tally[state as keyof Tally] += 1;
    }
    return tally;
  }

  #print(line: BoardLine): void {
    if (this.#lines.length >= MAX_LINES) return;
    this.#lines.push(line);
    const own = this.#linesOf.get(line.node);
    if (own) own.push(line);
    else this.#linesOf.set(line.node, [line]);
  }

  /** Tells everybody at once, also of what waited. */
  #tell(nodes: readonly string[]): void {
    for (const id of nodes) this.#waiting.add(id);
    const touched = [...this.#waiting];
    this.#waiting.clear();
    this.#changes += 1;
    for (const id of touched) for (const changed of this.#watchers.get(id) ?? []) changed();
    for (const changed of this.#all) changed();
  }
}

function next(before: NodeRun, update: NodeUpdate): NodeRun {
  const startedAt = update.startedAt ?? before.startedAt;
  const durationMs = update.durationMs ?? before.durationMs;
  const error = update.error ?? (update.state === "error" ? before.error : undefined);
  return {
    state: update.state,
    ...(startedAt !== undefined && { startedAt }),
    ...(durationMs !== undefined && { durationMs }),
    ...(error && { error }),
    nLogs: before.nLogs + (update.log?.length ?? 0),
  };
}

/** The six states that the page shows. */
export type ShownStatus = "idle" | "running" | "success" | "error" | "skipped" | "cached";

/** What is shown for a state: a queued node still waits, a cancelled one was left out. */
export function shownStatus(state: NodeState): ShownStatus {
  if (state === "queued") return "idle";
  return state === "cancelled" ? "skipped" : state;
}
