import { expect, test } from "vitest";

import { describePlot, plotModel } from "./model";

test("names on the x axis become places on it, shared by all series", () => {
  const { x, traces } = plotModel({
    series: [
      { name: "mean", kind: "line", x: ["a", "b"], y: [1, 2] },
      { name: "median", kind: "line", x: ["b", "c"], y: [3, 4] },
    ],
  });
  expect(x.categories).toEqual(["a", "b", "c"]);
  expect(traces.map(({ xs }) => Array.from(xs))).toEqual([[0, 1], [1, 2]]);
});

test("texts under bars are names, also where they look like numbers", () => {
  expect(plotModel({ series: [{ kind: "bar", x: ["00", "01", "11"], y: [5, 1, 4] }] }).x.categories).toEqual(["00", "01", "11"]);
  expect(plotModel({ series: [{ kind: "line", x: ["0.5", "1"], y: [5, 1] }] }).x.categories).toBeUndefined();
});

test("bars stand side by side on the axis", () => {
  const { barWidth, traces, y } = plotModel({
    series: [
      { kind: "bar", x: [0, 1], y: [3, 5] },
      { kind: "bar", x: [0, 1], y: [2, 4] },
    ],
  });
  expect(barWidth).toBeCloseTo(0.4);
  expect(traces[0]?.xs[0]).toBeCloseTo(-0.2);
  expect(traces[1]?.xs[0]).toBeCloseTo(0.2);
  expect(y.all.min).toBe(0);
  expect(y.all.max).toBeGreaterThan(5);
});

test("typed arrays are used as they are", () => {
  const x = new Float64Array([0, 1]);
  expect(plotModel({ series: [{ x, y: x }] }).traces[0]?.xs).toBe(x);
});

test("large integers are drawn as numbers", () => {
  const y = BigInt64Array.of(1n, 2n) as unknown as ArrayLike<number>;
  expect(Array.from(plotModel({ series: [{ x: [0, 1], y }] }).traces[0]?.ys ?? [])).toEqual([1, 2]);
});

test("gaps and infinities do not count for the bounds", () => {
  const { y } = plotModel({ series: [{ x: [0, 1, 2, 3], y: [1, null, Infinity, 2] }] });
  expect([y.all.min < 1, y.all.min > 0.8, y.all.max > 2, y.all.max < 2.2]).toEqual([true, true, true, true]);
});

test("a logarithmic axis takes no heed of what it cannot show", () => {
  const { x } = plotModel({ x_scale: "log", series: [{ x: [-1, 0, 10, 1000], y: [1, 2, 3, 4] }] });
  expect([x.all.min > 5, x.all.max < 2000]).toEqual([true, true]);
});

test("chosen scales come before those of the plot", () => {
  const plot = { x_scale: "log", series: [{ x: [1, 10], y: [1, 2] }] } as const;
  expect(plotModel({ ...plot, series: [...plot.series] }, { x: "linear", y: "log" })).toMatchObject({ x: { scale: "linear" }, y: { scale: "log" } });
});

test("an empty plot has bounds all the same", () => {
  const { x } = plotModel({ series: [] });
  expect(x.all.max).toBeGreaterThan(x.all.min);
});

test("a label is told apart from its unit", () => {
  expect(plotModel({ x_label: "time (ms)", y_label: "gain [dB]", series: [] })).toMatchObject({
    x: { name: "time", unit: "ms" },
    y: { name: "gain", unit: "dB" },
  });
});

test("a plot is told in words", () => {
  const words = describePlot(
    plotModel({ title: "Convergence", x_label: "step", y_label: "energy", series: [{ name: "VQE", x: [0, 1, 2], y: [-1, -1.1, -1.137] }] }),
  );
  expect(words).toBe(
    "line plot “Convergence”. step 0 to 2, energy -1.137 to -1. VQE: 3 points, from -1.137 to -1, last -1.137",
  );
});

test("a heat map is told in words", () => {
  const words = describePlot(plotModel({ series: [{ name: "T", kind: "heatmap", x: [0, 1], y: [5, 6, 7], z: [[1, 2], [3, 4], [5, 6]] }] }));
  expect(words).toBe("heat map. x 0 to 1, y 5 to 7. T: 2 by 3, from 1 to 6");
});

test("of very many series the first ones are drawn, and how many there are is said", () => {
  const series = Array.from({ length: 20_000 }, (_, at) => ({ name: `s${at}`, kind: "line", x: ["a", "b"], y: [at, at + 1] }));
  const model = plotModel({ title: "t".repeat(100_000), series });
  expect([model.traces.length, model.nLeft]).toEqual([500, 19_500]);
  expect(describePlot(model)).toContain("And 19,960 more series");
  expect(describePlot(model).length).toBeLessThan(5_000);
  expect(model.y.all.max).toBeLessThan(600);
});
