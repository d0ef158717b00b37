import { expect, test, vi } from "vitest";

import { HeldOutputs } from "./lists";
import { refusalOf, submitTo } from "./mode";
import type { ServerAnswer, ServerCall, ServerPython } from "./server";
import type { Task } from "./task";
import { fakeRuntime, fakeSkill, settled } from "./test/fakes";
import { tooLarge } from "./worker/outputs";

const python = (execution_mode: string) => fakeSkill("heavy", { type: "python-wasm", execution_mode });

/** A task, the places it can go to, and everything that was told about it. */
function setUp(answer: () => Promise<ServerAnswer> = () => Promise.resolve({ outputs: { y: 1 }, logs: [], duration_ms: 5 })) {
  const told: unknown[][] = [];
  const calls: ServerCall[] = [];
  const submitted: Task[] = [];
  const signals: AbortSignal[] = [];
  const task: Task = {
    runtime: fakeRuntime(),
    group: "g",
    codeId: 1,
    code: "code",
    file: "heavy.py",
    inputs: { x: 2 },
    lists: [],
    outputs: [],
    timeoutMs: 100,
    memoryMb: 64,
    onStart: () => told.push(["start"]),
    onLog: (lines) => told.push(["log", ...lines.map(([stream, , text]) => `${stream}: ${text}`)]),
    onDone: (outputs, ms) => told.push(["done", outputs.whole(), ms]),
    onFail: (error) => told.push(["fail", error.kind, error.message, error.hint]),
    onTimeout: () => told.push(["timeout"]),
  };
  const server: ServerPython = {
    run: (call, signal) => {
      calls.push(call);
      signals.push(signal);
      return answer();
    },
  };
  const cancel = vi.fn();
  const pool = {
    submit: (one: Task) => {
      submitted.push(one);
      return { task: one, dropped: false, workerId: null };
    },
    cancel,
  };
  return { told, calls, submitted, signals, task, server, pool, cancel };
}

test("a skill for the server is refused with what to do where the server does not allow it", async () => {
  const { pool, task, told, submitted } = setUp();
  submitTo({ pool }, python("server-python"), task);
  await settled();
  expect(told).toEqual([["fail", "load", "`heavy` asks for Python on the server, and no skill code runs there", expect.stringContaining("--allow-server-python")]]);
  expect(submitted).toEqual([]);
});

test("only Python goes to the server", () => {
  const script = fakeSkill("script", { execution_mode: "server-python" });
  expect(refusalOf(script, setUp().server)?.message).toContain("runs Python only");
});

test.each([undefined, null, "browser-wasm", "hybrid"])("a skill of mode %s runs here", (execution_mode) => {
  const { pool, task, server, submitted, calls } = setUp();
  submitTo({ pool, server }, fakeSkill("light", execution_mode === undefined ? {} : { execution_mode }), task);
  expect(submitted).toEqual([task]);
  expect(calls).toEqual([]);
});

test("the server is told the skill and its version, and never the code", async () => {
  const answer: ServerAnswer = {
    outputs: { y: { $bigint: "7" }, long: Array.from({ length: 2_000 }, (_, i) => i) },
    logs: [{ at_ms: 2, stream: "stdout", text: "hello" }],
    duration_ms: 5,
  };
  const { pool, task, server, told, calls } = setUp(() => Promise.resolve(answer));
  const lists = [{ path: ["all"], data: new Float64Array([1, NaN]) }];
  submitTo({ pool, server }, python("server-python"), { ...task, inputs: { x: 2, all: [] }, lists });
  await settled();
  expect(calls).toEqual([
    { skill_id: "heavy", version: "blob-of-heavy", inputs: { x: 2, all: [1, { $number: "NaN" }] }, timeout_ms: 100, memory_mb: 64 },
  ]);
  expect(told).toEqual([["start"], ["log", "stdout: hello"], ["done", { y: 7n, long: answer.outputs?.["long"] }, 5]]);
});

test.each([
  ["timeout", [["start"], ["timeout"]]],
  ["memory", [["start"], ["fail", "memory", "why", undefined]]],
])("a failure of kind %s on the server is one here", async (kind, want) => {
  const { pool, task, server, told } = setUp(() => Promise.resolve({ error: { kind, message: "why" }, logs: [], duration_ms: 5 }));
  submitTo({ pool, server }, python("server-python"), task);
  await settled();
  expect(told).toEqual(want);
});

test("a server that refuses says why and what to do", async () => {
  const { pool, task, server, told } = setUp(() => Promise.reject(Object.assign(new Error("it changed"), { hint: "save again" })));
  submitTo({ pool, server }, python("server-python"), task);
  await settled();
  expect(told).toEqual([["start"], ["fail", "load", "the server does not run it: it changed", "save again"]]);
});

test("what is cancelled is asked for no longer, and told nothing", async () => {
  const { pool, task, server, told, signals } = setUp(() => new Promise<never>(() => undefined));
  const waiting = submitTo({ pool, server }, python("server-python"), task);
  await settled();
  waiting.cancel();
  expect(signals[0]?.aborted).toBe(true);
  expect(told).toEqual([["start"]]);
});

test.each([
  ["memory", "too little memory", (one: Task) => one.onFail({ kind: "memory", message: "over" }, 9)],
  ["output", "outputs too large", (one: Task) => one.onFail(tooLarge, 9)],
  ["time", "longer than 100 ms", (one: Task) => one.onTimeout()],
])("hybrid goes on on the server after a failure for %s, and says so", async (_what, why, fail) => {
  const { pool, task, server, told, submitted, calls } = setUp();
  submitTo({ pool, server }, python("hybrid"), task);
  expect(calls).toEqual([]);
  const [here] = submitted;
  here?.onStart();
  if (here) fail(here);
  await settled();
  expect(calls).toHaveLength(1);
  expect(told).toEqual([["start"], ["log", `stderr: ${why} in the browser: it runs again on the server`], ["done", { y: 1 }, 5]]);
});

test("hybrid stays here with every other end", async () => {
  const { pool, task, server, told, submitted, calls } = setUp();
  submitTo({ pool, server }, python("hybrid"), task);
  submitted[0]?.onStart();
  submitted[0]?.onFail({ kind: "exception", message: "ValueError" }, 1);
  submitted[0]?.onFail({ kind: "output", message: "output `y` is a Set" }, 1);
  submitted[0]?.onDone(new HeldOutputs({ y: 3 }), 2, 0);
  await settled();
  expect(calls).toEqual([]);
  expect(told.map(([what]) => what)).toEqual(["start", "fail", "fail", "done"]);
});

test("hybrid fails as it failed here where the server does not allow it, and says what would", async () => {
  const { pool, task, told, submitted } = setUp();
  submitTo({ pool }, python("hybrid"), task);
  submitted[0]?.onStart();
  submitted[0]?.onTimeout();
  await settled();
  expect(told).toEqual([["start"], ["log", expect.stringContaining("--allow-server-python")], ["timeout"]]);
});

test("a cancel reaches hybrid where it is", async () => {
  const { pool, task, server, submitted, signals, cancel } = setUp(() => new Promise<never>(() => undefined));
  const waiting = submitTo({ pool, server }, python("hybrid"), task);
  submitted[0]?.onStart();
  submitted[0]?.onTimeout();
  await settled();
  waiting.cancel();
  expect(cancel).not.toHaveBeenCalled();
  expect(signals[0]?.aborted).toBe(true);
});
