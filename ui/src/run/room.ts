/** How many workers there may be at a time, by the memory that they take. */

import type { Lane } from "./lane";
import type { PoolWorker } from "./worker";

/** What a worker takes where nobody has measured or said it. */
const USUAL_BYTES = 24 * 2 ** 20;

/** The memory that workers may take together: a quarter of the machine's, within reason. */
export function workerBudget(deviceMemoryGb: number | undefined): number {
  const megabytes = Math.min(2048, Math.max(768, ((deviceMemoryGb ?? 4) * 1024) / 4));
  return megabytes * 2 ** 20;
}

/** What is to be done before another worker of a runtime starts. */
export type Room = "free" | "full" | { end: PoolWorker };

/**
 * Looks whether there is room for one more worker of `lane`. An idle worker
 * whose lane has nothing for it goes first, the longest idle one before the
 * others. A runtime that has no worker at all gets its first one anyway.
 */
export function roomFor(lane: Lane, lanes: Iterable<Lane>, budgetBytes: number): Room {
  const all = [...lanes];
  const taken = all.reduce((sum, one) => sum + one.workers.reduce((own, worker) => own + sizeOf(worker, one), 0), 0);
  if (taken + usualBytes(lane) <= budgetBytes) return "free";
  const idle = all.flatMap((one) => one.workers.filter((worker) => worker.idle && !one.queue.has(worker.group)));
  const oldest = idle.toSorted((a, b) => a.idleSince - b.idleSince)[0];
  if (oldest) return { end: oldest };
  return lane.workers.length === 0 && !lane.queue.isEmpty() ? "free" : "full";
}

function sizeOf({ heapBytes }: PoolWorker, lane: Lane): number {
  return Math.max(heapBytes, usualBytes(lane));
}

function usualBytes({ runtime }: Lane): number {
  const { memoryMb } = runtime.pool;
  return memoryMb === undefined ? USUAL_BYTES : memoryMb * 2 ** 20;
}
