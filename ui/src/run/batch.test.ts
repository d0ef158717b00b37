import { expect, test } from "vitest";

import { progressPerFrame, UpdateBatch } from "./batch";
import type { LoadProgress } from "./types";

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

test("downloads are told once per frame, and what follows them at once", () => {
  const told: string[] = [];
  const frames: (() => void)[] = [];
  const show = ({ runtime, stage, loaded }: LoadProgress) => told.push(`${runtime} ${stage} ${loaded}`);
  const tell = progressPerFrame((callback) => {
    frames.push(callback);
    return () => undefined;
  }, show);
  for (const loaded of [1, 2, 3]) tell({ runtime: "python", stage: "download", loaded, total: 9 });
  tell({ runtime: "spice", stage: "download", loaded: 1, total: 2 });
  expect(told).toEqual([]);
  frames.shift()?.();
  expect(told).toEqual(["python download 3", "spice download 1"]);
  tell({ runtime: "python", stage: "download", loaded: 8, total: 9 });
  tell({ runtime: "python", stage: "ready", loaded: 9, total: 9 });
  frames.shift()?.();
  expect(told.slice(2)).toEqual(["python ready 9"]);
});
