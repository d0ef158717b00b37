// Cleaning, joining, computing and comparing tables, and the small tools, against counting, formulas and simple-statistics.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as mathjs from "mathjs";
import { sampleCorrelation, sampleRankCorrelation } from "simple-statistics";

import { columns, noise, run, table } from "./skill.mjs";

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

test("cleaning drops duplicates, outliers and missing values in this order, and counts what it did", async () => {
  const dirty = table({
    place: ["a", "a", "b", "c", "d", "e", "f", null, "h"],
    v: [1, 1, 2, null, 3, 900, 2, 2.5, 1.5],
  });
  const clean = async (more) => {
    const { table: got, report, n_rows } = await run("clean-table", { table: dirty, ...more });
    const { step, count } = columns(report);
    return { ...columns(got), n_rows, report: Object.fromEntries(step.map((name, k) => [name, count[k]])) };
  };
  const dropped = await clean({ outliers: "drop" });
  assert.deepEqual(dropped.v, [1, 2, 3, 2, 2.5, 1.5]);
  assert.deepEqual(dropped.report, {
    "rows before": 9, "duplicate rows dropped": 1, "rows with outliers dropped": 1, "rows with missing values dropped": 1, "rows after": 6,
  });
  assert.deepEqual((await clean({ duplicates: "keep", missing: "keep" })).v, [1, 1, 2, null, 3, 900, 2, 2.5, 1.5]);
  assert.deepEqual((await clean({ missing: "previous" })).v[2], 2);
  assert.deepEqual((await clean({ missing: "zero", outliers: "missing" })).v, [1, 2, 0, 3, 0, 2, 2.5, 1.5]);
  assert.equal((await clean({ missing: "median" })).v[2], 2);
  close((await clean({ missing: "mean", outliers: "drop" })).v[2], (1 + 2 + 3 + 2 + 2.5 + 1.5) / 6, 1e-12);
  assert.deepEqual((await clean({ columns: ["place"] })).place, ["a", "b", "c", "d", "e", "f", "h"]);
  await assert.rejects(clean({ columns: ["w"] }), /no column `w`; its columns are place, v/);
  await assert.rejects(clean({ missing: "guess" }), /unknown `missing` `guess`; use one of drop, mean/);
  await assert.rejects(clean({ columns: ["place"], missing: "mean" }), /holds texts/);
});

test("tables are joined by their key", async () => {
  const left = table({ id: [1, 2, 2, 4], v: ["a", "b", "c", "d"] });
  const right = table({ id: [2, 1, 3, 2], v: [20, 10, 30, 21], w: [true, false, true, false] });
  const join = async (more) => columns((await run("join-tables", { left, right, key: "id", ...more })).table);
  assert.deepEqual(await join({}), {
    id: [1, 2, 2, 2, 2], v: ["a", "b", "b", "c", "c"], "v (2)": [10, 20, 21, 20, 21], w: [false, true, false, true, false],
  });
  assert.deepEqual((await join({ keep: "left" }))["v (2)"], [10, 20, 21, 20, 21, null]);
  await assert.rejects(join({ key: "w" }), /the first table has no column `w`; its columns are id, v/);
});

test("a computed column agrees with mathjs", async () => {
  const next = noise(12);
  const data = { alpha: Array.from({ length: 40 }, next), beta: Array.from({ length: 40 }, () => 2 + next()) };
  for (const expression of ["alpha * beta - 2 / beta", "sqrt(abs(alpha)) ^ 3", "sin(alpha + row) * exp(-beta)", "max(alpha, beta, k)"]) {
    const { values } = await run("compute-column", { table: table(data), expression, parameters: { k: 0.5 } });
    const other = mathjs.compile(expression);
    values.forEach((value, row) => {
      close(value, other.evaluate({ alpha: data.alpha[row], beta: data.beta[row], row: row + 1, k: 0.5 }), 1e-12, expression);
    });
  }
});

