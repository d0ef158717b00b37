// What every file of the library owes its reader: ids, words and ports that fit together.

import assert from "node:assert/strict";
import { test } from "node:test";

import { page, written } from "./page.mjs";
import { LANGUAGES, block, ids, read } from "./skill.mjs";

const TYPES = ["number", "integer", "string", "boolean", "array", "object", "table", "plot", "image", "file", "bytes", "any"];
const CODE = { "python-wasm": ["python"], qiskit: ["python"], ...LANGUAGES };
/** Their code is a program of its own, not a function. */
const PROGRAMS = ["spice", "ngspice", "openqasm", "qsharp", "webgpu"];

const skills = ids("skills").map((id) => [id, read("skills", id)]);
const executable = skills.filter(([, skill]) => skill.type !== undefined);

test("there are enough skills and examples, of every kind", () => {
  assert.ok(executable.length >= 40, String(executable.length));
  for (const category of ["quantum", "electronics", "3d", "data", "mathematics", "utilities", "plot", "image"]) {
    const n = executable.filter(([, skill]) => skill.category === category).length;
    assert.ok(n >= 3, `${category}: ${n}`);
  }
  for (const type of ["python-wasm", "javascript", "threejs", "spice", "openqasm", "qsharp", "webgpu"]) {
    assert.ok(executable.some(([, skill]) => skill.type === type), type);
  }
  assert.ok(ids("workflows").length >= 12);
  const shared = ids("workflows").filter((id) => ids("skills").includes(id));
  assert.deepEqual(shared, [], "a workflow can be a node, so it has an id of its own");
});

test("the library holds what its documentation promises", () => {
  const have = new Set(skills.map(([id]) => id));
  const promised = [
    "h2-hamiltonian", "vqe-optimizer", "circuit-builder", "plot-convergence", "export-results", "csv-reader", "json-reader",
    "table-statistics", "filter-rows", "select-column", "line-plot", "bar-plot", "scatter-plot", "number-constant",
    "text-constant", "list-constant", "python-coding", "data-analysis", "cube", "animation-loop", "rc-circuit", "voltage-divider",
    "circuit-simulator",
  ];
  assert.deepEqual(promised.filter((id) => !have.has(id)), []);
});

test("the page of the guide is that of these files, with a picture of each example", () => {
  assert.ok(written() === page(), "docs/guide/library.md is not up to date; run `node tests/library/page.mjs`");
  assert.equal(written().match(/^!\[/gm).length, ids("workflows").length);
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
    assert.ok(Object.hasOwn(CODE, skill.type), skill.type);
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

  test(`${id} has code of one language`, () => {
    const [language] = CODE[skill.type];
    assert.deepEqual(skill.body.match(/^```\S+$/gm), [`\`\`\`${language}`]);
    const code = block(skill.body, language);
    if (!PROGRAMS.includes(skill.type)) assert.match(code, /^(def execute\(inputs\):|function execute\()/m);
    for (const [, port] of code.matchAll(/\{\{(\w+)\}\}/g)) {
      assert.ok(skill.inputs.some(({ name }) => name === port), `the code uses the input ${port}`);
    }
  });
}
