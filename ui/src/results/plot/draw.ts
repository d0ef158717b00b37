/** Draws a plot with a pen: the same on screen and in files. */
import { formatNumber } from "../summary";
import { heatColour, heatPixels } from "./heat";
import type { Axis, PlotModel } from "./model";
import { type Palette, traceColour } from "./palette";
import { barsPath, dotsPath, type Field, linePath, marksPath } from "./paths";
import { type Box, Path, type Pen, textWidth } from "./pen";
import { type Bounds, makeScale, type Scale, toPixel } from "./scale";
import { type Ticks, ticksOf } from "./ticks";

/** The part of the axes that is shown. */
export type View = { x: Bounds; y: Bounds };

/** What to draw. */
export type Picture = {
  model: PlotModel;
  view: View;
  hidden: ReadonlySet<number>;
  palette: Palette;
  /** Left out where the plot is but a thumbnail. */
  bare?: boolean;
};

/** Where things are in a chart of some size. */
export type Layout = { box: Box; x: Scale; y: Scale; xTicks: Ticks; yTicks: Ticks };

const SMALL = 11;
const LABEL = 12;
const SCALE_WIDTH = 12;

/** Places a chart within `width` by `height`. */
export function layOut({ model, view, bare }: Picture, width: number, height: number): Layout {
  const foot = bare ? 2 : 24 + (model.x.label ? 17 : 0);
  const top = bare ? 2 : 10;
  const inner = Math.max(height - top - foot, 20);
  const y = makeScale(model.y.scale, view.y, top + inner, top);
  const yTicks = ticksOf(y, tickStyle(model.y, 42));
  const widest = Math.max(14, ...yTicks.major.map(({ label }) => textWidth(label, SMALL)));
  const left = bare ? 2 : Math.ceil(widest + 12 + (model.y.label ? 18 : 0));
  const right = bare ? 2 : 14 + (model.heat ? SCALE_WIDTH + 26 + scaleLabelWidth(model.heat.range) : 0);
  const box = { left, top, width: Math.max(width - left - right, 20), height: inner };
  const x = makeScale(model.x.scale, view.x, box.left, box.left + box.width);
  return { box, x, y, xTicks: ticksOf(x, tickStyle(model.x, 74)), yTicks };
}

/** Draws the whole chart. */
export function drawPlot(pen: Pen, picture: Picture, layout: Layout): void {
  const { model, bare } = picture;
  if (!bare && !model.heat) drawGrid(pen, picture, layout);
  pen.within(layout.box, () => {
    if (model.heat) drawHeat(pen, picture, layout);
    drawTraces(pen, picture, layout);
  });
  if (bare) return;
  drawAxes(pen, picture, layout);
  if (model.heat) drawColourScale(pen, picture, layout);
}

function tickStyle({ unit, integer, categories }: Axis, room: number) {
  return { room, unit, integer, categories };
}

function drawGrid(pen: Pen, { palette }: Picture, { box, x, y, xTicks, yTicks }: Layout): void {
  const fine = new Path();
  const grid = new Path();
  const across = (path: Path, value: number) => {
    const top = sharp(toPixel(y, value));
    path.move(box.left, top);
    path.line(box.left + box.width, top);
  };
  const down = (path: Path, value: number) => {
    const left = sharp(toPixel(x, value));
    path.move(left, box.top);
    path.line(left, box.top + box.height);
  };
  for (const value of yTicks.minor) across(fine, value);
  for (const value of xTicks.minor) down(fine, value);
  for (const { value } of yTicks.major) across(grid, value);
  for (const { value } of xTicks.major) down(grid, value);
  pen.stroke(fine, palette.line, 0.5);
  pen.stroke(grid, palette.line, 1);
}

