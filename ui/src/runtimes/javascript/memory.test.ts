// @vitest-environment node
import vm from "node:vm";

import { expect, test } from "vitest";

import { guardMemory, type MemoryGuard } from "./memory";

const MB = 2 ** 20;

type World = { guard: MemoryGuard; run(code: string): unknown };

/** A world of its own, so that the one of the tests stays as it is. */
function world(): World {
  const context = vm.createContext({});
  const scope = vm.runInContext("globalThis", context) as Parameters<typeof guardMemory>[0];
  return { guard: guardMemory(scope), run: (code) => vm.runInContext(code, context) as unknown };
}

test.each([
  ["one buffer", "new ArrayBuffer(65 * 2 ** 20)"],
  ["one typed array", "new Float64Array(9 * 2 ** 20)"],
  ["many typed arrays that are kept", "const kept = []; for (;;) kept.push(new Float64Array(2 ** 20).fill(1));"],
  ["copies", "const kept = []; const one = new Uint8Array(2 ** 24); for (;;) kept.push(one.slice());"],
  ["copies by the constructor of another", "const kept = []; for (;;) kept.push(new (new Uint8Array(1)).constructor(2 ** 24));"],
  ["a subclass", "class Own extends Float32Array {}; const kept = []; for (;;) kept.push(new Own(2 ** 20));"],
  ["from a list", "const kept = []; for (;;) kept.push(Float64Array.from({ length: 2 ** 20 }));"],
  ["WebAssembly memory", "new WebAssembly.Memory({ initial: 2000 })"],
  ["WebAssembly memory that grows", "const m = new WebAssembly.Memory({ initial: 1 }); for (;;) m.grow(100);"],
  ["texts", "const kept = []; for (;;) kept.push('ab'.repeat(2 ** 22));"],
  ["padding", "const kept = []; for (;;) kept.push('a'.padStart(2 ** 23));"],
  ["lists", "const kept = []; for (;;) kept.push(Array(2 ** 20).fill(0));"],
])("%s: more than there may be is refused", (_, code) => {
  const { guard, run } = world();
  guard.begin(64 * MB);
  expect(() => run(code)).toThrow("over the memory limit of 64 MB");
});

test("what is within the limit is as it ever was", () => {
  const { guard, run } = world();
  guard.begin(64 * MB);
  expect(run("new Float64Array([1, 2]) instanceof Float64Array")).toBe(true);
  expect(run("new Float64Array(2).constructor === Float64Array && Float64Array.name")).toBe("Float64Array");
  expect(run("[...new Float64Array([3, 1]).toSorted(), ...Uint8Array.of(7), ...new Int16Array(new Uint8Array([5]))].join()")).toBe("1,3,7,5");
  expect(run("Object.prototype.toString.call(new Uint8Array(new ArrayBuffer(8), 2, 3)) + new Uint8Array(new ArrayBuffer(8), 2, 3).length")).toBe("[object Uint8Array]3");
  expect(run("ArrayBuffer.isView(new DataView(new ArrayBuffer(1)))")).toBe(true);
  expect(run("class Own extends Uint8Array { twice() { return this[0] * 2; } }; new Own([4]).map((x) => x + 1).twice()")).toBe(10);
  expect(() => run("Uint8Array(3)")).toThrow("requires 'new'");
  expect(() => run("new Uint8Array(-1)")).toThrow(/Invalid typed array length/);
});

test("each call begins anew, and between calls nothing is counted", () => {
  const { guard, run } = world();
  for (let i = 0; i < 10; i += 1) {
    guard.begin(64 * MB);
    expect(run("for (let i = 0; i < 3; i += 1) new Uint8Array(60 * 2 ** 20); 'done'")).toBe("done");
    guard.end();
    expect(run("new Uint8Array(200 * 2 ** 20).length")).toBe(200 * MB);
  }
});