test("a computed column leaves gaps where there is no value, and takes odd names", async () => {
  const data = table({ "PM2.5 (µg)": [4, null, 9], zero: [0, 1, 2], word: ["a", "b", "c"] });
  const compute = async (expression, more) => (await run("compute-column", { table: data, expression, ...more })).values;
  assert.deepEqual(await compute("PM2_5__µg_ / zero"), [null, null, 4.5]);
  assert.deepEqual(await compute("'many' if zero > 1 else 'few'"), ["few", "few", "many"]);
  const replaced = await run("compute-column", { table: data, name: "zero", expression: "zero + 1" });
  assert.deepEqual(replaced.table.columns.map(({ name }) => name), ["PM2.5 (µg)", "zero", "word"]);
  assert.deepEqual(columns(replaced.table).zero, [1, 2, 3]);
  await assert.rejects(compute("word + 1"), /row 1: .*check that the columns of the formula are numeric/);
  await assert.rejects(compute("other + 1"), /uses `other`, which has no value/);
});

test("correlations agree with simple-statistics", async () => {
  const next = noise(9);
  const a = Array.from({ length: 50 }, next);
  const b = a.map((value) => value ** 3 + 0.2 * next());
  const c = a.map(() => next());
  const data = table({ a, b, c, text: a.map(String) });
  for (const [method, other] of [["pearson", sampleCorrelation], ["spearman", sampleRankCorrelation]]) {
    const { matrix, plot, table: got } = await run("correlation-matrix", { table: data, method });
    [a, b, c].forEach((x, i) => [a, b, c].forEach((y, j) => close(matrix[i][j], other(x, y), 1e-12, `${method} ${i} ${j}`)));
    assert.deepEqual(columns(got).column, ["a", "b", "c"]);
    assert.deepEqual([plot.series[0].kind, plot.series[0].z], ["heatmap", matrix]);
  }
  const gaps = table({ x: [1, 2, null, 4], y: [2, 4, 6, 8], z: [5, 5, 5, 5] });
  assert.deepEqual((await run("correlation-matrix", { table: gaps })).matrix, [[1, 1, null], [1, 1, null], [null, null, null]]);
  await assert.rejects(run("correlation-matrix", { table: data, columns: ["a", "text"] }), /`text` is not numeric/);
});

test("ties in ranks share their place", async () => {
  // Spearman's coefficient of (1, 2, 2, 4) and (1, 3, 2, 4): Pearson's of the ranks (1, 2.5, 2.5, 4) and (1, 3, 2, 4).
  const { matrix } = await run("correlation-matrix", { table: table({ x: [1, 2, 2, 4], y: [1, 3, 2, 4] }), method: "spearman" });
  close(matrix[0][1], 4.5 / Math.sqrt(4.5 * 5), 1e-12);
});

test("a heat map keeps its matrix and says its range", async () => {
  const { plot, range } = await run("heatmap-plot", { matrix: [[1, 2, null], [4, -5, 6]], y: [10, 20], title: "t" });
  assert.deepEqual(plot.series, [{ name: "value", kind: "heatmap", x: [0, 1, 2], y: [10, 20], z: [[1, 2, null], [4, -5, 6]] }]);
  assert.deepEqual(range, [-5, 6]);
  await assert.rejects(run("heatmap-plot", { matrix: [[1, 2], [3]] }), /row 2 has 1 numbers, the first has 2/);
  await assert.rejects(run("heatmap-plot", { matrix: [[1, 2]], x: [1] }), /`x` has 1 values, the matrix needs 2/);
});

