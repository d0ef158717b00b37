/** The sandbox of the Node.js host: worker threads instead of a frame. */

import { MessageChannel, Worker, type MessagePort as NodePort } from "node:worker_threads";

import { memoryError } from "../run/errors";
import type { Sandbox, SandboxAsset, SandboxEvents } from "../run/sandbox";
import type { GpuThreadData } from "./gpu";
import type { ThreadData } from "./thread";

/** What the sandbox is told of the machine and of the run. */
export type ThreadLimits = {
  /** How much heap a worker may have, in MB; asked when one is started. */
  heapMb(): number;
  /** How much memory the whole process may take, in bytes. */
  totalBytes: number;
  /** What it takes now. */
  usedBytes(): number;
};

type Held = { worker: Worker; port: NodePort; place: "sandbox" | "page"; driving: Int32Array };

/** The first code of threads: of those that run skills, and of those that run the product alone. */
export type Scripts = { skills: URL; gpu: URL; webgpuFolder: string | null };

/** Workers, each in a thread of its own. */
export class ThreadSandbox implements Sandbox {
  readonly #assets = new Map<string, ArrayBuffer | Promise<WebAssembly.Module>>();
  readonly #workers = new Map<number, Held>();

  constructor(
    readonly scripts: Scripts,
    readonly limits: ThreadLimits,
    readonly events: SandboxEvents,
  ) {}

  keep({ name, buffer, compile }: SandboxAsset): void {
    if (!compile) {
      this.#assets.set(name, buffer);
      return;
    }
    const compiled = WebAssembly.compile(buffer);
    // Who asks for it hears of the failure.
    compiled.catch(() => undefined);
    this.#assets.set(name, compiled);
  }

  spawn(id: number, source: string, names: readonly string[], place: "sandbox" | "page" = "sandbox"): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const { skills, gpu, webgpuFolder } = this.scripts;
    const driving = new Int32Array(new SharedArrayBuffer(4));
    const data: ThreadData | GpuThreadData = place === "page" ? { source, port: port2, folder: webgpuFolder, driving } : { source, port: port2 };
    const heapMb = this.limits.heapMb();
    const worker = new Worker(place === "page" ? gpu : skills, {
      workerData: data,
      transferList: [port2],
      env: {},
      argv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: Math.min(64, heapMb), stackSizeMb: 4 },
    });
    const held = { worker, port: port1, place, driving };
    this.#workers.set(id, held);
    worker.on("error", (error: Error & { code?: string }) => {
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#gone(id, isMemory ? `over the memory limit of ${heapMb} MB` : error.message, isMemory);
    });
    worker.on("exit", () => this.#gone(id, "its thread ended", false));
    void this.#greet(held, id, names);
    return port1 as unknown as MessagePort;
  }

  kill(id: number): void {
    const held = this.#workers.get(id);
    this.#workers.delete(id);
    held?.port.close();
    // The drivers of a graphics processor do not live through the end of their thread in the middle of work,
    // and the process would not either. The kernel's own guard stops it.
    // Until they are asked for something, such a thread ends like any other.
    if (held && Atomics.load(held.driving, 0) !== 0) held.worker.unref();
    else void held?.worker.terminate();
  }

  watch(): void {
    if (this.limits.usedBytes() > this.limits.totalBytes) this.events.onLost(memoryError);
  }

  dispose(): void {
    for (const id of [...this.#workers.keys()]) this.kill(id);
    this.#assets.clear();
  }

  async #greet(held: Held, id: number, names: readonly string[]): Promise<void> {
    const files: Record<string, ArrayBuffer | WebAssembly.Module> = {};
    try {
      for (const name of names) {
        // oxlint-disable-next-line no-await-in-loop -- they compile at the same time already
        const file = await this.#assets.get(name);
        if (file) files[name.slice(name.indexOf("/") + 1)] = file;
      }
      held.port.postMessage({ files });
    } catch (error) {
      this.events.onFault(id, String(error));
    }
  }

  #gone(id: number, message: string, isMemory: boolean): void {
    if (!this.#workers.has(id)) return;
    this.#workers.delete(id);
    this.events.onFault(id, message);
    this.events.onGone?.(id, isMemory ? { kind: "memory", message } : { kind: "crashed", message });
  }
}
