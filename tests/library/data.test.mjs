// The data, plot and utility skills against certified values, formulas, and independent implementations.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, run, table } from "./skill.mjs";

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

/** One line of the statistics table. */
async function describe(values) {
  const { statistics } = await run("table-statistics", { table: table({ v: values }) });
  return Object.fromEntries(statistics.columns.map((column) => [column.name, column.values[0]]));
}

const csv = async (text, more = {}) => run("csv-reader", { text, ...more });

test("the statistics have the values that NIST certifies for a hard data set", async () => {
  // NumAcc4 of the NIST Statistical Reference Datasets: 1,001 values around 10^7 that differ in the last digit.
  const values = Array.from({ length: 1001 }, (_, k) => (k === 0 ? 10000000.2 : k % 2 === 1 ? 10000000.1 : 10000000.3));
  const got = await describe(values);
  close(got.mean, 10000000.2, 2e-8);
  close(got.std, 0.1, 1e-9);
});

test("the statistics agree with Welford's method and with counting", async () => {
  let state = 99;
  const values = Array.from({ length: 997 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 30 - 2;
  });
  let [mean, squares] = [0, 0];
  values.forEach((value, k) => {
    const before = value - mean;
    mean += before / (k + 1);
    squares += before * (value - mean);
  });
  const got = await describe(values);
  close(got.mean, mean, 1e-12);
  close(got.std, Math.sqrt(squares / 996), 1e-12);
  // 997 - 1 is divisible by 4, so each quartile is a value with exactly so many smaller ones.
  for (const [name, below] of [["min", 0], ["q1", 249], ["median", 498], ["q3", 747], ["max", 996]]) {
    assert.equal(values.filter((value) => value < got[name]).length, below, name);
    assert.ok(values.includes(got[name]), name);
  }
});

test("quartiles interpolate, and missing values are counted apart", async () => {
  assert.deepEqual(await describe([1, 2, 3, 4]), {
    column: "v", count: 4, missing: 0, mean: 2.5, std: Math.sqrt(5 / 3), min: 1, q1: 1.75, median: 2.5, q3: 3.25, max: 4,
  });
  assert.deepEqual(await describe([null, 7, null]), {
    column: "v", count: 1, missing: 2, mean: 7, std: null, min: 7, q1: 7, median: 7, q3: 7, max: 7,
  });
});

test("text and truth values are no numbers to the statistics", async () => {
  const mixed = table({ text: ["a", "b"], truth: [true, false], number: [1, 3], empty: [null, null] });
  const { statistics, n_rows } = await run("table-statistics", { table: mixed });
  assert.deepEqual(columns(statistics).column, ["number"]);
  assert.equal(n_rows, 2);
  await assert.rejects(run("table-statistics", { table: table({ text: ["a"] }) }), /no numeric column/);
});

test("tables may hold typed arrays", async () => {
  const typed = { columns: [{ name: "v", values: new Float64Array([1, 2, 4]) }] };
  const { statistics } = await run("table-statistics", { table: typed });
  close(columns(statistics).mean[0], 7 / 3, 1e-12);
  const { file } = await run("export-results", { results: typed, format: "csv" });
  assert.equal(file.text, "v\n1.0\n2.0\n4.0\n");
});

test("the fit has the values that NIST certifies for Norris", async () => {
  const data = `0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
    778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
    228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0
    778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5`.trim().split(/\s+/).map(Number);
  const y = data.filter((_, k) => k % 2 === 0);
  const x = data.filter((_, k) => k % 2 === 1);
  const fit = (a, b) => run("linear-fit", { table: table({ a, b }), x_column: "a", y_column: "b" });
  const certified = [-0.262323073774029, 1.00211681802045, 0.999993745883712];
  const candidates = [await fit(x, y), await fit(y, x)];
  const got = candidates.find(({ intercept }) => intercept < 0);
  close(got.intercept, certified[0], 1e-9);
  close(got.slope, certified[1], 1e-12);
  close(got.r_squared, certified[2], 1e-12);
});

