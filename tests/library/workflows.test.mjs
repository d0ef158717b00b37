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

/** Every example but those that need a graphics processor, which only a browser has. */
const results = new Map();
const resultsOf = (id) => {
  if (!results.has(id)) results.set(id, runAll(graph(id)));
  return results.get(id);
};

for (const { id, graph: { nodes } } of graphs) {
  if (nodes.some(({ skill_id: skill }) => read("skills", skill).type === "webgpu")) continue;
  test(`${id} runs from its first node to its last`, async () => {
    const outputs = await resultsOf(id);
    for (const { id: node, skill_id: skill } of nodes) {
      const declared = read("skills", skill).outputs.map(({ name }) => name);
      assert.deepEqual(declared.filter((port) => outputs[node][port] === undefined), [], `${node} gives all its outputs`);
    }
  });
}

test("vqe-plot-export finds the ground energy and exports it with its plot", async () => {
  const { vqe, exact, plot, export: exported } = await resultsOf("vqe-plot-export");
  assert.ok(Math.abs(vqe.eigenvalue - -1.13730604) < 1e-4, String(vqe.eigenvalue));
  assert.ok(Math.abs(vqe.eigenvalue - exact.energy) < 1e-8);
  assert.equal(plot.plot.series[0].y.length, vqe.convergence_trace.length);
  assert.ok(vqe.convergence_trace.length > 20 && vqe.convergence_trace[0] > -0.9, "the plot shows a way down");
  const { results, plot: points } = JSON.parse(exported.file.text);
  assert.equal(results, vqe.eigenvalue);
  assert.deepEqual(points, plot.plot);
});

