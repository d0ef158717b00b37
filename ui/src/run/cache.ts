/** Keeps results by derivation key, the newest ones within a byte budget. */

import type { HeldOutputs } from "./lists";
import { sizeOf } from "./values";

/** A result that can be reused. */
export type KeptResult = {
  outputs: HeldOutputs;
  /** The literal inputs it was made with, for the trace. */
  inputs: Record<string, unknown>;
};

/** Least recently used results leave first. */
export class ResultCache {
  readonly #entries = new Map<string, { result: KeptResult; bytes: number }>();
  #bytes = 0;

  constructor(readonly budgetBytes: number) {}

  /** The result under a key, which thereby counts as used. */
  get(key: string): KeptResult | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.result;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Keeps a result, unless it alone is over the budget. */
  put(key: string, result: KeptResult): void {
    this.#remove(key);
    const { packed, lists } = result.outputs;
    const bytes = sizeOf(packed) + sizeOf(result.inputs) + lists.reduce((sum, { data }) => sum + data.byteLength, 0);
    if (bytes > this.budgetBytes) return;
    this.#entries.set(key, { result, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.budgetBytes) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }
}
