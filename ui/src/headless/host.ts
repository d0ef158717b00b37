/**
 * Carries out what the `llmos` command asks for: hands nodes to the pool, keeps
 * what they give, and tells how they went. Which node runs when is decided by
 * the engine inside the command; values never go there unless it asks for them.
 */

import { Encoder } from "../run/encode";
import type { StartCommand } from "../run/engine";
import { mayPass } from "../run/errors";
import type { HeldOutputs } from "../run/lists";
import { submitTo } from "../run/mode";
import type { Pool } from "../run/pool";
import { withNeeds, type PackageFile } from "../run/packages";
import { inputsOf, newRecord, type NodeRecord } from "../run/record";
import type { Registry } from "../run/registry";
import { callOf } from "../run/task";
import type { ExecutableSkill, NodeError } from "../run/types";
import { kindOf } from "../run/values";
import type { Notice, Request } from "./protocol";

/** What stands around the host; tests put other things there. */
export type HostPorts = {
  pool: Pool;
  registry: Registry;
  tell(notice: Notice): void;
  /** Calls back after some milliseconds; the answer takes it back. */
  after(ms: number, call: () => void): () => void;
};

/** One run at the host. */
export class HeadlessHost {
  #skills: Record<string, ExecutableSkill> = {};
  #packages: Record<string, string> = {};
  readonly #records = new Map<string, NodeRecord>();
  readonly #codes = new Map<string, number>();
  readonly #waiting = new Map<string, { attempt: number; cancel(): void }>();

  constructor(readonly ports: HostPorts) {}

  /** How much heap a worker needs for the most demanding skill of the run, in MB. */
  heapMb(fallback: number): number {
    return Math.max(fallback, ...Object.values(this.#skills).map((skill) => skill.memory_mb ?? 0));
  }

  #supply({ skills, packages }: Extract<Request, { t: "skills" }>): void {
    this.#skills = packages ? withNeeds(skills, packages.needs, packages.lock) : skills;
    this.#packages = packages?.files ?? {};
  }

  /** The file of a package, which came with the skills. */
  async packageFile({ name, sha256 }: PackageFile): Promise<ArrayBuffer> {
    const text = this.#packages[sha256];
    if (text === undefined) throw new Error(`the file of \`${name}\` did not come with the run`);
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
  }

  /** Carries out one request. */
  handle(request: Request): void {
    switch (request.t) {
      case "skills":
        this.#supply(request);
        void this.#prepare();
        break;
      case "start":
        this.#start(request.command);
        break;
      case "stop":
        this.#stop(request.node, request.attempt);
        break;
      case "report":
        this.#report(request.nodes);
        break;
      case "output": {
        const value = this.#records.get(request.node)?.outputs?.port(request.port);
        this.ports.tell({ t: "output", value: new Encoder(Infinity).value(value) });
        break;
      }
    }
  }

  /** Loads what the run will need while the command still plans. */
  async #prepare(): Promise<void> {
    const types = new Set(Object.values(this.#skills).map(({ type }) => type));
    const runtimes = new Set([...types].map((type) => this.ports.registry.forType(type)));
    await Promise.all([...runtimes].map((runtime) => runtime && this.ports.pool.prepare(runtime)));
  }

  #start(command: StartCommand): void {
    const record = newRecord(command.key ?? null);
    record.inputs = command.literals;
    this.#records.set(command.node, record);
    const submit = (): void => this.#submit(command);
    if (!command.delay_ms) return submit();
    this.#wait(command, { cancel: this.ports.after(command.delay_ms, submit) });
  }

  #wait({ node, attempt }: StartCommand, { cancel }: { cancel(): void }): void {
    this.#waiting.set(node, { attempt, cancel });
  }

  #stop(node: string, attempt: number): void {
    const waiting = this.#waiting.get(node);
    if (waiting?.attempt !== attempt) return;
    this.#waiting.delete(node);
    waiting.cancel();
  }

  #submit(command: StartCommand): void {
    const { node, attempt } = command;
    const { registry, pool, tell } = this.ports;
    const skill = this.#skills[command.skill_id];
    const runtime = skill && registry.forType(skill.type);
    if (!skill || !runtime) {
      const message = skill
        ? `nothing here runs skills of type \`${skill.type}\``
        : `the skill \`${command.skill_id}\` was not delivered with the workflow`;
      return this.#failed(command, { kind: "load", message }, 0, false);
    }
    let startedAt = 0;
    const waiting = submitTo({ pool }, skill, {
      ...callOf(command, skill, runtime, this.#codeId(skill.code)),
      ...inputsOf(command, this.#records),
      onStart: () => {
        startedAt = performance.now();
        tell({ t: "event", event: { type: "started", node, attempt } });
      },
      onLog: (lines) => tell({ t: "log", node, lines: lines.map(([stream, , text]) => ({ stream, text })) }),
      onDone: (outputs, ms) => this.#done(command, outputs, ms),
      onFail: (error, ms, final = false) => this.#failed(command, error, ms, mayPass(error, final)),
      onTimeout: () => {
        this.#waiting.delete(node);
        tell({ t: "event", event: { type: "timed_out", node, attempt }, duration_ms: performance.now() - startedAt });
      },
    });
    this.#wait(command, waiting);
  }

  #done({ node, attempt }: StartCommand, outputs: HeldOutputs, ms: number): void {
    this.#waiting.delete(node);
    const record = this.#records.get(node);
    if (record) record.outputs = outputs;
    const kinds = Object.fromEntries(Object.entries(outputs.packed).map(([port, value]) => [port, kindOf(value)]));
    this.ports.tell({ t: "event", event: { type: "finished", node, attempt, outputs: kinds }, duration_ms: ms });
  }

  #failed({ node, attempt }: StartCommand, error: NodeError, ms: number, retryable: boolean): void {
    this.#waiting.delete(node);
    this.ports.tell({ t: "event", event: { type: "failed", node, attempt, retryable, ...error }, duration_ms: ms });
  }

  #report(nodes: readonly string[]): void {
    // One budget for all of them, spent in the order in which the page spends it.
    const encoder = new Encoder();
    const encoded = nodes.map((node) => {
      const record = this.#records.get(node);
      const inputs = encoder.ports(record?.inputs ?? {});
      return [node, { inputs, outputs: encoder.ports(record?.outputs?.whole() ?? {}) }] as const;
    });
    this.ports.tell({ t: "report", nodes: Object.fromEntries(encoded) });
  }

  #codeId(code: string): number {
    let id = this.#codes.get(code);
    if (id === undefined) {
      id = this.#codes.size + 1;
      this.#codes.set(code, id);
    }
    return id;
  }
}