test("csv-statistics describes the data that it holds", async () => {
  const { reader, statistics, means, relation } = await resultsOf("csv-statistics");
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

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);
const quantity = ({ measurements }, name) => columns(measurements).value[columns(measurements).quantity.indexOf(name)];

test("h2-dissociation is exact at 25 distances and has the bond where it belongs", async () => {
  const { vqe, exact, error, check, curve, molecule } = await resultsOf("h2-dissociation");
  assert.equal(vqe.energies.length, 25);
  vqe.energies.forEach((energy, k) => close(energy, exact.energies[k], 1e-6));
  assert.ok(check.passed && error.largest < 1e-6);
  const { "distance (angstrom)": distance, VQE: energy } = columns(curve.table);
  close(distance[energy.indexOf(Math.min(...energy))], 0.735, 0.06);
  close(energy[24], 2 * -0.4665818, 1e-3);
  assert.ok(molecule.hartree_fock[24] - energy[24] > 0.25, "correlation grows");
});

test("bell-and-ghz counts only what theory allows, within five standard deviations", async () => {
  const { bell, ghz, "bell-check": pair, "ghz-check": four, "one-qubit": single } = await resultsOf("bell-and-ghz");
  for (const [{ counts }, outcomes] of [[bell, ["00", "11"]], [ghz, ["0000", "1111"]]]) {
    assert.deepEqual(Object.keys(counts.counts).sort(), outcomes);
    close(counts.counts[outcomes[0]], 500, 5 * Math.sqrt(250));
  }
  assert.ok(pair.largest_deviation < 5 && four.largest_deviation < 5);
  close(single.purity, 0.5, 1e-9);
});

test("rc-rlc-transient follows the formulas to one percent", async () => {
  const { rc, rise, rlc, ringing, charging } = await resultsOf("rc-rlc-transient");
  rc.time.forEach((t, k) => close(rc.v_out[k], 5 * (1 - Math.exp(-t / 1e-3)), 0.05));
  close(quantity(rise, "rise_time"), Math.log(9) * 1e-3, 0.01 * 2.2e-3);
  // A series circuit with d = R / 2L and w = sqrt(1/LC - d^2) overshoots by exp(-pi d / w).
  const [d, w] = [500, Math.sqrt(1e8 - 25e4)];
  close(rlc.peak, 5 * (1 + Math.exp((-Math.PI * d) / w)), 0.05);
  close(quantity(ringing, "frequency"), w / (2 * Math.PI), 0.02 * (w / (2 * Math.PI)));
  assert.deepEqual(charging.plot.series.map(({ name }) => name), ["source", "capacitor", "formula"]);
});

test("filter-bode has slopes of 20 and 60 dB per decade and the resonance where it belongs", async () => {
  const { single, triple, resonance } = await resultsOf("filter-bode");
  close(single.slope, -20, 0.1);
  close(triple.slope, -60, 0.3);
  close(single.corner_frequency, 1 / (2 * Math.PI * 1e3 * 1e-7), 2);
  close(resonance.slope, -40, 0.2);
  const damping = 40 / 2 / Math.sqrt(0.01 / 1e-6);
  close(resonance.peak_frequency, Math.sqrt(1 - 2 * damping ** 2) / (2 * Math.PI * 1e-4), 20);
  close(resonance.peak_gain, -20 * Math.log10(2 * damping * Math.sqrt(1 - damping ** 2)), 0.02);
});

test("rectifier gives a direct voltage with the ripple that the rule of thumb says", async () => {
  const { supply, ripple } = await resultsOf("rectifier");
  assert.ok(Math.min(...supply.output) > -0.1);
  close(ripple.frequency, 100, 0.5);
  const current = ripple.mean / 150;
  // The rule takes the whole half wave for the discharge, so it is an upper limit.
  const rule = current / (100 * 470e-6);
  assert.ok(ripple.peak_to_peak < rule && ripple.peak_to_peak > 0.6 * rule, `${ripple.peak_to_peak} against ${rule}`);
  assert.ok(17 - Math.max(...supply.output) > 1 && 17 - Math.max(...supply.output) < 2.2);
});

test("lorenz-attractor stays in its ball, and near starts part", async () => {
  const { lorenz, nudged, attractor } = await resultsOf("lorenz-attractor");
  const { x, y, z } = columns(lorenz.table);
  x.forEach((_, k) => assert.ok(Math.hypot(x[k], y[k], z[k] - 38) < 41));
  const other = columns(nudged.table);
  const apart = (from, to) => Math.max(...other.t.map((t, k) => (t >= from && t <= to ? Math.abs(other.x[k] - x[5 * k]) : 0)));
  assert.ok(apart(0, 5) < 0.05 && apart(25, 50) > 5);
  assert.ok(attractor.length > 1000);
});

test("circuit-fit finds damping and frequency of its circuit", async () => {
  const { fit, report } = await resultsOf("circuit-fit");
  close(fit.parameters.d, 500, 5);
  close(fit.parameters.w, Math.sqrt(1e8 - 25e4), 100);
  close(fit.parameters.v, 5, 0.05);
  assert.ok(fit.r_squared > 0.999);
  assert.match(report.text, /^The circuit rings with 99\d\d(\.\d)? per second/);
});

test("clean-and-compare takes out what is wrong and nothing else", async () => {
  const { clean, means, relations } = await resultsOf("clean-and-compare");
  const { step, count } = columns(clean.report);
  assert.deepEqual(Object.fromEntries(step.map((name, k) => [name, count[k]])), {
    "rows before": 25, "duplicate rows dropped": 1, "rows with outliers dropped": 1, "rows with missing values dropped": 2, "rows after": 21,
  });
  assert.ok(Math.max(...columns(clean.table).temperature) < 25);
  assert.deepEqual(means.plot.series[0].x, ["roof", "cellar"]);
  assert.ok(relations.matrix[0][1] < -0.9);
});

test("monte-carlo-tolerances agrees with pi and with the propagation of errors", async () => {
  const { darts, filters } = await resultsOf("monte-carlo-tolerances");
  close(darts.mean, Math.PI, 5 * darts.standard_error);
  close(filters.standard_deviation / filters.mean, Math.hypot(0.025, 0.06), 0.004);
});

test("waveform-spectrum finds the harmonics of the square wave and the hum", async () => {
  const { spectrum } = await resultsOf("waveform-spectrum");
  const { frequency, amplitude } = columns(spectrum.spectrum);
  const at = (hertz) => amplitude[frequency.findIndex((f) => Math.abs(f - hertz) < 1e-6)];
  for (const n of [1, 3, 5]) close(at(50 * n), 4 / (Math.PI * n), 0.03);
  close(at(330), 0.4, 0.02);
  assert.equal(spectrum.peak_frequency, 50);
});

test("image-filters leave the size and take the noise away", async () => {
  const { picture, blur, histogram } = await resultsOf("image-filters");
  assert.deepEqual(histogram.size, [320, 240]);
  assert.notEqual(blur.image, picture.image);
});

test("rotating-cube moves in a clip, so that no code is needed to show it", async () => {
  const { float } = await resultsOf("rotating-cube");
  assert.deepEqual(float.scene.scene.animations.map(({ name }) => name), ["turn", "bob"]);
});
