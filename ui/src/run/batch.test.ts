import { expect, test } from "vitest";

import { UpdateBatch } from "./batch";

test("a node appears once per batch, with its last state and all of its lines", () => {
  const batch = new UpdateBatch();
  const line = (text: string) => ({ stream: "stdout" as const, text, atMs: 0 });
  batch.add({ node: "a", state: "queued" });
  batch.add({ node: "a", state: "running", startedAt: 1, log: [line("one")] });
  batch.add({ node: "b", state: "queued" });
  batch.add({ node: "a", state: "success", durationMs: 2, log: [line("two")] });
  expect(batch.take()).toEqual([
    { node: "a", state: "success", startedAt: 1, durationMs: 2, log: [line("one"), line("two")] },
    { node: "b", state: "queued" },
  ]);
  expect(batch.isEmpty).toBe(true);
});

test("the error of an attempt that was retried is not shown with the next state", () => {
  const batch = new UpdateBatch();
  batch.add({ node: "a", state: "error", error: { kind: "exception", message: "no" } });
  batch.add({ node: "a", state: "queued" });
  expect(batch.take()).toEqual([{ node: "a", state: "queued" }]);
});
