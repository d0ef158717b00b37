import type { SavedTrace } from "../api/schema";
import type { Pace } from "./pace";
import type { LoadProgress, NodeState, NodeUpdate, RunOutcome } from "../run/types";
import { type BoardLine, type NodeRun, type Part, type Parts, Sheet } from "./sheet";

export type { BoardLine, NodeRun, Part, Parts } from "./sheet";

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
  | { phase: "running"; since: number; stopping?: true }
  | { phase: "ended"; outcome: RunOutcome; durationMs: number; tally: Tally; trace: TraceState }
  | { phase: "refused"; message: string; hint: string | null };

/** What a board shows, to be shown again later. */
export type BoardState = { readonly phase: RunPhase; readonly sheet: Sheet };

/**
 * What the newest run looks like, outside React: a node's component hears of
 * its own node only, so a batch costs as much as what it changes.
 */
export class RunBoard {
  #phase: RunPhase = { phase: "none" };
  #round = 0;
  #changes = 0;
  #loading: LoadProgress | undefined;
  #sheet = new Sheet();
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
  node = (id: string): NodeRun => this.#sheet.node(id);
  /** The nodes that are drawn as this one; none for most. */
  parts = (id: string): readonly Part[] => this.#sheet.parts(id);
  /** The nodes that took part, in the order in which they first changed. */
  order = (): readonly string[] => this.#sheet.order();
  /** Whether the newest run has touched a node, rather than one before it. */
  touched = (id: string): boolean => this.#sheet.touched(id);
  /** Every line of the newest run so far, or those of one node; grows in place. */
  lines = (node?: string): readonly BoardLine[] => this.#sheet.lines(node);
  /** What is shown now. */
  state = (): BoardState => ({ phase: this.#phase, sheet: this.#sheet });

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
    this.show({ phase, sheet: new Sheet() });
  }

  /** Makes room for a run of some nodes; the others stay as they are. */
  begin(phase: RunPhase): void {
    this.show({ phase, sheet: new Sheet(new Map(), this.#sheet) });
  }

  /** Says which nodes of the coming run are drawn as one, before anything happens to them. */
  group(parts: Parts, keep: boolean): void {
    this.#sheet = new Sheet(parts, keep ? this.#sheet : undefined);
    this.#tell([...parts.keys()]);
  }

  /** Shows what was shown before. */
  show({ phase, sheet }: BoardState): void {
    const touched = [...this.#sheet.order(), ...sheet.order()];
    this.#sheet = sheet;
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
    for (const update of batch) this.#waiting.add(this.#sheet.take(update));
    this.#pace(() => this.#tell([]));
  }

  tally(): Tally {
    const tally: Tally = { success: 0, cached: 0, error: 0, skipped: 0 };
    for (const id of this.#sheet.touchedNodes) {
      const { state } = this.#sheet.node(id);
      if (state === "cancelled") tally.skipped += 1;
      else if (state in tally) tally[state as keyof Tally] += 1;
    }
    return tally;
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

/** The six states that the page shows. */
export type ShownStatus = "idle" | "running" | "success" | "error" | "skipped" | "cached";

/** What is shown for a state: a queued node still waits, a cancelled one was left out. */
export function shownStatus(state: NodeState): ShownStatus {
  if (state === "queued") return "idle";
  return state === "cancelled" ? "skipped" : state;
}
