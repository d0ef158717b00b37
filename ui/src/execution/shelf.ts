import type { RunView } from "./runs";

/** Keeps what runs left of the workflows that were open last, for whoever comes back. */
export class Shelf {
  readonly #views = new Map<string, RunView>();

  constructor(readonly room = 8) {}

  put(key: string, view: RunView): void {
    this.#views.delete(key);
    this.#views.set(key, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= this.room) break;
      this.#views.delete(oldest);
    }
  }

  take(key: string): RunView | undefined {
    return this.#views.get(key);
  }
}
