/**
 * Hands calls to workers: one call per worker at a time, no worker shared by
 * skills that must not meet, and none that outlives its time limit.
 */

import { loadError } from "./errors";
import { ahead, load, newLane, type Lane } from "./lane";
import type { Runtime } from "./registry";
import type { PoolPorts } from "./ports";
import { roomFor, workerBudget } from "./room";
import type { Sandbox } from "./sandbox";
import { refuse, type QueuedTask, type Task } from "./task";
import type { LoadProgress, NodeError } from "./types";
import { PoolWorker } from "./worker";

export type { PoolPorts };

/** How often limits are checked, in milliseconds. */
const TICK_MS = 25;
/** How long a worker may take to load once its files are there. */
const LOAD_LIMIT_MS = 60_000;

/** Runs tasks in sandbox workers. */
export class Pool {
  readonly #lanes = new Map<string, Lane>();
  readonly #byId = new Map<number, PoolWorker>();
  #sandbox: Sandbox | null = null;
  #stopTicking: (() => void) | null = null;
  #nextWorker = 1;
  /** The lanes that found no room for a worker that they need. */
  readonly #starved = new Set<Lane>();
  /** When a call or a worker last began. */
  #begunAt = 0;

  constructor(readonly ports: PoolPorts) {}

  /** Queues a task and starts it as soon as a worker is free. */
  submit(task: Task): QueuedTask {
    if (task.refusal) return refuse(task, task.refusal);
    const lane = this.#lane(task.runtime);
    const queued = lane.queue.push(task);
    this.#pump(lane);
    return queued;
  }

  /** Takes a task back: dropped when it waits, stopped at once when it runs. */
  cancel(queued: QueuedTask): void {
    const worker = queued.workerId === null ? undefined : this.#byId.get(queued.workerId);
    if (worker) this.#end(worker, true);
    else queued.dropped = true;
  }

  /** Loads a runtime and starts a worker, ahead of the first task. */
  async prepare(runtime: Runtime): Promise<void> {
    const lane = this.#lane(runtime);
    lane.prepared = true;
    await this.#load(lane);
  }

