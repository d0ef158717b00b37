// @vitest-environment node
import { expect, test } from "vitest";

import type { Call, Outcome, WorkerHost } from "../run/protocol";
import type { NodeError } from "../run/types";
import { worker } from "./javascript";

const host: WorkerHost = {
  write: () => undefined,
  importModule: (source) => import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(`${String(source)}\n//# sourceURL=made.js`)}`) as Promise<Record<string, unknown>>,
};
const loaded = worker.load({}, host);
let calls = 0;

async function run(code: string, inputs: Record<string, unknown> = {}): Promise<Outcome> {
  calls += 1;
  const call: Call = { id: calls, codeId: calls, code: `${code}\n// ${calls}`, file: "made.js", inputs, lists: [], outputs: [], memoryMb: 64, timeoutMs: 1_000 };
  return (await loaded).call(call);
}

const BROKEN: [string, string, RegExp, RegExp][] = [
  ["no execute", "function main() {}", /defines no function `execute`/, /function execute\(inputs\)/],
  ["a missing bracket", "function execute(inputs { return {}; }", /SyntaxError/, /bracket/],
  ["await without async", "function execute() {\n  await 1;\n}", /SyntaxError/, /async function execute/],
  ["an import", "import x from 'left-pad';\nfunction execute() { return { x }; }", /left-pad/, /imports nothing/],
  ["require", "function execute() {\n  return { x: require('fs') };\n}", /ReferenceError: require[\s\S]*made\.js:2/, /imports nothing/],
  ["the page", "function execute() {\n  document.title = 'x';\n}", /document is not defined/, /no page here/],
  ["a field of nothing", "function execute({ table }) {\n  return { n: table.columns.length };\n}", /Cannot read properties of undefined[\s\S]*made\.js:2/, /input is connected/],
  ["a misspelt name", "function execute({ values }) {\n  return { n: valeus };\n}", /valeus is not defined/, /properties of the first argument/],
  ["another kind of value", "function execute({ values }) {\n  return { y: values.map((x) => x) };\n}", /values\.map is not a function/, /console\.log/],
  ["endless recursion", "function execute() {\n  return execute();\n}", /Maximum call stack/, /calls itself/],
  ["too much memory", "function execute() {\n  return { y: new Float64Array(1e8) };\n}", /over the memory limit of 64 MB/, /memory_mb/],
  ["nothing returned", "function execute() {}", /returned nothing, not an object/, /one property per output/],
  ["a list returned", "function execute() {\n  return [1];\n}", /returned a list/, /one property per output/],
  ["a date inside", "function execute() {\n  return { rows: [{ when: new Date(0) }] };\n}", /output `rows\[0\]\.when` is a Date/, /toISOString/],
  ["a promise inside", "function execute() {\n  return { y: Promise.resolve(1) };\n}", /output `y` is a Promise/, /await/],
  ["something thrown that is no error", "function execute() {\n  throw 'so there';\n}", /thrown: so there/, /^/],
];

test.each(BROKEN)("%s: an error that a person can act on", async (_, code, message, hint) => {
  const outcome = await run(code, { values: 5 });
  const error: NodeError = outcome.ok ? { kind: "none", message: "no error" } : outcome.error;
  expect(error.message).toMatch(message);
  expect(error.hint ?? "").toMatch(hint);
});

test("code may export `execute`, wait, and keep what stands beside it", async () => {
  expect(await run("let n = 40;\nexport async function execute({ add }) {\n  await null;\n  n += add;\n  return { n };\n}", { add: 2 })).toEqual({ ok: true, outputs: { n: 42 } });
});
