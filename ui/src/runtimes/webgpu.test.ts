// @vitest-environment node
import { describe, expect, test } from "vitest";

import type { Call, Outcome } from "../run/protocol";
import { worker } from "./webgpu";
import { fromBytes, toBlock } from "./webgpu/convert";
import { evaluate } from "./webgpu/formula";
import { guarded } from "./webgpu/guard";
import { readKernel, withoutComments } from "./webgpu/kernel";
import { countsOf, dispatchesOf } from "./webgpu/plan";
import { Refusal } from "./webgpu/refusal";

const KERNEL = `//! size c = rows * cols
//! threads = cols, rows
/* var<storage> not: array<f32>; /* nested */ */
struct Sizes { rows: u32, place: vec3<f32>, scale: f32, cols: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> a: array<f32>; // @group(9) var<storage> b: array<f32>;
@binding(2) @group(1) var<storage, read_write> c: array<vec3f>;
@group(0) @binding(4) var<storage, read_write> hits: atomic<u32>;
const N = 16u;
@group(0) @binding(5) var<storage, read_write> table: array<vec2<i32>, N>;
@compute @workgroup_size(8, N)
fn main(@builtin(global_invocation_id) id: vec3u) {}
fn helper() {}
`;

describe("what a kernel declares", () => {
  const kernel = readKernel(KERNEL);

  test("buffers with their places", () => {
    expect(kernel.buffers.map(({ name, group, binding, line }) => [name, group, binding, line])).toEqual([
      ["sizes", 0, 0, 5], ["a", 0, 1, 6], ["c", 1, 2, 7], ["hits", 0, 4, 8], ["table", 0, 5, 10],
    ]);
    expect(kernel.buffers.slice(1)).toMatchObject([
      { access: "read", element: { scalar: "f32", width: 1 }, count: "any" },
      { access: "read_write", element: { scalar: "f32", width: 3 }, count: "any" },
      { element: { scalar: "u32", width: 1 }, count: "one" },
      { element: { scalar: "i32", width: 2 }, count: 16 },
    ]);
  });

  test("members of a struct lie where WGSL puts them", () => {
    expect(kernel.buffers[0]).toMatchObject({
      bytes: 48,
      members: [{ name: "rows", offset: 0 }, { name: "place", offset: 16 }, { name: "scale", offset: 28 }, { name: "cols", offset: 32 }],
    });
  });

  test("functions and directives", () => {
    expect(kernel.entries).toEqual([{ name: "main", size: ["8", "N", "1"], line: 11 }]);
    expect(kernel.directives.sizes.get("c")).toBe("rows * cols");
    expect(kernel.directives.threads.get("")).toEqual(["cols", "rows"]);
  });

  test.each([
    ["attributes", `@${"a".repeat(50_000)}`],
    ["attributes in a row", "@a ".repeat(30_000)],
    ["attributes without an end", "@a(".repeat(30_000)],
    ["spaces", `@a${" ".repeat(100_000)}`],
    ["variables", "var<storage>a:u32 ".repeat(5_000)],
    ["a type", `@group(0) @binding(0) var<storage> a: array<${" ".repeat(100_000)};`],
    ["functions", "fn a ".repeat(20_000)],
    ["structs", "struct a{".repeat(10_000)],
    ["members", `struct A { ${",".repeat(100_000)} } @group(0) @binding(0) var<uniform> a: A;`],
    ["sizes", "@compute @workgroup_size(".repeat(4_000)],
  ])("code that is made to be read forever is read at once: %s", (_, code) => {
    const began = performance.now();
    expect(() => readKernel(code)).toThrow(Refusal);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("attributes stand in any order, with spaces and lines between", () => {
    const { buffers, entries } = readKernel("@group(1)\n@binding (2)var<storage>a:array<f32>;@compute@workgroup_size(4)fn main(){}fn b(){}\n@workgroup_size( 2,\n3 )\n@compute\nfn c() {}");
    expect(buffers).toMatchObject([{ group: 1, binding: 2, line: 2 }]);
    expect(entries).toEqual([{ name: "main", size: ["4", "1", "1"], line: 2 }, { name: "c", size: ["2", "3", "1"], line: 3 }]);
  });

  test("comments are blanked, places stay", () => {
    expect(withoutComments("a /* x /* y */\n z */ b // c\nd")).toBe("a             \n      b     \nd");
  });

  test.each([
    ["@group(0) @binding(0) var<storage> a: array<mat2x2f>;", /line 1: `a` is `array<mat2x2f>`/],
    ["var<storage> a: array<f32>;", /line 1: `a` has no place/],
    ["@group(0) @binding(0) var<uniform> u: array<f32, 4>;", /the uniform `u` is/],
    ["//! sizes c = 3", /is no directive/],
    ["fn main() {}", /no function to run/],
  ])("%s is refused", (code, message) => {
    expect(() => readKernel(code)).toThrow(message);
  });
});

const names = { number: (name: string) => ({ n: 5, m: 2 })[name], length: (name: string) => ({ a: 100 })[name] };

test.each([
  ["n * m + 1", 11], ["(n + m) * 2", 14], ["ceil(n / m)", 3], ["len(a) / 4", 25], ["-n + max(1, m, 7) % 4", -2], ["2e3", 2000], ["n - m - 1", 2],
])("%s is %d", (formula, value) => {
  expect(evaluate(formula, names)).toBe(value);
});

test.each([
  ["n *", /ends too early/], ["k + 1", /no input `k`/], ["len(b)", /no buffer with an input `b`/], ["n n", /`n` is out of place/],
  ["(n", /`\)` is missing/], ["n ^ 2", /cannot read/], ["sin(n)", /no function `sin`/], ["constructor(1)", /no function `constructor`/],
])("%s is refused", (formula, message) => {
  expect(() => evaluate(formula, names)).toThrow(message);
});

const BOUNDS = { bytes: 2 ** 30, bindingBytes: 2 ** 27, workgroups: 65_535 };

test("sizes and workgroups follow from inputs, formulas, and what is the longest", () => {
  const kernel = readKernel(KERNEL);
  const inputs = { rows: 20, cols: 9 };
  const counts = countsOf(kernel, new Map([["a", new Float32Array(77)]]), inputs);
  expect(Object.fromEntries(counts)).toEqual({ a: 77, hits: 1, table: 16, c: 180 });
  expect(dispatchesOf(kernel, counts, ["c"], inputs, BOUNDS)).toEqual([{ workgroups: [2, 2, 1], invocations: 2 * 2 * 128 }]);
  const plain = readKernel(KERNEL.replace(/^\/\/!.*$/gm, ""));
  const longest = countsOf(plain, new Map([["a", new Float32Array(77)]]), inputs);
  expect(longest.get("c")).toBe(77);
  expect(dispatchesOf(plain, longest, ["c"], inputs, BOUNDS)[0]?.workgroups).toEqual([10, 1, 1]);
  expect(dispatchesOf(plain, longest, ["c"], { workgroups: [3, 4] }, BOUNDS)[0]?.workgroups).toEqual([3, 4, 1]);
});

test("more workgroups or invocations than there may be are refused", () => {
  const kernel = readKernel(KERNEL.replace("threads = cols, rows", "threads = cols"));
  const counts = new Map([["c", 1]]);
  expect(() => dispatchesOf(kernel, counts, ["c"], { cols: 1e6, rows: 1 }, BOUNDS)).toThrow(/workgroups along x/);
  const wide = readKernel(KERNEL.replace("threads = cols, rows", "workgroups = cols, rows"));
  expect(() => dispatchesOf(wide, counts, ["c"], { cols: 6e4, rows: 6e4 }, BOUNDS)).toThrow(/is the most/);
});

test.each([
  [[1, 2.5], "f32", 1, new Float32Array([1, 2.5])],
  [[[1, 2], [3, 4]], "i32", 1, new Int32Array([1, 2, 3, 4])],
  [new Float64Array([1, 2, 3, 4, 5, 6]), "f32", 3, new Float32Array([1, 2, 3, 0, 4, 5, 6, 0])],
  [[Number.NaN, Infinity], "f32", 1, new Float32Array([Number.NaN, Infinity])],
  [[4_294_967_295], "u32", 1, new Uint32Array([4_294_967_295])],
] as const)("%o as %s in %d is packed as the buffer wants it", (value, scalar, width, block) => {
  expect(toBlock(value, { scalar, width }, "a")).toEqual(block);
});

test.each([
  [[1, 2.5], "i32", /input `a\[1\]` is 2.5, and the kernel takes a whole number/],
  [[-1], "u32", /input `a\[0\]` is -1/],
  [[1e39], "f32", /input `a\[0\]` is 1e\+39/],
  [[1, "2"], "f32", /input `a\[1\]` is no number/],
  [{ x: 1 }, "f32", /input `a` is no list of numbers/],
  [new BigInt64Array(1), "i32", /integers of 64 bits/],
] as const)("%o as %s is refused", (value, scalar, message) => {
  expect(() => toBlock(value, { scalar, width: 1 }, "a")).toThrow(message);
});

test("what a buffer holds comes back without padding", () => {
  const bytes = new Float32Array([1, 2, 3, 0, 4, 5, 6, 0]).buffer;
  expect(fromBytes(bytes, { scalar: "f32", width: 3 }, false)).toEqual(new Float32Array([1, 2, 3, 4, 5, 6]));
  expect(fromBytes(new Int32Array([-7]).buffer, { scalar: "i32", width: 1 }, true)).toBe(-7);
});

describe("loops of a kernel", () => {
  test("every one counts its steps, comments and other words do not", () => {
    const code = "fn f() { for (var i = 0; i < 3; i++) { g(); } while (x[i] > 0) { } loop { break; } /* loop { */ let forest = 1; }";
    const guard = guarded(code, 100, 2 ** 30);
    expect(guard?.code.match(/if \(llmos_over\(\)\) \{ break; \}/g)).toHaveLength(3);
    expect(guard?.unit).toBe(4_096);
    expect(guarded("fn f() {}", 1, 1)).toBeNull();
  });

  test("those with a barrier in them end together, also when it is in a function", () => {
    const code = "fn wait() { workgroupBarrier(); } fn f() { loop { wait(); } loop { break; } }";
    expect(guarded(code, 1, 2 ** 30)?.code).toMatch(/loop \{ if \(llmos_over_together\(\)\)[\s\S]*loop \{ if \(llmos_over\(\)\)/);
  });

  test("the more invocations there are, the finer they are counted", () => {
    expect(guarded("fn f() { loop {} }", 2 ** 28, 2 ** 30)?.unit).toBe(1);
  });
});

test("without a graphics processor the error says what to do", async () => {
  const loaded = await worker.load({}, { write: () => undefined, importModule: () => Promise.resolve({}), gpu: null });
  const code = "@group(0) @binding(0) var<storage, read_write> y: array<f32, 4>;\n@compute @workgroup_size(1) fn main() {}";
  const call: Call = { id: 1, codeId: 1, code, file: "k.wgsl", inputs: {}, lists: [], outputs: [{ name: "y", type: "array" }], memoryMb: 64, timeoutMs: 1_000 };
  const outcome: Outcome = await loaded.call(call);
  expect(outcome).toMatchObject({ ok: false, error: { kind: "load", message: "no graphics processor can be used here" } });
});