  /** Ends every worker and removes the sandbox. */
  dispose(): void {
    for (const worker of [...this.#byId.values()]) this.#end(worker, false);
    this.#stopTicking?.();
    this.#stopTicking = null;
    this.#sandbox?.dispose();
    this.#sandbox = null;
    this.#lanes.clear();
  }

  #lane(runtime: Runtime): Lane {
    let lane = this.#lanes.get(runtime.name);
    if (!lane) {
      lane = newLane(runtime);
      this.#lanes.set(runtime.name, lane);
    }
    return lane;
  }

  #open(): Sandbox {
    this.#sandbox ??= this.ports.openSandbox({
      onFault: (id, message) => this.#byId.get(id)?.fault(message),
      onGone: (id, error) => this.#byId.get(id)?.gone(error),
      onLost: (error) => this.#lost(error),
    });
    return this.#sandbox;
  }

  #load(lane: Lane): Promise<void> {
    lane.loading ??= this.#fetch(lane).catch((error: unknown) => {
      lane.loading = null;
      const message = `cannot load ${lane.runtime.title}: ${error instanceof Error ? error.message : String(error)}`;
      this.#progress(lane, { stage: "failed", loaded: 0, total: 0, message });
      this.#failWaiting(lane, message);
    });
    return lane.loading;
  }

  async #fetch(lane: Lane): Promise<void> {
    const base = lane.runtime.base && this.#lane(lane.runtime.base);
    if (base) await this.#load(base);
    const sandbox = this.#open();
    let last = { loaded: 0, total: 0 };
    const loaded = await load(lane.runtime, base?.loaded, sandbox, this.ports, (progress) => {
      last = progress;
      this.#progress(lane, { stage: "download", ...progress });
    });
    if (sandbox !== this.#sandbox) throw new Error("the sandbox was closed meanwhile");
    lane.loaded = loaded;
    this.#progress(lane, { stage: "start", ...last });
    this.#pump(lane);
  }

  #progress(lane: Lane, progress: Omit<LoadProgress, "runtime">): void {
    this.ports.onProgress({ runtime: (lane.runtime.base ?? lane.runtime).name, ...progress });
  }

  /** Gives every waiting task a worker, as far as there are any. */
  #pump(lane: Lane): void {
    const { queue, workers, runtime } = lane;
    if (!lane.loaded) {
      if (!queue.isEmpty()) void this.#load(lane);
      return;
    }
    let free = Math.min(runtime.pool.busy(this.ports.cores), this.ports.atOnce ?? Infinity) - workers.filter((worker) => worker.task).length;
    for (const group of queue.groups()) {
      while (free > 0) {
        const worker = workers.find((w) => w.idle && w.group === group) ?? workers.find((w) => w.idle && w.group === null);
        if (!worker) break;
        const queued = queue.take(group);
        if (!queued) break;
        free -= 1;
        this.#begin(worker, queued);
      }
    }
    this.#spawnFor(lane, free);
  }

  /** Starts workers for tasks that found none, and replaces idle ones where the pool is full. */
  #spawnFor(lane: Lane, free: number): void {
    const { queue, workers, runtime } = lane;
    const starting = workers.filter((worker) => worker.state === "starting").length;
    if (queue.isEmpty() && !this.#maySpawnAhead(lane)) return;
    const wanted = queue.isEmpty() ? ahead(lane) : Math.min(free, queue.count()) - starting;
    for (let i = 0; i < wanted; i += 1) {
      if (lane.workers.length >= runtime.pool.live) {
        const idle = lane.workers.filter((worker) => worker.idle && !queue.has(worker.group));
        const oldest = idle.sort((a, b) => a.idleSince - b.idleSince)[0];
        if (!oldest) return;
        this.#end(oldest, false);
      }
      if (!this.#makeRoom(lane)) {
        // A worker that nobody waits for is not asked for again and again.
        lane.prepared = false;
        return;
      }
      this.#spawn(lane);
    }
  }

  /** Ends idle workers until another one fits; answers no where all of them are needed. */
  #makeRoom(lane: Lane): boolean {
    for (;;) {
      const room = roomFor(lane, this.#lanes.values(), this.ports.budgetBytes ?? workerBudget(undefined));
      if (room === "full") this.#starved.add(lane);
      else this.#starved.delete(lane);
      if (typeof room === "string") return room === "free";
      this.#end(room.end, false);
    }
  }

  /** Goes on where something waits; everywhere, if a lane found no room. */
  #pumpAfter(lane: Lane): void {
    this.#pump(lane);
    for (const other of [...this.#starved]) if (other !== lane) this.#pump(other);
  }

  /** A first worker is started at once, a spare when it is in nobody's way. */
  #maySpawnAhead(lane: Lane): boolean {
    if (ahead(lane) <= 0) return false;
    this.#tick();
    return lane.workers.length === 0 || this.ports.now() - this.#begunAt >= lane.runtime.pool.spareAfterMs;
  }

  #spawn(lane: Lane): void {
    if (!lane.loaded) return;
    this.#begunAt = this.ports.now();
    const id = this.#nextWorker;
    this.#nextWorker += 1;
    const port = this.#open().spawn(id, lane.loaded.source, lane.loaded.assets, lane.runtime.place);
    const worker = new PoolWorker(id, port, this.ports.now(), {
      onReady: () => {
        lane.failures = 0;
        this.#progress(lane, { stage: "ready", loaded: 1, total: 1 });
        this.#pumpAfter(lane);
      },
      onBroken: (message) => this.#broken(worker, lane, message),
      onCrashed: () => this.#end(worker, true),
      onFree: () => {
        // Memory of an interpreter never shrinks: start over before it is a burden.
        if (worker.heapBytes > worker.bootHeapBytes + 256 * 2 ** 20) this.#end(worker, false);
        this.#pumpAfter(lane);
      },
      onSpent: () => this.#end(worker, true),
    });
    worker.lane = lane.runtime.name;
    lane.workers.push(worker);
    this.#byId.set(id, worker);
    this.#tick();
  }

  #begin(worker: PoolWorker, queued: QueuedTask): void {
    this.#begunAt = this.ports.now();
    worker.start(queued, this.#begunAt);
    this.#tick();
  }

  #broken(worker: PoolWorker, lane: Lane, message: string): void {
    this.#end(worker, false);
    lane.failures += 1;
    const text = `cannot start ${lane.runtime.title}: ${message}`;
    this.#progress(lane, { stage: "failed", loaded: 0, total: 0, message: text });
    if (lane.failures >= 2) this.#failWaiting(lane, text);
    else this.#pump(lane);
  }

  #failWaiting(lane: Lane, message: string): void {
    lane.failures = 0;
    for (const { task } of lane.queue.takeAll()) task.onFail(loadError(message), 0);
  }

  /** Removes a worker; `replace` starts another so that the next task need not wait. */
  #end(worker: PoolWorker, replace: boolean): void {
    this.#sandbox?.kill(worker.id);
    worker.close();
    this.#byId.delete(worker.id);
    const lane = this.#lanes.get(worker.lane);
    if (!lane) return;
    lane.workers = lane.workers.filter((other) => other !== worker);
    const wantsSpare = replace && lane.runtime.pool.spare > 0 && !lane.workers.some((w) => w.group === null);
    if (wantsSpare && this.#makeRoom(lane)) this.#spawn(lane);
    if (replace) this.#pumpAfter(lane);
  }

  #tick(): void {
    this.#stopTicking ??= this.ports.every(TICK_MS, () => this.#check());
  }

  /** Ends what is over its time. */
  #check(): void {
    const now = this.ports.now();
    let watching = false;
    for (const worker of [...this.#byId.values()]) {
      if (worker.state === "starting") {
        watching = true;
        const lane = this.#lanes.get(worker.lane);
        if (lane && now - worker.bornAt > LOAD_LIMIT_MS) this.#broken(worker, lane, "it does not answer");
      }
      const { task } = worker;
      if (!task) continue;
      watching = true;
      if (now - worker.startedAt > task.task.timeoutMs) {
        this.#end(worker, true);
        task.task.onTimeout();
      }
    }
    for (const lane of this.#lanes.values()) {
      if (ahead(lane) <= 0 || !lane.loaded) continue;
      watching = true;
      this.#pump(lane);
    }
    if (watching) {
      this.#sandbox?.watch(now);
    } else {
      this.#stopTicking?.();
      this.#stopTicking = null;
    }
  }

  /** The frame died: fails what ran in it and begins with a new one. */
  #lost(error: NodeError): void {
    const workers = [...this.#byId.values()];
    this.#byId.clear();
    this.#sandbox?.dispose();
    this.#sandbox = null;
    const running = workers.map((worker) => worker.task).filter((task) => task !== null);
    for (const worker of workers) worker.close();
    for (const lane of this.#lanes.values()) {
      lane.workers = [];
      lane.loading = null;
      lane.loaded = null;
    }
    for (const { task } of running) task.onFail(error, 0);
    for (const lane of this.#lanes.values()) this.#pump(lane);
  }
}
