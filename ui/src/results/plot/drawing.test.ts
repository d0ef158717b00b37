import { expect, test } from "vitest";

import { drawPlot, layOut, type Picture } from "./draw";
import { cellAt, heatColour } from "./heat";
import { plotModel, type Trace } from "./model";
import { barsPath, dotsPath, type Field, linePath } from "./paths";
import { nextPlace, readAt } from "./reading";
import { makeScale } from "./scale";
import { SvgPen } from "./svgPen";
import type { Plot } from "../value";

const palette = {
  text: "#000", dim: "#444", line: "#ddd", faint: "#999", panel: "#fff", font: "sans-serif",
  traces: ["red", "blue"],
};

function field(xMax: number, yMax: number): Field {
  const box = { left: 0, top: 0, width: 500, height: 100 };
  return { box, fineness: 1, x: makeScale("linear", { min: 0, max: xMax }, 0, 500), y: makeScale("linear", { min: 0, max: yMax }, 100, 0) };
}

function trace(ys: ArrayLike<number>, kind: Trace["kind"] = "line"): Trace {
  return { name: "s", kind, xs: Float64Array.from({ length: ys.length }, (_, at) => at), ys, rising: true };
}

function pictureOf(plot: Plot): Picture {
  const model = plotModel(plot);
  return { model, view: { x: model.x.all, y: model.y.all }, hidden: new Set(), palette };
}

/** The drawing as SVG, and how often something is in it. */
function svgOf(plot: Plot): string {
  const picture = pictureOf(plot);
  const pen = new SvgPen(600, 300, "sans-serif");
  drawPlot(pen, picture, layOut(picture, 600, 300));
  return pen.document("x");
}

/** The heights that a path reaches, in pixels from the top. */
function heights(svg: string): number[] {
  return [...svg.matchAll(/[ML]\S+ (\S+?)(?=[MLa]|$)/g)].map(([, y]) => Number(y));
}

test.each([654_320, 654_321])("of a million points as many are drawn as there are pixels, and the single spike at %i among them", (spike) => {
  const ys = new Float64Array(1_000_000).fill(10);
  ys[spike] = 99;
  ys[123_456] = 1;
  const path = linePath(trace(ys), field(1_000_000, 100));
  expect(path.size).toBeLessThan(500 * 4 + 10);
  const reached = heights(path.asSvg());
  expect(Math.min(...reached)).toBeCloseTo(1, 1);
  expect(Math.max(...reached)).toBeCloseTo(99, 1);
});

test("a thinned line has a gap where its values are missing, and none where points are merely far apart", () => {
  const ys = new Float64Array(100_000).fill(5);
  ys.fill(NaN, 40_000, 60_000);
  expect(linePath(trace(ys), field(100_000, 10)).asSvg().match(/M/g)).toHaveLength(2);
  const sparse = trace(new Float64Array(100_000).fill(5));
  const xs = Float64Array.from({ length: 100_000 }, (_, at) => (at < 50_000 ? at / 1000 : 90_000 + at / 100));
  expect(linePath({ ...sparse, xs }, field(100_000, 10)).asSvg().match(/M/g)).toHaveLength(1);
});

test("a short line has a gap for each missing value", () => {
  expect(linePath(trace([1, 2, NaN, 3, 4]), field(5, 10)).asSvg().match(/M/g)).toHaveLength(2);
});

test("only what is in view is gone through", () => {
  const all = trace(new Float64Array(1_000_000).fill(1));
  const near = { ...field(1, 2), x: makeScale("linear", { min: 500_000, max: 500_010 }, 0, 500) };
  expect(linePath(all, near).size).toBeLessThan(20);
});

test("many dots on one place are one", () => {
  const same = { ...trace(new Float64Array(100_000).fill(5), "scatter"), xs: new Float64Array(100_000).fill(3) };
  expect(dotsPath(same, field(10, 10), 3).size).toBe(1);
});

