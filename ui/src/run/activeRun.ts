/**
 * One run: carries the engine's commands to the pool and the pool's news to
 * the engine. Which node runs when is decided by the engine alone.
 */

import { UpdateBatch, type NextFrame } from "./batch";
import type { ResultCache } from "./cache";
import type { RunCommand, RunEvent, StartCommand } from "./engine";
import { mayPass } from "./errors";
import type { HeldOutputs } from "./lists";
import { submitTo } from "./mode";
import type { Pool } from "./pool";
import type { PrintedLine } from "./protocol";
import { inputsOf, newRecord, reportOf, type NodeRecord } from "./record";
import type { Registry } from "./registry";
import type { ServerPython } from "./server";
import { callOf } from "./task";
import type { EngineRun, NodeError, NodeUpdate, RunOptions, RunPayload, RunReport, RunResult } from "./types";
import { kindOf } from "./values";

/** What a run needs of the runner. */
export type RunPorts = {
  engine: EngineRun;
  pool: Pool;
  registry: Registry;
  cache: ResultCache;
  /** Runs what asks for the server; absent where that is not allowed. */
  server?: ServerPython | undefined;
  nextFrame: NextFrame;
  now(): number;
  /** The number of a code; equal codes have equal numbers. */
  codeId(code: string): number;
};

type Waiting = { cancel(): void };

/** Drives one workflow from its first command to `done`. */
export class ActiveRun {
  readonly records = new Map<string, NodeRecord>();
  readonly #startedAt = new Date();
  readonly #from: number;
  readonly #batch = new UpdateBatch();
  readonly #waiting = new Map<string, Waiting>();
  #events: RunEvent[] = [];
  #urgent = false;
  #handling = false;
  #stopFrame: (() => void) | null = null;
  #finish: ((result: RunResult) => void) | null = null;
  #abort: ((reason: unknown) => void) | null = null;

  constructor(
    readonly payload: RunPayload,
    readonly options: RunOptions,
    readonly ports: RunPorts,
  ) {
    this.#from = ports.now();
    const keys = JSON.parse(ports.engine.keys()) as Record<string, string | null>;
    for (const { id } of payload.workflow.nodes) this.records.set(id, newRecord(keys[id] ?? null));
  }

