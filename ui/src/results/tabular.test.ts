import { expect, test } from "vitest";

import { autoPlot, canPlot } from "./plotChoice";
import { matrixPlot, tabular } from "./tabular";
import { viewersOf } from "./viewers";

const names = (value: unknown) => tabular(value)?.columns.map(({ name }) => name);
const about = { port: "out", type: "any" };
const ids = (value: unknown) => viewersOf(value, about).map(({ id }) => id);

test.each([
  [[1, 2, 3], ["index", "value"]],
  [new Float64Array(5), ["index", "value"]],
  [[{ a: 1, b: "x" }, { a: 2, c: true }], ["a", "b", "c"]],
  [[[1, 2], [3, 4]], ["0", "1"]],
  [[{ re: 1, im: 0 }, { re: 0, im: 1 }], ["index", "magnitude", "magnitude (dB)", "phase (°)", "real", "imaginary"]],
  [{ re: [1, 0], im: [0, 1] }, ["index", "magnitude", "magnitude (dB)", "phase (°)", "real", "imaginary"]],
  [[1], undefined],
  [{ a: 1 }, undefined],
  [new Uint8Array(9), undefined],
] as const)("%j as a table has columns %j", (value, columns) => expect(names(value)).toEqual(columns));

test("complex numbers are told by size and angle", () => {
  const columns = tabular({ re: [3, 0], im: [4, -1] })?.columns ?? [];
  expect(Array.from(columns[1]?.values ?? [])).toEqual([5, 1]);
  expect(columns[2]?.values[0]).toBeCloseTo(13.979, 3);
  expect(columns[3]?.values[1]).toBeCloseTo(-90, 9);
});

test("a complex column of a table becomes several", () => {
  const table = { columns: [{ name: "frequency", values: [1, 10, 100] }, { name: "v(out)", values: { re: [1, 0, 0], im: [0, 1, 0.1] } }] };
  expect(names(table)).toContain("v(out) phase (°)");
  expect(autoPlot(tabular(table) ?? table as never)).toMatchObject({ x_scale: "log", y_label: "v(out) magnitude (dB)", series: [{ kind: "line" }] });
});

test("a matrix is a heat map", () => {
  expect(matrixPlot([[1, 2], [3, 4]])?.series[0]).toMatchObject({ kind: "heatmap", z: [[1, 2], [3, 4]] });
  expect(matrixPlot([[1, 2], [3]])).toBeUndefined();
  expect(matrixPlot([["a", "b"], ["c", "d"]])).toBeUndefined();
});

test.each([
  [{ columns: [{ name: "city", values: ["a", "b"] }, { name: "n", values: [3, 1] }] }, "bar", "city"],
  [{ columns: [{ name: "t", values: [0, 1, 2] }, { name: "v", values: [3, 1, 2] }] }, "line", "t"],
  [{ columns: [{ name: "a", values: [3, 1, 2] }, { name: "b", values: [3, 1, 2] }] }, "scatter", "a"],
  [{ columns: [{ name: "v", values: [3, 1, 2] }] }, "line", "row"],
] as const)("of %j the plot is a %s plot over %s", (table, kind, x) => {
  const plot = autoPlot({ columns: table.columns.map((column) => ({ ...column })) });
  expect([plot.series[0]?.kind, plot.x_label]).toEqual([kind, x]);
});

test("without numbers there is nothing to plot", () => {
  expect(canPlot({ columns: [{ name: "a", values: ["x", "y"] }] })).toBe(false);
});

test.each([
  [[1, 2, 3], ["auto-plot", "list-table", "tree"]],
  [[[1, 2], [3, 4]], ["matrix", "list-table", "tree"]],
  [[{ a: 1 }, { a: 2 }], ["list-table", "auto-plot", "tree"]],
  [{ columns: [{ name: "a", values: [1, 2] }] }, ["table", "auto-plot", "tree"]],
  [["x", "y"], ["list-table", "tree"]],
])("%j can be looked at as %j", (value, views) => expect(ids(value)).toEqual(views));
