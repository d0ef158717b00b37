/** The tasks of one runtime that wait for a worker, in order within each group. */

import type { QueuedTask, Task } from "./task";

/** First in, first out per group; every operation takes constant time. */
export class TaskQueue {
  readonly #groups = new Map<string, { items: QueuedTask[]; head: number }>();
  #count = 0;

  push(task: Task): QueuedTask {
    const queued: QueuedTask = { task, dropped: false, workerId: null };
    const group = this.#groups.get(task.group);
    if (group) group.items.push(queued);
    else this.#groups.set(task.group, { items: [queued], head: 0 });
    this.#count += 1;
    return queued;
  }

  /** The next task of a group that was not taken back. */
  take(name: string): QueuedTask | null {
    const group = this.#groups.get(name);
    if (!group) return null;
    for (;;) {
      const queued = group.items[group.head];
      if (!queued) {
        this.#groups.delete(name);
        return null;
      }
      group.head += 1;
      this.#count -= 1;
      if (!queued.dropped) return queued;
    }
  }

  /** Everything that waits, leaving nothing. */
  takeAll(): QueuedTask[] {
    const all: QueuedTask[] = [];
    for (const name of this.groups()) {
      for (let queued = this.take(name); queued; queued = this.take(name)) all.push(queued);
    }
    return all;
  }

  /** The groups that may have something waiting, longest known first. */
  groups(): string[] {
    return [...this.#groups.keys()];
  }

  has(name: string | null): boolean {
    return name !== null && this.#groups.has(name);
  }

  /** How many wait, tasks that were taken back included. */
  count(): number {
    return this.#count;
  }

  isEmpty(): boolean {
    return this.#count === 0;
  }
}