function drawTraces(pen: Pen, { model, hidden, palette, bare }: Picture, { box, x, y }: Layout): void {
  const field: Field = { x, y, box, fineness: pen.fineness };
  for (const [at, trace] of model.traces.entries()) {
    if (hidden.has(at)) continue;
    const colour = traceColour(palette, at);
    if (trace.kind === "bar") pen.fill(barsPath(trace, field, model.barWidth), colour, 0.85);
    else if (trace.kind === "scatter") pen.fill(dotsPath(trace, field, bare ? 1.5 : 3), colour, 0.7);
    else {
      pen.stroke(linePath(trace, field), colour, bare ? 1.2 : 1.8);
      const marks = bare ? undefined : marksPath(trace, field);
      if (marks) pen.fill(marks, colour, 1);
    }
  }
}

function drawHeat(pen: Pen, { model: { heat } }: Picture, { box, x, y }: Layout): void {
  if (!heat) return;
  const width = Math.max(Math.round(box.width / pen.grain), 1);
  const height = Math.max(Math.round(box.height / pen.grain), 1);
  const toLocal = (scale: Scale, start: number, share: number): Scale => ({
    ...scale,
    slope: scale.slope * share,
    offset: (scale.offset - start) * share,
  });
  const pixels = heatPixels(heat, toLocal(x, box.left, width / box.width), toLocal(y, box.top, height / box.height), width, height);
  pen.pixels(box, width, height, pixels);
}

function drawAxes(pen: Pen, { model, palette }: Picture, { box, x, y, xTicks, yTicks }: Layout): void {
  const bottom = box.top + box.height;
  const frame = new Path();
  frame.move(sharp(box.left), box.top);
  frame.line(sharp(box.left), sharp(bottom));
  frame.line(box.left + box.width, sharp(bottom));
  for (const { value } of xTicks.major) {
    const left = sharp(toPixel(x, value));
    frame.move(left, bottom);
    frame.line(left, bottom + 4);
  }
  for (const { value } of yTicks.major) {
    const top = sharp(toPixel(y, value));
    frame.move(box.left, top);
    frame.line(box.left - 4, top);
  }
  pen.stroke(frame, palette.faint, 1);
  const small = { colour: palette.dim, size: SMALL };
  for (const { value, label } of xTicks.major) pen.text(label, toPixel(x, value), bottom + 13, { ...small, align: "center" });
  for (const { value, label } of yTicks.major) pen.text(label, box.left - 7, toPixel(y, value), { ...small, align: "right" });
  const words = { colour: palette.dim, size: LABEL, align: "center" } as const;
  if (model.x.label) pen.text(model.x.label, box.left + box.width / 2, bottom + 31, words);
  if (model.y.label) pen.text(model.y.label, 10, box.top + box.height / 2, { ...words, turned: true });
}

/** The colours of a heat map beside it, with what they stand for. */
function drawColourScale(pen: Pen, { model: { heat }, palette }: Picture, { box }: Layout): void {
  if (!heat) return;
  const left = box.left + box.width + 14;
  const n = Math.max(Math.round(box.height), 1);
  const { min, max } = heat.range;
  for (let at = 0; at < n; at += 4) {
    const colour = heatColour(heat.range, max - ((max - min) * at) / n) ?? palette.line;
    pen.box({ left, top: box.top + (box.height * at) / n, width: SCALE_WIDTH, height: Math.min(4.4, box.height - at) }, colour);
  }
  const scale = makeScale("linear", heat.range, box.top + box.height, box.top);
  const style = { colour: palette.dim, size: SMALL };
  for (const { value, label } of ticksOf(scale, { room: 42, unit: "" }).major) {
    pen.text(label, left + SCALE_WIDTH + 5, toPixel(scale, value), style);
  }
  if (heat.label) pen.text(heat.label, left + SCALE_WIDTH + scaleLabelWidth(heat.range) + 16, box.top + box.height / 2, { ...style, align: "center", turned: true });
}

function scaleLabelWidth({ min, max }: Bounds): number {
  const scale = makeScale("linear", { min, max }, 200, 0);
  const labels = ticksOf(scale, { room: 42, unit: "" }).major.map(({ label }) => label);
  return Math.max(...labels.map((label) => textWidth(label, SMALL)), textWidth(formatNumber(0), SMALL));
}

/** A line of one pixel is sharp in the middle of a pixel. */
function sharp(pixel: number): number {
  return Math.round(pixel) + 0.5;
}
