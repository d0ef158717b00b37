import { afterEach, expect, test, vi } from "vitest";

import { fakeSkill, settled } from "./test/fakes";
import { done, has, payload, setUp, start, state } from "./test/script";
import type { NodeUpdate } from "./types";

afterEach(() => vi.useRealTimers());

test("an output travels over its edge, and the trace tells of both nodes", async () => {
  const { script, page, runner } = setUp();
  script.first = [state("a", "queued"), start("a", { literals: { x: 1 }, key: "key-a" })];
  script.keys = { a: "key-a", b: null };
  script.answer = (events) => {
    if (has(events, "finished", "a")) return [state("a", "success"), state("b", "queued"), start("b", { links: { in: { node: "a", port: "y" } } })];
    if (has(events, "finished", "b")) return [state("b", "success"), done("success")];
    return [];
  };
  const running = runner.run(payload("a", "b"));
  await settled();
  const worker = page.worker(1).ready();
  expect(worker.lastCall.inputs).toEqual({ x: 1 });
  worker.say({ t: "log", id: 1, lines: [["stdout", 2, "hello"]] });
  const values = new Float64Array([1, 2]);
  worker.done({ y: values });
  expect(worker.lastCall.inputs).toEqual({ in: values });
  worker.done({ z: { columns: [] } });
  const { outcome, report } = await running;

  expect(outcome).toBe("success");
  expect(script.events.flat()).toContainEqual({ type: "finished", node: "b", attempt: 1, outputs: { z: "table" } });
  expect(runner.value("a", "y")).toBe(values);
  expect(runner.value("a", "constructor")).toBeUndefined();
  expect(report).toMatchObject({ outcome: "success", workflow_volume: "user/local" });
  expect(report.nodes).toMatchObject([
    { node: "a", state: "success", key: "key-a", attempts: 1, inputs: { x: 1 }, outputs: { y: [1, 2] } },
    { node: "b", state: "success", key: null, attempts: 1, inputs: {}, outputs: { z: { columns: [] } } },
  ]);
  expect(report.nodes[0]).toMatchObject({ skill_version: "blob-of-skill", logs: [{ at_ms: 2, stream: "stdout", text: "hello" }] });
});

test("the start of a node is told together with its end, unless a frame comes between", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = (events) => (has(events, "finished", "a") ? [start("b")] : has(events, "finished", "b") ? [done("success")] : []);
  const running = runner.run(payload("a", "b"));
  await settled();
  page.worker(1).ready().done({});
  page.frame();
  page.worker(1).done({});
  await running;
  expect(script.events.map((events) => events.map((event) => `${event.type} ${"node" in event ? event.node : ""}`))).toEqual([
    ["started a", "finished a"],
    ["started b"],
    ["finished b"],
  ]);
});

test("updates come once per frame, and the last ones before the end", async () => {
  const { script, page, runner } = setUp();
  const batches: NodeUpdate[][] = [];
  script.first = [state("a", "queued"), start("a")];
  script.answer = (events) =>
    events.flatMap((event) => {
      if (event.type === "started") return [state("a", "running")];
      return event.type === "finished" ? [state("a", "success"), done("success")] : [];
    });
  const running = runner.run(payload("a"), { onUpdate: (batch) => batches.push(batch) });
  await settled();
  page.frame();
  page.worker(1).ready();
  page.frame();
  page.worker(1).say({ t: "log", id: 1, lines: [["stdout", 0, "one"]] });
  page.worker(1).say({ t: "log", id: 1, lines: [["stdout", 0, "two"]] });
  page.frame();
  page.now = 7;
  page.worker(1).done({});
  await running;
  expect(batches.map(([update]) => [update?.state, update?.log?.map(({ text }) => text)])).toEqual([
    ["queued", undefined],
    ["running", undefined],
    ["running", ["one", "two"]],
    ["success", undefined],
  ]);
  expect(batches.at(-1)?.[0]).toMatchObject({ startedAt: 0, durationMs: 1 });
});

test("cancelling stops what runs, at once", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a"), start("b")];
  script.answer = (events) =>
    events.some(({ type }) => type === "cancel")
      ? [{ type: "stop", node: "a", attempt: 1 }, { type: "stop", node: "b", attempt: 1 }, state("a", "cancelled"), done("cancelled")]
      : [];
  const stop = new AbortController();
  const running = runner.run(payload("a", "b"), { signal: stop.signal });
  await settled();
  const worker = page.worker(1).ready();
  stop.abort();
  expect((await running).outcome).toBe("cancelled");
  expect(worker.killed).toBe(true);
  expect(page.workers.flatMap(({ calls }) => calls).length).toBe(1);
});

test("a run that was cancelled before it began starts nothing", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => [{ type: "stop", node: "a", attempt: 1 }, done("cancelled")];
  expect((await runner.run(payload("a"), { signal: AbortSignal.abort() })).outcome).toBe("cancelled");
  await settled();
  page.workers[0]?.ready();
  expect(page.workers.flatMap(({ calls }) => calls)).toEqual([]);
});

