// @vitest-environment node
import { Worker } from "node:worker_threads";

import { afterEach, expect, test, vi } from "vitest";

import { ThreadSandbox } from "./sandbox";

afterEach(() => vi.restoreAllMocks());

const script = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { workerData } from "node:worker_threads"; ${code}`)}`);

test.each([
  ["ended while no driver works for it", "for (;;) {}", 1],
  ["left to itself once one does", "Atomics.store(workerData.driving, 0, 1); setTimeout(() => undefined, 2_000);", 0],
])("a thread for the graphics processor is %s", async (_, code, ends) => {
  const terminate = vi.spyOn(Worker.prototype, "terminate");
  const unref = vi.spyOn(Worker.prototype, "unref");
  const gone = vi.fn();
  const limits = { heapMb: () => 64, totalBytes: Infinity, usedBytes: () => 0 };
  const events = { onFault: gone, onLost: gone, onGone: gone };
  const sandbox = new ThreadSandbox({ skills: script(""), gpu: script(code), webgpuFolder: null }, limits, events as never);
  sandbox.spawn(1, "", [], "page");
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (ends === 0 && gone.mock.calls.length > 0) throw new Error("it ended too early to be seen");
  sandbox.dispose();
  expect([terminate.mock.calls.length, unref.mock.calls.length]).toEqual([ends, 1 - ends]);
});