  /** Runs to the end. */
  go(): Promise<RunResult> {
    const { signal } = this.options;
    const cancel = (): void => this.#tell({ type: "cancel" });
    return new Promise<RunResult>((resolve, reject) => {
      this.#finish = resolve;
      this.#abort = reject;
      this.#guard(() => {
        this.#obeyAll(JSON.parse(this.ports.engine.start()) as RunCommand[]);
        if (signal?.aborted) cancel();
        else signal?.addEventListener("abort", cancel, { once: true });
      });
      this.#settle();
    }).finally(() => signal?.removeEventListener("abort", cancel));
  }

  /** Shows how far the runtime of waiting nodes has loaded. */
  showProgress(progress: NonNullable<NodeUpdate["progress"]>): void {
    for (const node of this.#waiting.keys()) {
      const record = this.records.get(node);
      if (record?.state === "queued") this.#batch.add({ node, state: "queued", progress });
    }
    this.#scheduleFrame();
  }

  /** Passes an event on, together with those that were not urgent. */
  #tell(event: RunEvent): void {
    if (!this.#finish) return;
    this.#events.push(event);
    this.#urgent = true;
    this.#settle();
  }

  #settle(): void {
    if (this.#handling) return;
    this.#handling = true;
    this.#guard(() => {
      while (this.#urgent) this.#handleEvents();
    });
    this.#handling = false;
    this.#scheduleFrame();
  }

  #handleEvents(): void {
    const events = this.#events;
    this.#events = [];
    this.#urgent = false;
    if (events.length === 0) return;
    this.#obeyAll(JSON.parse(this.ports.engine.handle(JSON.stringify(events))) as RunCommand[]);
  }

  /** A failure in here is a defect of the program: the run ends rather than hangs. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      const abort = this.#abort;
      this.#finish = null;
      this.#abort = null;
      this.#events = [];
      this.#urgent = false;
      this.#stopFrame?.();
      for (const waiting of this.#waiting.values()) waiting.cancel();
      this.#waiting.clear();
      abort?.(error);
    }
  }

  #obeyAll(commands: RunCommand[]): void {
    for (const command of commands) this.#obey(command);
  }

  #obey(command: RunCommand): void {
    switch (command.type) {
      case "start":
        this.#start(command);
        break;
      case "reuse":
        this.#reuse(command.node, command.key);
        break;
      case "stop":
        this.#waiting.get(command.node)?.cancel();
        this.#waiting.delete(command.node);
        break;
      case "state":
        this.#show(command.node, command.state, command.error ?? null);
        break;
      case "done":
        this.#end(command.outcome);
        break;
    }
  }

  #start(command: StartCommand): void {
    const record = this.#record(command.node);
    record.attempts = command.attempt;
    record.inputs = command.literals;
    if (!command.delay_ms) return this.#submit(command);
    const timer = setTimeout(() => this.#submit(command), command.delay_ms);
    this.#waiting.set(command.node, { cancel: () => clearTimeout(timer) });
  }

  #submit(command: StartCommand): void {
    const { node, attempt } = command;
    const skill = this.payload.skills[command.skill_id];
    const runtime = skill && this.ports.registry.forType(skill.type);
    if (!skill || !runtime) {
      const message = skill
        ? `nothing here runs skills of type \`${skill.type}\``
        : `the skill \`${command.skill_id}\` was not delivered with the workflow`;
      return this.#tell({ type: "failed", node, attempt, retryable: false, kind: "load", message });
    }
    const waiting = submitTo(this.ports, skill, {
      ...callOf(command, skill, runtime, this.ports.codeId(skill.code)),
      ...inputsOf(command, this.records),
      onStart: () => this.#started(command),
      onLog: (lines) => this.#log(node, lines),
      onDone: (outputs, ms, heapBytes) => this.#done(command, outputs, ms, heapBytes),
      onFail: (error, ms, final) => this.#failed(command, error, ms, final),
      onTimeout: () => this.#timedOut(command),
    });
    this.#waiting.set(node, waiting);
  }

  #started({ node, attempt }: StartCommand): void {
    const record = this.#record(node);
    record.startedMs = this.#elapsed();
    record.durationMs = null;
    // Not urgent: it travels with the next event or with the next frame.
    this.#events.push({ type: "started", node, attempt });
    this.#scheduleFrame();
  }

  #log(node: string, lines: PrintedLine[]): void {
    const record = this.#record(node);
    const log = lines.map(([stream, at, text]) => ({ stream, text, atMs: (record.startedMs ?? 0) + at }));
    record.logs.push(...log);
    this.#batch.add({ node, state: record.state, log });
    this.#scheduleFrame();
  }

  #done({ node, attempt, key }: StartCommand, outputs: HeldOutputs, ms: number, heapBytes: number): void {
    const record = this.#record(node);
    this.#waiting.delete(node);
    record.durationMs = ms;
    record.heapBytes = heapBytes || null;
    record.outputs = outputs;
    if (key) this.ports.cache.put(key, { outputs, inputs: record.inputs });
    const kinds = Object.fromEntries(Object.entries(outputs.packed).map(([port, value]) => [port, kindOf(value)]));
    this.#tell({ type: "finished", node, attempt, outputs: kinds });
  }

  #failed({ node, attempt }: StartCommand, error: NodeError, ms: number, final = false): void {
    this.#waiting.delete(node);
    this.#record(node).durationMs = ms;
    this.#tell({ type: "failed", node, attempt, retryable: mayPass(error, final), ...error });
  }

  #timedOut({ node, attempt }: StartCommand): void {
    const record = this.#record(node);
    this.#waiting.delete(node);
    record.durationMs = this.#elapsed() - (record.startedMs ?? 0);
    this.#tell({ type: "timed_out", node, attempt });
  }

  #reuse(node: string, key: string): void {
    const kept = this.ports.cache.get(key);
    if (!kept) return this.#tell({ type: "cache_missed", node });
    const record = this.#record(node);
    record.outputs = kept.outputs;
    record.inputs = kept.inputs;
  }

  #show(node: string, state: NodeUpdate["state"], error: NodeError | null): void {
    const record = this.#record(node);
    record.state = state;
    record.error = error;
    const update: NodeUpdate = { node, state };
    if (record.startedMs !== null) update.startedAt = record.startedMs;
    if (record.durationMs !== null) update.durationMs = record.durationMs;
    if (record.heapBytes !== null) update.heapBytes = record.heapBytes;
    if (error) update.error = error;
    this.#batch.add(update);
  }

  #end(outcome: RunResult["outcome"]): void {
    const finish = this.#finish;
    if (!finish) return;
    this.#finish = null;
    const { payload, records } = this;
    const facts = { outcome, startedAt: this.#startedAt, finishedAt: new Date() };
    const durationMs = this.#elapsed();
    let report: RunReport | undefined;
    this.#deliver();
    finish({
      outcome,
      durationMs,
      get report() {
        report ??= reportOf(payload, records, facts);
        return report;
      },
    });
  }

  #scheduleFrame(): void {
    if (!this.#finish || this.#stopFrame || (this.#batch.isEmpty && this.#events.length === 0)) return;
    this.#stopFrame = this.ports.nextFrame(() => {
      this.#stopFrame = null;
      this.#urgent = this.#events.length > 0;
      this.#settle();
      this.#deliver();
    });
  }

  #deliver(): void {
    this.#stopFrame?.();
    this.#stopFrame = null;
    if (!this.#batch.isEmpty) this.options.onUpdate?.(this.#batch.take());
  }

  #record(node: string): NodeRecord {
    let record = this.records.get(node);
    if (!record) {
      record = newRecord(null);
      this.records.set(node, record);
    }
    return record;
  }

  #elapsed(): number {
    return this.ports.now() - this.#from;
  }
}