test("a plot gets new labels, scales and a second plot", async () => {
  const plot = { title: "old", x_label: "t", y_label: "v", series: [{ name: "a", kind: "line", x: [0, 1, 10], y: [5, 6, 7] }] };
  const overlay = { title: "other", x_label: "", y_label: "", series: [{ name: "b", kind: "scatter", x: [2, 3], y: [-1, 1] }] };
  const { plot: got } = await run("plot-settings", { plot, overlay, title: "new", x_scale: "log", y_scale: "log", names: ["first"] });
  assert.deepEqual(got, {
    title: "new", x_label: "t", y_label: "v", x_scale: "log", y_scale: "log",
    series: [{ name: "first", kind: "line", x: [1, 10], y: [6, 7] }, { name: "b", kind: "scatter", x: [3], y: [1] }],
  });
  assert.deepEqual((await run("plot-settings", { plot })).plot, plot);
  await assert.rejects(run("plot-settings", { plot, x_scale: "sqrt" }), /unknown `x_scale` `sqrt`/);
});

test("a template is filled with numbers, texts and parts of objects", async () => {
  const fill = async (template, values) => (await run("text-template", { template, ...values })).text;
  assert.equal(await fill("{{a}} = {a:3}, {b.tau:2}{b.unit}, {c.1}", { a: 1234.5678, b: { tau: 0.00123, unit: "s" }, c: [1, 2] }), "{a} = 1230, 0.0012s, 2");
  assert.equal(await fill("{a} {b}", { a: [1, { x: null }], b: false }), '[1,{"x":null}] false');
  await assert.rejects(fill("{d}", { a: 1 }), /`\{d\}` has no value: there is a, but no `d`/);
  await assert.rejects(fill("{a:3}", { a: "x" }), /asks for digits, but the value is `x`/);
});

test("a check passes within its tolerance and stops the run outside", async () => {
  assert.deepEqual(await run("check-value", { value: 1.5, expected: 1.25, tolerance: 0.25 }), { passed: true, difference: 0.25 });
  assert.equal((await run("check-value", { value: 101, expected: 100, tolerance: 0.01, relative: true })).passed, true);
  await assert.rejects(run("check-value", { value: 102, expected: 100, tolerance: 0.01, relative: true }), /102 differs from 100 by 2\.00; allowed are 1\.00/);
  assert.equal((await run("check-value", { value: 2, expected: 1, stop: false })).passed, false);
});

test("units agree with mathjs", async () => {
  const spelling = { um: "um", degC: "degC", degF: "degF", "km/h": "km/h", h: "hour", d: "day", min: "minute", s: "second", ft: "ft", mi: "mile", mph: "mile/hour" };
  const pairs = [
    ["km", "mi"], ["in", "cm"], ["ft", "m"], ["um", "angstrom"], ["d", "min"], ["h", "s"], ["lb", "kg"], ["kWh", "J"], ["eV", "J"],
    ["degC", "degF"], ["degF", "K"], ["K", "degC"], ["bar", "Pa"], ["atm", "kPa"], ["km/h", "m/s"], ["mph", "km/h"], ["deg", "rad"],
  ];
  for (const [from, to] of pairs) {
    const { result } = await run("unit-converter", { value: 37.5, from, to });
    const want = mathjs.unit(37.5, spelling[from] ?? from).toNumber(spelling[to] ?? to);
    close(result, want, 1e-7 * Math.abs(want), `${from} to ${to}`);
  }
  // CODATA 2018.
  close((await run("unit-converter", { value: 1, from: "hartree", to: "eV" })).result, 27.211386245988, 1e-9);
  close((await run("unit-converter", { value: 1, from: "hartree", to: "kJ/mol" })).result, 2625.4996394799, 1e-8);
  close((await run("unit-converter", { value: 1, from: "angstrom", to: "bohr" })).result, 1.8897261246, 1e-9);
  close((await run("unit-converter", { value: 760, from: "mmHg", to: "Pa" })).result, 101325, 0.02);
  await assert.rejects(run("unit-converter", { value: 1, from: "m", to: "s" }), /`m` is a unit of length, `s` of time/);
  await assert.rejects(run("unit-converter", { value: 1, from: "furlong", to: "m" }), /unknown unit `furlong`/);
});
