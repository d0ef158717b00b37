import { expect, test } from "vitest";

import { silentError } from "./errors";
import type { Runtime } from "./registry";
import type { Task } from "./task";
import { FakePage, fakeRuntime, settled } from "./test/fakes";

function task(runtime: Runtime, group: string, log: string[], changes: Partial<Task> = {}): Task {
  return {
    runtime,
    group,
    codeId: 1,
    code: "code",
    file: "a.js",
    inputs: {},
    lists: [],
    outputs: [],
    timeoutMs: 1_000,
    memoryMb: 64,
    onStart: () => log.push("start"),
    onLog: (lines) => log.push(...lines.map(([, , text]) => `log ${text}`)),
    onDone: (outputs) => log.push(`done ${JSON.stringify(outputs.whole())}`),
    onFail: ({ kind, message }) => log.push(`fail ${kind}: ${message}`),
    onTimeout: () => log.push("timeout"),
    ...changes,
  };
}

async function setUp(changes: Partial<Runtime> = {}) {
  const page = new FakePage();
  const runtime = fakeRuntime(changes);
  const pool = page.pool();
  const log: string[] = [];
  const submit = (group: string, more: Partial<Task> = {}) => pool.submit(task(runtime, group, log, more));
  await pool.prepare(runtime);
  return { page, pool, runtime, log, submit };
}

test("a task waits for its worker, and its time counts from the start of the code", async () => {
  const { page, log, submit } = await setUp();
  submit("a");
  page.pass(5_000);
  expect(log).toEqual([]);
  page.worker(1).ready();
  page.pass(900);
  expect(log).toEqual(["start"]);
  page.worker(1).done({ x: 1 });
  expect(log).toEqual(["start", 'done {"x":1}']);
});

test("independent tasks run at the same time, as many as there are cores", async () => {
  const { page, log, submit } = await setUp();
  for (let i = 0; i < 4; i += 1) submit("a");
  for (const worker of page.workers) worker.ready();
  expect(page.workers.map(({ calls }) => calls.length)).toEqual([1, 1]);
  page.worker(1).done({});
  page.worker(2).done({});
  expect(page.workers.map(({ calls }) => calls.length)).toEqual([2, 2]);
  expect(log.filter((line) => line === "start").length).toBe(4);
});

test("code is sent to a worker once", async () => {
  const { page, submit } = await setUp({ pool: { busy: () => 1, live: 1, spare: 0, spareAfterMs: 0 } });
  submit("a");
  submit("a");
  page.worker(1).ready().done({});
  page.worker(1).done({});
  expect(page.worker(1).calls.map(({ code }) => code)).toEqual(["code", null]);
});

test("tasks of different groups never share a worker", async () => {
  const { page, submit } = await setUp({ pool: { busy: () => 1, live: 2, spare: 0, spareAfterMs: 0 } });
  submit("a");
  page.worker(1).ready().done({});
  submit("b");
  page.worker(2).ready().done({});
  submit("c");
  expect(page.worker(1).killed).toBe(true);
  page.worker(3).ready();
  expect(page.workers.map(({ calls }) => calls.length)).toEqual([1, 1, 1]);
});

test("a task over its time is stopped, and the next one runs in a new worker", async () => {
  const { page, log, submit } = await setUp({ pool: { busy: () => 1, live: 1, spare: 1, spareAfterMs: 0 } });
  submit("a", { timeoutMs: 500 });
  submit("b");
  page.worker(1).ready();
  page.pass(499);
  expect(log).toEqual(["start"]);
  page.pass(2);
  expect(log).toEqual(["start", "timeout"]);
  expect(page.worker(1).killed).toBe(true);
  page.worker(2).ready().done({ ok: 1 });
  expect(log.slice(2)).toEqual(["start", 'done {"ok":1}']);
});

test("a task that is taken back stops at once and says nothing more", async () => {
  const { page, pool, log, submit } = await setUp();
  const running = submit("a");
  const worker = page.worker(1).ready();
  pool.cancel(running);
  worker.done({ x: 1 });
  expect([worker.killed, log]).toEqual([true, ["start"]]);
  const waiting = submit("b");
  pool.cancel(waiting);
  page.workers.at(-1)?.ready();
  expect(log).toEqual(["start"]);
});

test("a worker that crashed is not used again", async () => {
  const { page, log, submit } = await setUp({ pool: { busy: () => 1, live: 1, spare: 0, spareAfterMs: 0 } });
  submit("a");
  page.worker(1).ready().fail("crashed", "gone");
  submit("a");
  page.worker(2).ready().done({});
  expect(log).toEqual(["start", "fail crashed: gone", "start", "done {}"]);
});

test("when the sandbox is lost, running tasks fail and the next ones get a new sandbox", async () => {
  const { page, log, submit } = await setUp();
  submit("a");
  page.worker(1).ready();
  page.events?.onLost(silentError(21_000));
  expect(log[1]).toMatch(/^fail crashed: the sandbox did not answer for 21 seconds/);
  submit("a");
  await settled();
  page.workers.at(-1)?.ready().done({});
  expect([page.sandboxes, log.at(-1)]).toEqual([2, "done {}"]);
});

