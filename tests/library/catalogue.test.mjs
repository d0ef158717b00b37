// What every file of the library owes its reader: ids, words and ports that fit together.

import assert from "node:assert/strict";
import { test } from "node:test";

import { block, ids, read } from "./skill.mjs";

const TYPES = ["number", "integer", "string", "boolean", "array", "object", "table", "plot", "image", "file", "bytes", "any"];
const RUNTIMES = ["python-wasm", "qiskit", "javascript"];

const skills = ids("skills").map((id) => [id, read("skills", id)]);
const executable = skills.filter(([, skill]) => skill.type !== undefined);

test("the library holds what its documentation promises", () => {
  const have = new Set(skills.map(([id]) => id));
  const promised = [
    "h2-hamiltonian", "vqe-optimizer", "circuit-builder", "plot-convergence", "export-results", "csv-reader", "json-reader",
    "table-statistics", "filter-rows", "select-column", "line-plot", "bar-plot", "scatter-plot", "number-constant",
    "text-constant", "list-constant", "python-coding", "data-analysis",
  ];
  assert.deepEqual(promised.filter((id) => !have.has(id)), []);
});

test("context skills say when they help and hold real guidance", () => {
  const context = skills.filter(([, skill]) => skill.type === undefined);
  assert.ok(context.length >= 2);
  for (const [id, skill] of context) {
    assert.ok(skill.name && skill.description && skill.category, id);
    assert.ok(skill.keywords.length >= 5, id);
    assert.ok(skill.body.length > 1500, id);
  }
});

for (const [id, skill] of executable) {
  test(`${id} is complete`, () => {
    assert.equal(skill.skill_id, id);
    assert.ok(RUNTIMES.includes(skill.type), skill.type);
    assert.ok(skill.description.length >= 20 && !skill.description.endsWith("."), skill.description);
    assert.ok(skill.tags.length >= 3 && skill.category && skill.version && skill.author);
    assert.ok(skill.estimated_time_ms > 0 && skill.memory_mb > 0);
    assert.match(skill.body, new RegExp(`^\\s*# ${skill.name}\\n`), "the body starts with the name");
    const names = new Set();
    for (const port of [...skill.inputs, ...skill.outputs.map((output) => ({ ...output, output: true }))]) {
      assert.match(port.name, /^[a-z][a-z0-9_]*$/);
      assert.ok(TYPES.includes(port.type), `${port.name}: ${port.type}`);
      assert.ok(port.description.length >= 8, port.name);
      assert.ok(!(port.output && "default" in port), port.name);
      const key = `${port.output ? "out" : "in"} ${port.name}`;
      assert.ok(!names.has(key), key);
      names.add(key);
    }
    assert.ok(skill.outputs.length > 0);
  });

  test(`${id} has code of one language that defines execute`, () => {
    const fences = skill.body.match(/^```\S+$/gm);
    assert.deepEqual(fences, [skill.type === "javascript" ? "```javascript" : "```python"]);
    assert.match(block(skill.body, "python", "javascript"), /^(def execute\(inputs\):|function execute\()/m);
  });
}