test("the fit needs two different x, and skips missing values", async () => {
  const fit = (a, b) => run("linear-fit", { table: table({ a, b }), x_column: "a", y_column: "b" });
  const { slope, intercept, r_squared } = await fit([0, 1, null, 2], [1, 3, 9, 5]);
  assert.deepEqual([slope, intercept, r_squared], [2, 1, 1]);
  await assert.rejects(fit([1, 1], [1, 2]), /fewer than two different values/);
  await assert.rejects(fit([1, 2], ["a", "b"]), /must both be numeric/);
});

test("CSV becomes a table with types", async () => {
  const text = 'id,name,share,ok,code,empty,mixed\n1,Anna,0.5,true,007,,1\n2,"Bo, ""B""",-1e3,no,042,,x\n3,,,,100,,\n';
  const { table: got, types, n_rows } = await csv(text);
  assert.deepEqual(types, {
    id: "integer", name: "string", share: "number", ok: "boolean", code: "string", empty: "empty", mixed: "string",
  });
  assert.deepEqual(columns(got), {
    id: [1, 2, 3],
    name: ["Anna", 'Bo, "B"', null],
    share: [0.5, -1000, null],
    ok: [true, false, null],
    code: ["007", "042", "100"],
    empty: [null, null, null],
    mixed: ["1", "x", null],
  });
  assert.equal(n_rows, 3);
});

test("separators, line ends, byte order marks and decimal commas are understood", async () => {
  const want = { a: [1, 2], b: [1.5, 2.5] };
  const cases = [
    ["a,b\n1,1.5\n2,2.5", {}],
    ["\ufeffa;b\r\n1;1.5\r\n\r\n2;2.5\r\n", {}],
    ["a\tb\r1\t1.5\r2\t2.5", {}],
    ["a|b\n1|1.5\n2|2.5\n", {}],
    ["a;b\n1;1,5\n2;2,5\n", { decimal: "," }],
    ["a\tb\n1\t1.5\n2\t2.5\n", { separator: "tab" }],
  ];
  for (const [text, more] of cases) assert.deepEqual(columns((await csv(text, more)).table), want, JSON.stringify(text));
  assert.deepEqual(columns((await csv("1,2\n3,4", { header: false })).table), { column_1: [1, 3], column_2: [2, 4] });
  assert.deepEqual(columns((await csv("only\nx\n\ny")).table), { only: ["x", "y"] });
  assert.deepEqual(columns((await csv('a,b\n"x\ny",1\n')).table), { a: ["x\ny"], b: [1] });
});

test("integers that JavaScript cannot hold stay text", async () => {
  const { table: got, types } = await csv("n\n9007199254740993\n1");
  assert.equal(types.n, "string");
  assert.deepEqual(columns(got).n, ["9007199254740993", "1"]);
});

test("errors of CSV name the line", async () => {
  const cases = [
    ["a,b\n1,2\n3\n", /line 3 has 1 field, expected 2/],
    ['a,b\n"x\ny",2\n3,4,5\n', /line 4 has 3 fields, expected 2/],
    ['a,b\n1,2\n3,"open\n4,5\n', /line 3: the quote that starts a field is never closed/],
    ['a,b\n1,"x"y\n', /line 2: .*quote the whole field/],
    ["a,b,a\n1,2,3\n", /line 1: column name `a` appears twice/],
    ["\n\n", /no line with data/],
  ];
  for (const [text, pattern] of cases) await assert.rejects(csv(text), pattern, JSON.stringify(text));
  await assert.rejects(csv("a", { separator: "::" }), /separator `::` has 2 characters/);
});

test("what is exported as CSV reads back the same", async () => {
  const original = table({ id: [1, 2, 3], text: ['comma, "quote"', "line\nbreak", null], value: [0.1, -2.5e-8, null] });
  const { file } = await run("export-results", { results: original, format: "csv", name: "round trip" });
  assert.equal(file.name, "round trip.csv");
  assert.equal(file.mime, "text/csv");
  assert.deepEqual((await csv(file.text)).table, original);
});

