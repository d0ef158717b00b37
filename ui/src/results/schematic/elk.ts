import ElkConstructor, { type ELK } from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";

/** A layouter in a worker of its own; end it after use. */
export function newElk(): ELK {
  return new ElkConstructor({ workerFactory: () => new Worker(workerUrl) });
}
