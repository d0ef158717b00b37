// The example workflows, run node by node: every edge fits, every node answers, and the numbers are right.

import assert from "node:assert/strict";
import { test } from "node:test";

import { block, columns, ids, read, run } from "./skill.mjs";

/** Which output types an input takes, beside its own. */
const ALSO = { number: ["integer"], object: ["table", "plot", "file"] };

const graphs = ids("workflows").map((id) => ({ id, ...read("workflows", id) })).map((file) => {
  return { ...file, graph: JSON.parse(block(file.body, "json")) };
});

const end = (text) => ({ node: text.slice(0, text.indexOf(".")), port: text.slice(text.indexOf(".") + 1) });

/** Runs every node after those that feed it and returns all outputs. */
async function runAll({ nodes, edges }) {
  const outputs = new Map();
  while (outputs.size < nodes.length) {
    const ready = nodes.find(({ id }) => {
      return !outputs.has(id) && edges.every(({ from, to }) => end(to).node !== id || outputs.has(end(from).node));
    });
    assert.ok(ready, "the graph has a cycle");
    const inputs = { ...ready.inputs };
    for (const { from, to } of edges.filter((edge) => end(edge.to).node === ready.id)) {
      inputs[end(to).port] = outputs.get(end(from).node)[end(from).port];
    }
    outputs.set(ready.id, await run(ready.skill_id, inputs));
  }
  return Object.fromEntries(outputs);
}

const graph = (id) => graphs.find((candidate) => candidate.id === id).graph;

for (const { id, workflow_id, name, description, graph: { nodes, edges, layout } } of graphs) {
  test(`${id} connects ports that exist and fit, and places every node apart`, () => {
    assert.equal(workflow_id, id);
    assert.ok(name && description);
    const skills = Object.fromEntries(nodes.map((node) => [node.id, read("skills", node.skill_id)]));
    for (const node of nodes) {
      const known = skills[node.id].inputs.map((port) => port.name);
      for (const port of Object.keys(node.inputs ?? {})) assert.ok(known.includes(port), `${node.id}.${port}`);
      for (const port of skills[node.id].inputs.filter((p) => p.required !== false && p.default === undefined)) {
        const fed = edges.some(({ to }) => to === `${node.id}.${port.name}`) || port.name in (node.inputs ?? {});
        assert.ok(fed, `${node.id}.${port.name} has no value`);
      }
    }
    for (const { from, to } of edges) {
      const output = skills[end(from).node].outputs.find((port) => port.name === end(from).port);
      const input = skills[end(to).node].inputs.find((port) => port.name === end(to).port);
      assert.ok(output && input, `${from} to ${to}`);
      const fits = input.type === "any" || output.type === "any" || input.type === output.type;
      assert.ok(fits || ALSO[input.type]?.includes(output.type), `${from} to ${to}`);
    }
    assert.deepEqual(Object.keys(layout).sort(), nodes.map((node) => node.id).sort());
    const places = Object.values(layout);
    places.forEach((a, k) => {
      for (const b of places.slice(k + 1)) assert.ok(Math.abs(a.x - b.x) >= 280 || Math.abs(a.y - b.y) >= 160);
    });
  });
}

test("vqe-plot-export finds the ground energy and exports it with its plot", async () => {
  const { vqe, exact, plot, export: exported } = await runAll(graph("vqe-plot-export"));
  assert.ok(Math.abs(vqe.eigenvalue - -1.13730604) < 1e-4, String(vqe.eigenvalue));
  assert.ok(Math.abs(vqe.eigenvalue - exact.energy) < 1e-8);
  assert.equal(plot.plot.series[0].y.length, vqe.convergence_trace.length);
  assert.ok(vqe.convergence_trace.length > 20 && vqe.convergence_trace[0] > -0.9, "the plot shows a way down");
  const { results, plot: points } = JSON.parse(exported.file.text);
  assert.equal(results, vqe.eigenvalue);
  assert.deepEqual(points, plot.plot);
});

test("csv-statistics describes the data that it holds", async () => {
  const { reader, statistics, means, relation } = await runAll(graph("csv-statistics"));
  assert.equal(reader.n_rows, 24);
  assert.deepEqual(reader.types, {
    date: "string", station: "string", pm10: "number", pm2_5: "number", no2: "number", note: "string",
  });
  const got = columns(statistics.statistics);
  assert.deepEqual(got.column, ["pm10", "pm2_5", "no2"]);
  assert.deepEqual(got.missing, [1, 1, 1]);
  for (const [row, name] of got.column.entries()) {
    const values = columns(reader.table)[name].filter((value) => value !== null);
    const mean = values.reduce((a, b) => a + b) / values.length;
    assert.ok(Math.abs(got.mean[row] - mean) < 1e-9, name);
    assert.deepEqual([got.min[row], got.max[row]], [Math.min(...values), Math.max(...values)], name);
  }
  assert.deepEqual(means.plot.series[0].y, got.mean);
  assert.ok(relation.r_squared > 0.9 && relation.slope > 0.3 && relation.slope < 0.7);
});
