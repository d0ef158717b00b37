/** Stand-ins for the sandbox, the clock and the frames of a page. */

import type { Call } from "../protocol";
import { Pool, type PoolPorts } from "../pool";
import { Registry, type Runtime } from "../registry";
import type { Sandbox, SandboxEvents } from "../sandbox";
import type { ExecutableSkill, LoadProgress } from "../types";

/** A worker that does what the test says. */
export class FakeWorker {
  readonly calls: Call[] = [];
  killed = false;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(readonly id: number) {}

  /** The page's end of the port. */
  readonly port = {
    postMessage: (call: Call) => this.calls.push(call),
    close: () => undefined,
    set onmessage(handler: ((event: { data: unknown }) => void) | null) {
      this.worker.onmessage = handler;
    },
    worker: this as FakeWorker,
  };

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  get lastCall(): Call {
    const call = this.calls[this.calls.length - 1];
    if (!call) throw new Error(`worker ${this.id} was not called`);
    return call;
  }

  ready(): this {
    this.say({ t: "ready", heapBytes: 0 });
    return this;
  }

  done(outputs: Record<string, unknown>): void {
    this.say({ t: "done", id: this.lastCall.id, ms: 1, outputs, lists: [], heapBytes: 0 });
  }

  fail(kind: string, message: string): void {
    this.say({ t: "fail", id: this.lastCall.id, ms: 1, error: { kind, message }, heapBytes: 0 });
  }
}

/** A page without a browser: time passes when the test says so. */
export class FakePage {
  now = 0;
  readonly workers: FakeWorker[] = [];
  readonly progress: LoadProgress[] = [];
  sandboxes = 0;
  events: SandboxEvents | null = null;
  readonly #ticks = new Set<() => void>();
  readonly #frames = new Set<() => void>();

  readonly poolPorts: PoolPorts = {
    openSandbox: (events) => this.#openSandbox(events),
    assetsBase: "http://page.test/",
    cores: 2,
    budgetBytes: 2 ** 30,
    now: () => this.now,
    every: (_ms, tick) => {
      this.#ticks.add(tick);
      return () => this.#ticks.delete(tick);
    },
    onProgress: (progress) => this.progress.push(progress),
  };

  readonly nextFrame = (callback: () => void): (() => void) => {
    this.#frames.add(callback);
    return () => this.#frames.delete(callback);
  };

  pool(): Pool {
    return new Pool(this.poolPorts);
  }

  /** Lets time pass and every timer fire once. */
  pass(ms: number): void {
    this.now += ms;
    for (const tick of this.#ticks) tick();
  }

  /** Draws a frame. */
  frame(): void {
    const due = [...this.#frames];
    this.#frames.clear();
    for (const callback of due) callback();
  }

  get isIdle(): boolean {
    return this.#ticks.size === 0;
  }

  worker(id: number): FakeWorker {
    const worker = this.workers.find((one) => one.id === id);
    if (!worker) throw new Error(`there is no worker ${id}`);
    return worker;
  }

  get living(): number[] {
    return this.workers.filter(({ killed }) => !killed).map(({ id }) => id);
  }

  #openSandbox(events: SandboxEvents): Sandbox {
    this.sandboxes += 1;
    this.events = events;
    return {
      keep: () => undefined,
      spawn: (id) => {
        const worker = new FakeWorker(id);
        this.workers.push(worker);
        return worker.port as unknown as MessagePort;
      },
      kill: (id) => {
        this.worker(id).killed = true;
      },
      watch: () => undefined,
      dispose: () => undefined,
    };
  }
}

/** A runtime that needs no files. */
export function fakeRuntime(changes: Partial<Runtime> = {}): Runtime {
  return {
    name: "javascript",
    title: "JavaScript",
    types: ["javascript"],
    version: "1",
    manifest: null,
    pool: { busy: () => 2, live: 3, spare: 0, spareAfterMs: 0 },
    isolation: (_skill, codeId) => `code-${codeId}`,
    fileName: (skillId) => `${skillId}.js`,
    source: () => Promise.resolve("script"),
    ...changes,
  };
}

export function fakeRegistry(changes: Partial<Runtime> = {}): Registry {
  return new Registry([fakeRuntime(changes)]);
}

export function fakeSkill(id: string, changes: Partial<ExecutableSkill> = {}): ExecutableSkill {
  return { skill_id: id, type: "javascript", version: `blob-of-${id}`, inputs: [], outputs: [], code: `code of ${id}`, ...changes };
}

/** Lets promises that are settled already go on. */
export async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- each turn lets one more step happen
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