test("bars narrower than a pixel keep the longest of each pixel", () => {
  const ys = new Float64Array(200_000).fill(1);
  ys[100_001] = 90;
  const path = barsPath(trace(ys, "bar"), field(200_000, 100), 0.8);
  expect(path.size).toBeLessThanOrEqual(501);
  expect(path.asSvg()).toContain("v90");
});

test("a Bode plot has decades below and decibels at the side", () => {
  const svg = svgOf({
    x_label: "frequency (Hz)", y_label: "gain (dB)", x_scale: "log",
    series: [{ name: "out", x: [1, 10, 100, 1e3, 1e4, 1e5], y: [0, 0, -1, -20, -40, -60] }],
  });
  for (const label of [">1k<", ">10k<", ">-40<", ">frequency (Hz)<", ">gain (dB)<"]) expect(svg).toContain(label);
});

test("a drawing of a heat map has shapes, not a picture, and a scale of colours", () => {
  const svg = svgOf({ series: [{ kind: "heatmap", x: [0, 1], y: [0, 1], z: [[0, 5], [5, 10]] }] });
  expect(svg).not.toContain("<image");
  expect(svg).toContain("rgb(68,1,84)");
  expect(svg).toContain("rgb(253,231,37)");
  expect(svg).toContain(">10<");
});

test("texts of the user stay texts in a drawing", () => {
  const svg = svgOf({ x_label: `<script>"&`, series: [{ x: [1, 2], y: [1, 2] }] });
  expect(svg).toContain("&lt;script>&quot;&amp;");
  expect(svg).not.toContain("<script");
});

test("the colours of a heat map get lighter from the least to the greatest value", () => {
  const light = (value: number) => (heatColour({ min: 0, max: 1 }, value)?.match(/\d+/g) ?? []).reduce((sum, part, at) => sum + Number(part) * ([0.21, 0.72, 0.07][at] ?? 0), 0);
  const steps = Array.from({ length: 21 }, (_, at) => light(at / 20));
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(heatColour({ min: 0, max: 1 }, NaN)).toBeUndefined();
});

test("a cell of a heat map is found also where its axis falls", () => {
  const heat = plotModel({ series: [{ kind: "heatmap", x: [0, 1, 2], y: [20, 10], z: [[1, 2, 3], [4, 5, 6]] }] }).heat;
  expect(heat && cellAt(heat, 2.2, 12)).toEqual({ column: 2, row: 1, value: 6 });
  expect(heat && cellAt(heat, 9, 12)).toBeUndefined();
});

test("reading tells all series at a place, with units", () => {
  const picture = pictureOf({
    x_label: "time (s)", y_label: "voltage (V)",
    series: [{ name: "in", x: [0, 0.001, 0.002], y: [0, 5, 5] }, { name: "out", x: [0, 0.001, 0.002], y: [0, 3.16, NaN] }],
  });
  const layout = layOut(picture, 600, 300);
  const middle = layout.box.left + layout.box.width / 2;
  const reading = readAt(picture.model, layout, new Set(), middle + 5, 50);
  expect(reading?.heading).toBe("time 1 ms");
  expect(reading?.points.map(({ name, text }) => `${name} ${text}`)).toEqual(["in 5 V", "out 3.16 V"]);
  expect(readAt(picture.model, layout, new Set([0, 1]), middle, 50)).toBeNull();
  const end = readAt(picture.model, layout, new Set(), layout.box.left + layout.box.width - 8, 50);
  expect(end?.points.map(({ text }) => text)).toEqual(["5 V", "no value"]);
});

test("keys go from point to point", () => {
  const picture = pictureOf({ series: [{ x: [0, 1, 2], y: [1, 2, 3] }] });
  const layout = layOut(picture, 600, 300);
  const first = nextPlace(picture.model, layout, new Set(), layout.box.left, 1);
  const second = nextPlace(picture.model, layout, new Set(), first, 1);
  expect(second - first).toBeCloseTo(layout.x.slope, 3);
  expect(nextPlace(picture.model, layout, new Set(), second, -1)).toBeCloseTo(first, 3);
});