test("a result that is kept is offered to the engine and reused", async () => {
  const { script, page, runner } = setUp();
  script.keys = { a: "key-a", b: null };
  script.first = [start("a", { key: "key-a", literals: { x: 1 } })];
  script.answer = () => [done("success")];
  const first = runner.run(payload("a", "b"));
  await settled();
  page.worker(1).ready().done({ y: 5 });
  await first;

  script.first = [{ type: "reuse", node: "a", key: "key-a" }, state("a", "cached"), done("success")];
  const { report } = await runner.run(payload("a", "b"));
  expect(script.options.map(({ cached }) => cached)).toEqual([[], [], ["a"]]);
  expect(runner.value("a", "y")).toBe(5);
  expect(report.nodes[0]).toMatchObject({ state: "cached", inputs: { x: 1 }, outputs: { y: 5 }, attempts: 0 });
  expect(page.worker(1).calls.length).toBe(1);

  await runner.run(payload("a", "b"), { fresh: true });
  runner.forget();
  await runner.run(payload("a", "b"));
  expect(script.options.slice(3).map(({ cached }) => cached)).toEqual([[], []]);
  expect(script.events.flat()).toContainEqual({ type: "cache_missed", node: "a" });
});

test("the versions of the runtimes go into the keys", async () => {
  const { script, runner } = setUp();
  script.first = [done("success")];
  await runner.run(payload("a"), { targets: ["a"] });
  expect(script.options).toEqual([{ cached: [], runtime_versions: { javascript: "1" }, targets: ["a"] }]);
});

test.each([
  [{ skill: fakeSkill("skill", { type: "spice" }) }, "nothing here runs skills of type `spice`"],
  [{}, "the skill `skill` was not delivered with the workflow"],
])("a node that nothing can run fails: %#", async (skills, message) => {
  const { script, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => [done("error")];
  await runner.run({ ...payload("a"), skills });
  expect(script.events.flat()).toEqual([{ type: "failed", node: "a", attempt: 1, retryable: false, kind: "load", message }]);
});

test.each([
  ["exception", true],
  ["crashed", true],
  ["memory", false],
  ["output", false],
])("another attempt after a failure of kind %s helps: %s", async (kind, retryable) => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => [done("error")];
  const running = runner.run(payload("a"));
  await settled();
  page.worker(1).ready().fail(kind, "no");
  await running;
  expect(script.events.flat().at(-1)).toMatchObject({ type: "failed", kind, retryable, message: "no" });
});

test("a package that nobody has is not asked for again", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => [done("error")];
  const error = { message: "there is no package `nowhere`", hint: "run `llmos packages add nowhere`" };
  const needs = { load: [], versions: [], chooses: false, error, lock: { info: {}, packages: {} } };
  await runner.run({ ...payload("a"), skills: { skill: fakeSkill("skill", { needs: needs as never }) } });
  expect(script.events.flat().at(-1)).toMatchObject({ type: "failed", kind: "load", retryable: false, message: error.message });
  expect(page.workers.flatMap(({ calls }) => calls)).toEqual([]);
});

test("another attempt waits as long as the engine says, and not at all after a cancel", async () => {
  vi.useFakeTimers();
  const { script, page, runner } = setUp();
  script.first = [start("a", { attempt: 2, delay_ms: 100 })];
  const stop = new AbortController();
  const running = runner.run(payload("a"), { signal: stop.signal });
  await vi.advanceTimersByTimeAsync(99);
  expect(page.workers.length).toBe(0);
  script.answer = () => [{ type: "stop", node: "a", attempt: 2 }, done("cancelled")];
  stop.abort();
  await running;
  await vi.advanceTimersByTimeAsync(100);
  expect(page.workers.length).toBe(0);
});

test("a node over its time is told to the engine", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a", { timeout_ms: 500 })];
  script.answer = (events) => (has(events, "timed_out", "a") ? [done("error")] : []);
  const running = runner.run(payload("a"));
  await settled();
  page.worker(1).ready();
  page.pass(501);
  expect((await running).report.nodes[0]).toMatchObject({ duration_ms: 501 });
});

test("only one workflow runs at a time", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => [done("success")];
  const first = runner.run(payload("a"));
  await expect(runner.run(payload("a"))).rejects.toThrow("a workflow is running already");
  await settled();
  page.worker(1).ready().done({});
  expect((await first).outcome).toBe("success");
});

test("a defect of the engine ends the run instead of hanging it", async () => {
  const { script, page, runner } = setUp();
  script.first = [start("a")];
  script.answer = () => {
    throw new Error("the engine failed");
  };
  const running = runner.run(payload("a"));
  await settled();
  page.worker(1).ready().done({});
  await expect(running).rejects.toThrow("the engine failed");
});