test("what is exported as JSON reads back the same", async () => {
  const plot = { title: "t", x_label: "", y_label: "", series: [{ name: "s", kind: "line", x: [0, 1], y: [0.1, 1 / 3] }] };
  const { file } = await run("export-results", { results: { energy: -1.1373060357533942, list: [1, null, "ü"] }, plot });
  const { value } = await run("json-reader", { text: file.text });
  assert.deepEqual(value, { results: { energy: -1.1373060357533942, list: [1, null, "ü"] }, plot });
  assert.deepEqual((await run("json-reader", { text: file.text, path: "plot.series.0.y" })).value, [0.1, 1 / 3]);
  await assert.rejects(run("json-reader", { text: file.text, path: "results.mass" }), /`results` has no `mass`; it has energy, list/);
  await assert.rejects(run("json-reader", { text: '{"a": 1,\n"b": }' }), /not JSON/);
});

test("other shapes become CSV as well, and odd names are refused", async () => {
  const text = async (results) => (await run("export-results", { results, format: "csv" })).file.text;
  assert.equal(await text([1.5, true, null]), "index,value\n0,1.5\n1,true\n2,\n");
  assert.equal(await text({ a: 1, b: [1, 2] }), 'name,value\na,1\nb,"[1, 2]"\n');
  assert.equal(await text([[1, 2], [3]]), "column_1,column_2\n1,2\n3\n");
  assert.equal(await text(4), "value\n4\n");
  await assert.rejects(run("export-results", { results: 1, name: "../x" }), /is no file name/);
  await assert.rejects(run("export-results", { results: 1, format: "xls" }), /unknown format `xls`; use `json` or `csv`/);
});

test("rows are filtered by numbers, texts and missing values", async () => {
  const data = table({ n: [1, 2, null, 10], s: ["a", "b", "", "ab"] });
  const kept = async (column, operator, value) => {
    const result = await run("filter-rows", { table: data, column, operator, ...(value === undefined ? {} : { value }) });
    return columns(result.table).n;
  };
  assert.deepEqual(await kept("n", ">", 1), [2, 10]);
  assert.deepEqual(await kept("n", "<=", "2"), [1, 2]);
  assert.deepEqual(await kept("n", "!=", 2), [1, null, 10]);
  assert.deepEqual(await kept("n", "empty"), [null]);
  assert.deepEqual(await kept("s", "=", "a"), [1]);
  assert.deepEqual(await kept("s", "contains", "a"), [1, 10]);
  assert.deepEqual(await kept("s", "not empty"), [1, 2, 10]);
  await assert.rejects(kept("x", "=", 1), /no column `x`; its columns are n, s/);
  await assert.rejects(kept("n", "=", "two"), /holds numbers, but `value` is `two`/);
  await assert.rejects(kept("n", "~", 1), /unknown operator `~`/);
  await assert.rejects(kept("n", "="), /needs a `value`/);
});

test("rows are sorted, grouped, and columns selected", async () => {
  const data = table({ g: ["x", "y", "x", "y", "z"], n: [3, 10, 1, null, null] });
  const sorted = async (column, descending) => columns((await run("sort-rows", { table: data, column, descending })).table).n;
  assert.deepEqual(await sorted("n", false), [1, 3, 10, null, null]);
  assert.deepEqual(await sorted("n", true), [10, 3, 1, null, null]);
  assert.deepEqual(await sorted("g", true), [null, 10, null, 3, 1]);
  const grouped = async (summary) => {
    const result = await run("group-rows", { table: data, by: "g", column: "n", summary });
    return columns(result.table)[`${summary} of n`];
  };
  assert.deepEqual(await grouped("mean"), [2, 10, null]);
  assert.deepEqual(await grouped("count"), [2, 1, 0]);
  assert.deepEqual(await grouped("max"), [3, 10, null]);
  await assert.rejects(grouped("mode"), /unknown summary `mode`/);
  const select = async (more) => (await run("select-column", { table: data, column: "n", ...more })).values;
  assert.deepEqual(await select({}), [3, 10, 1, null, null]);
  assert.deepEqual(await select({ drop_missing: true }), [3, 10, 1]);
});

