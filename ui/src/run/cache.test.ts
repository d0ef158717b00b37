import { expect, test } from "vitest";

import { ResultCache } from "./cache";
import { HeldOutputs } from "./lists";

const result = (bytes: number) => ({ outputs: new HeldOutputs({ x: new Uint8Array(bytes) }), inputs: {} });

test("what was used least recently leaves when the budget is spent", () => {
  const cache = new ResultCache(10_000);
  for (const key of ["a", "b", "c"]) cache.put(key, result(3_000));
  cache.get("a");
  cache.put("d", result(3_000));
  expect(["a", "b", "c", "d"].filter((key) => cache.has(key))).toEqual(["a", "c", "d"]);
});

test("a result over the whole budget is not kept, and takes nothing else with it", () => {
  const cache = new ResultCache(10_000);
  cache.put("a", result(3_000));
  cache.put("b", result(20_000));
  expect([cache.has("a"), cache.has("b")]).toEqual([true, false]);
});

test("lists that are packed count as well", () => {
  const cache = new ResultCache(10_000);
  cache.put("a", { outputs: new HeldOutputs({ x: [] }, [{ path: ["x"], data: new Float64Array(2_000) }]), inputs: {} });
  expect(cache.has("a")).toBe(false);
});

test("a result replaces the one under the same key", () => {
  const cache = new ResultCache(10_000);
  for (let i = 0; i < 10; i += 1) cache.put("a", result(6_000));
  expect(cache.size).toBe(1);
  cache.put("b", result(3_000));
  expect(cache.size).toBe(2);
});
