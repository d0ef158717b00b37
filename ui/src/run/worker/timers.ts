/**
 * Knows which timers a skill has left behind. They would go on in its worker
 * after the call, in the time of whatever runs next.
 */

type Callback = (...args: unknown[]) => void;

/** The part of a worker's global object that timers are. */
export type TimerScope = {
  setTimeout(callback: Callback, ms?: number, ...args: unknown[]): unknown;
  setInterval(callback: Callback, ms?: number, ...args: unknown[]): unknown;
  clearTimeout(id: unknown): void;
  clearInterval(id: unknown): void;
};

/** Watches the timers of a global object; the answer says whether any is left. */
export function watchTimers(scope: TimerScope): () => boolean {
  const { setTimeout: later, setInterval: often, clearTimeout: dropLater, clearInterval: dropOften } = scope;
  const left = new Set<unknown>();

  scope.setTimeout = (callback, ms, ...args) => {
    const id = later(
      () => {
        left.delete(id);
        callback(...args);
      },
      ms,
    );
    left.add(id);
    return id;
  };
  scope.setInterval = (callback, ms, ...args) => {
    const id = often(callback, ms, ...args);
    left.add(id);
    return id;
  };
  const drop = (cancel: (id: unknown) => void) => (id: unknown) => {
    left.delete(id);
    cancel(id);
  };
  scope.clearTimeout = drop(dropLater);
  scope.clearInterval = drop(dropOften);
  return () => left.size > 0;
}