test("a histogram counts every value once, edges included", async () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, null];
  const { table: got, plot } = await run("histogram", { values, bins: 5 });
  assert.deepEqual(columns(got), { from: [0, 2, 4, 6, 8], to: [2, 4, 6, 8, 10], count: [2, 2, 2, 2, 3] });
  assert.equal(plot.series[0].x[0], "0 to 2");
  const tenths = Array.from({ length: 101 }, (_, k) => k / 100);
  const { table: fine } = await run("histogram", { values: tenths, bins: 10 });
  const { from, to, count } = columns(fine);
  count.forEach((n, k) => {
    const inside = tenths.filter((value) => value >= from[k] && (k === 9 ? value <= to[k] : value < to[k]));
    assert.equal(n, inside.length, `interval ${k}`);
  });
  assert.deepEqual(columns((await run("histogram", { values: [4, 4], bins: 1 })).table).count, [2]);
  await assert.rejects(run("histogram", { values: ["a"] }), /value 0 is `a`, not a number/);
});

test("plots carry the columns they were asked for", async () => {
  const data = table({ name: ["a", "b", "c"], t: [3, 1, 2], v: [30, null, 20] });
  const line = (await run("line-plot", { table: data, x_column: "t", y_columns: ["v"] })).plot;
  assert.deepEqual(line, {
    title: "v by t", x_label: "t", y_label: "v", series: [{ name: "v", kind: "line", x: [2, 3], y: [20, 30] }],
  });
  const scatter = (await run("scatter-plot", { table: data, x_column: "t" })).plot;
  assert.deepEqual(scatter.series, [{ name: "v", kind: "scatter", x: [3, 2], y: [30, 20] }]);
  const rows = (await run("line-plot", { table: data, y_columns: ["t"], title: "T" })).plot;
  assert.deepEqual([rows.title, rows.x_label, rows.series[0].x], ["T", "row", [1, 2, 3]]);
  const bar = (await run("bar-plot", { table: data, x_column: "name" })).plot;
  assert.deepEqual(bar.series[0], { name: "t", kind: "bar", x: ["a", "b", "c"], y: [3, 1, 2] });
  assert.deepEqual(bar.series[1], { name: "v", kind: "bar", x: ["a", "c"], y: [30, 20] });
  await assert.rejects(run("line-plot", { table: data, x_column: "name" }), /column `name` is not numeric/);
  await assert.rejects(run("bar-plot", { table: data, y_columns: ["w"] }), /no column `w`; its columns are name, t, v/);
});

test("a convergence plot keeps every step and says when it settled", async () => {
  const { plot, n_steps } = await run("plot-convergence", { convergence_trace: [1, 0.5, 0.00005, 0], reference: 0 });
  assert.deepEqual(plot.series, [
    { name: "value", kind: "line", x: [0, 1, 2, 3], y: [1, 0.5, 0.00005, 0] },
    { name: "reference", kind: "line", x: [0, 3], y: [0, 0] },
  ]);
  assert.equal(n_steps, 2);
  assert.equal((await run("plot-convergence", { convergence_trace: [1] })).plot.series.length, 1);
  await assert.rejects(run("plot-convergence", { convergence_trace: [1, null] }), /entry 1 of `convergence_trace` is null/);
  await assert.rejects(run("plot-convergence", { convergence_trace: [] }), /is empty/);
});

test("constants hand on their value, lists become tables, numbers combine", async () => {
  assert.deepEqual(await run("number-constant", { value: 2.5 }), { value: 2.5 });
  assert.deepEqual(await run("text-constant", { value: "a\nb" }), { value: "a\nb" });
  assert.deepEqual(await run("list-constant", { value: [1, "x"] }), { value: [1, "x"] });
  const { table: made } = await run("lists-to-table", { first: [1, 2], second: ["a", "b"], names: ["n", "s"] });
  assert.deepEqual(made, table({ n: [1, 2], s: ["a", "b"] }));
  await assert.rejects(run("lists-to-table", { first: [1], second: [1, 2] }), /have 1, 2 values/);
  const results = { "+": 8, "-": 4, "*": 12, "/": 3, "^": 36, min: 2, max: 6, difference: 4 };
  for (const [operation, result] of Object.entries(results)) {
    assert.deepEqual(await run("arithmetic", { a: 6, b: 2, operation }), { result }, operation);
  }
  await assert.rejects(run("arithmetic", { a: 1, b: 0, operation: "/" }), /1 \/ 0 has no finite result/);
});
