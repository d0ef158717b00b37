/** Gathers what changed about nodes and tells it once per frame. */

import type { LoadProgress, LogLine, NodeUpdate } from "./types";

/** Calls back at the next good moment to draw; the answer takes it back. */
export type NextFrame = (callback: () => void) => () => void;

/** How long to wait for a frame: a hidden page draws none. */
const HIDDEN_PAGE_MS = 250;

/** Waits for an animation frame, or a little longer when the page is hidden. */
export const nextFrame: NextFrame = (callback) => {
  let over = false;
  const once = (): void => {
    if (over) return;
    stop();
    callback();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_PAGE_MS);
  const stop = (): void => {
    over = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return stop;
};

/** The changes since the last batch, one entry per node. */
export class UpdateBatch {
  #updates = new Map<string, NodeUpdate>();

  /** Adds to what is known of a node; later facts replace earlier ones, log lines add up. */
  add(update: NodeUpdate): void {
    const known = this.#updates.get(update.node);
    if (!known) {
      this.#updates.set(update.node, update);
      return;
    }
    const log: LogLine[] | undefined = known.log && update.log ? [...known.log, ...update.log] : (update.log ?? known.log);
    Object.assign(known, update);
    if (log) known.log = log;
    if (update.state !== "error" && update.state !== "skipped") delete known.error;
  }

  /** Takes everything out. */
  take(): NodeUpdate[] {
    const batch = [...this.#updates.values()];
    this.#updates = new Map();
    return batch;
  }

  get isEmpty(): boolean {
    return this.#updates.size === 0;
  }
}

/** Passes on how far downloads are once per frame, and every other stage at once. */
export function progressPerFrame(schedule: NextFrame, tell: (progress: LoadProgress) => void): (progress: LoadProgress) => void {
  const latest = new Map<string, LoadProgress>();
  let isWaiting = false;
  const flush = (): void => {
    isWaiting = false;
    for (const progress of latest.values()) tell(progress);
    latest.clear();
  };
  return (progress) => {
    if (progress.stage !== "download") {
      latest.delete(progress.runtime);
      tell(progress);
      return;
    }
    latest.set(progress.runtime, progress);
    if (isWaiting) return;
    isWaiting = true;
    schedule(flush);
  };
}
