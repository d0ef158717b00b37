/** Keeps what runs left of the workflows that were open last, for whoever comes back. */
export class Shelf<View> {
  readonly #views = new Map<string, View>();

  constructor(readonly room = 8) {}

  put(key: string, view: View): void {
    this.#views.delete(key);
    this.#views.set(key, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= this.room) break;
      this.#views.delete(oldest);
    }
  }

  take(key: string): View | undefined {
    return this.#views.get(key);
  }
}
