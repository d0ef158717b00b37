import { expect, test } from "vitest";

import { describePlot, nearestByX, plotModel } from "./model";

test("names on the x axis become places on it, shared by all series", () => {
  const { categories, traces } = plotModel({
    series: [
      { name: "mean", kind: "line", x: ["a", "b"], y: [1, 2] },
      { name: "median", kind: "line", x: ["b", "c"], y: [3, 4] },
    ],
  });
  expect(categories).toEqual(["a", "b", "c"]);
  expect(traces.map(({ xs }) => Array.from(xs))).toEqual([[0, 1], [1, 2]]);
});

test("bars stand side by side and start at zero", () => {
  const { barWidth, traces, y } = plotModel({
    series: [
      { kind: "bar", x: [0, 1], y: [3, 5] },
      { kind: "bar", x: [0, 1], y: [2, 4] },
    ],
  });
  expect(barWidth).toBeCloseTo(0.4);
  expect(traces[0]?.xs[0]).toBeCloseTo(-0.2);
  expect(traces[1]?.xs[0]).toBeCloseTo(0.2);
  expect(y).toEqual({ min: 0, max: 5 });
});

test("typed arrays are used as they are", () => {
  const x = new Float64Array([0, 1]);
  expect(plotModel({ series: [{ x, y: x }] }).traces[0]?.xs).toBe(x);
});

test("gaps and infinities do not count for the bounds", () => {
  const { y } = plotModel({ series: [{ x: [0, 1, 2, 3], y: [1, null, Infinity, 2] }] });
  expect(y).toEqual({ min: 1, max: 2 });
});

test("an empty plot has bounds all the same", () => {
  expect(plotModel({ series: [] }).x).toEqual({ min: 0, max: 1 });
});

test("the nearest point is found in rising and in wandering series", () => {
  const [rising] = plotModel({ series: [{ x: [0, 1, 5, 9], y: [0, 0, 0, 0] }] }).traces;
  const [wandering] = plotModel({ series: [{ x: [5, 0, 9, 1], y: [0, 0, 0, 0] }] }).traces;
  expect(rising && [nearestByX(rising, -3), nearestByX(rising, 2.9), nearestByX(rising, 3.1), nearestByX(rising, 99)]).toEqual([0, 1, 2, 3]);
  expect(wandering && nearestByX(wandering, 8)).toBe(2);
});

test("a plot is told in words", () => {
  const words = describePlot(
    plotModel({ title: "Convergence", x_label: "step", y_label: "energy", series: [{ name: "VQE", x: [0, 1, 2], y: [-1, -1.1, -1.137] }] }),
  );
  expect(words).toBe(
    "line plot “Convergence”. step 0 to 2, energy -1.137 to -1. VQE: 3 points, from -1.137 to -1, last -1.137",
  );
});