test("a runtime that cannot start fails its tasks after a second try", async () => {
  const { page, log, submit } = await setUp();
  submit("a");
  page.worker(1).say({ t: "broken", message: "no memory" });
  expect(log).toEqual([]);
  page.worker(2).say({ t: "broken", message: "no memory" });
  expect(log).toEqual(["fail load: cannot start JavaScript: no memory"]);
});

test("a runtime whose script does not arrive fails its tasks", async () => {
  const page = new FakePage();
  const log: string[] = [];
  const runtime = fakeRuntime({ source: () => Promise.reject(new Error("404")) });
  page.pool().submit(task(runtime, "a", log));
  await settled();
  expect(log).toEqual(["fail load: cannot load JavaScript: 404"]);
});

test("words of a worker that are none are ignored", async () => {
  const { page, log, submit } = await setUp();
  submit("a");
  const worker = page.worker(1).ready();
  for (const data of [null, 5, {}, { t: "done", id: 7, outputs: { forged: 1 } }, { t: "log", id: 1, lines: [["x", 0, "y"], 5] }]) {
    worker.say(data);
  }
  expect(log).toEqual(["start"]);
  worker.say({ t: "done", id: 1, ms: "x", outputs: {}, lists: [{ path: ["a"], data: [1] }] });
  expect(log).toEqual(["start", "fail output: the outputs could not be read"]);
});

test("a prepared runtime has one worker and, after it, a spare", async () => {
  const { page, submit } = await setUp({ pool: { busy: () => 2, live: 3, spare: 1, spareAfterMs: 0 } });
  expect(page.living).toEqual([1]);
  page.worker(1).ready();
  expect(page.living).toEqual([1, 2]);
  page.worker(2).ready();
  submit("a");
  submit("a");
  expect(page.living).toEqual([1, 2, 3]);
  page.worker(1).done({});
  page.worker(2).done({});
  page.worker(3).ready();
  expect(page.living).toEqual([1, 2, 3]);
  page.pass(25);
  expect(page.isIdle).toBe(true);
});

test("a spare that takes time to start waits until nothing else begins", async () => {
  const { page, submit } = await setUp({ pool: { busy: () => 2, live: 3, spare: 1, spareAfterMs: 300 } });
  page.worker(1).ready();
  page.pass(200);
  submit("a");
  page.pass(200);
  expect(page.living).toEqual([1]);
  page.pass(200);
  expect(page.living).toEqual([1, 2]);
  page.worker(2).ready();
  page.worker(1).done({});
  page.pass(1_000);
  expect(page.isIdle).toBe(true);
});

test("an interpreter that has grown is replaced before it is a burden", async () => {
  const { page, submit } = await setUp();
  submit("a");
  const worker = page.worker(1).ready();
  worker.say({ t: "done", id: 1, ms: 1, outputs: {}, lists: [], heapBytes: 300 * 2 ** 20 });
  expect(worker.killed).toBe(true);
});

test("outputs that have no end are refused, and the worker takes the next task", async () => {
  const { page, log, submit } = await setUp();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  let shared: unknown[] = [];
  for (let i = 0; i < 100; i += 1) shared = [shared, shared];
  for (const outputs of [circle, { shared }]) {
    submit("a");
    page.worker(1).ready().done(outputs);
  }
  submit("a");
  page.worker(1).done({ x: 1 });
  expect(log.filter((line) => line !== "start")).toEqual([
    "fail output: the outputs could not be read",
    "fail output: the outputs could not be read",
    'done {"x":1}',
  ]);
});

test("a worker that says too much is cut short", async () => {
  const { page, submit } = await setUp();
  let [lines, chars] = [0, 0];
  submit("a", {
    onLog: (log) => {
      lines += log.length;
      for (const [, , text] of log) chars += text.length;
    },
  });
  const worker = page.worker(1).ready();
  const { id } = worker.lastCall;
  worker.say({ t: "log", id, lines: Array.from({ length: 50_000 }, () => ["stdout", 1, "x"]) });
  expect(lines).toBe(20_000);
  submit("b", { onLog: (log) => (chars += log.reduce((sum, [, , text]) => sum + text.length, 0)) });
  const other = page.worker(2).ready();
  const huge = "x".repeat(2 ** 20);
  for (let i = 0; i < 500; i += 1) other.say({ t: "log", id: other.lastCall.id, lines: [["stdout", 1, huge], ["stdout", Number.NaN, "x"]] });
  expect(chars).toBeLessThan(4_100_000);
});

test("a worker in which a call left timers behind is not used again", async () => {
  const { page, log, submit } = await setUp();
  submit("a");
  const first = page.worker(1).ready();
  first.say({ t: "done", id: 1, ms: 1, outputs: {}, lists: [], heapBytes: 0, spent: true });
  expect(first.killed).toBe(true);
  submit("a");
  page.worker(2).ready().done({ y: 1 });
  expect(log.at(-1)).toBe('done {"y":1}');
});
