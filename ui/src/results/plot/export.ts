import type uPlot from "uplot";

import { csvLine, saveParts } from "../download";
import type { Plot } from "../value";
import { type Palette, traceColour } from "./chart";
import type { PlotModel } from "./model";

const ROWS_PER_PART = 5_000;

/** A plot as CSV: one row for each point, in parts so that no text holds it whole. */
export function plotCsv({ series, x_label, y_label }: Plot): string[] {
  const parts = [csvLine(["series", x_label || "x", y_label || "y"])];
  for (const [at, { name, x, y }] of series.entries()) {
    for (let from = 0; from < y.length; from += ROWS_PER_PART) {
      let part = "";
      const to = Math.min(from + ROWS_PER_PART, y.length);
      for (let row = from; row < to; row += 1) part += csvLine([name ?? `series ${at + 1}`, x[row], y[row]]);
      parts.push(part);
    }
  }
  return parts;
}

/** Saves a chart as it is on screen, with its title and series, as a PNG. */
export async function plotPng(u: uPlot, model: PlotModel, palette: Palette, name: string): Promise<void> {
  const scale = devicePixelRatio;
  const source = u.ctx.canvas;
  const head = 34 * scale;
  const foot = 30 * scale;
  const canvas = document.createElement("canvas");
  canvas.width = source.width;
  canvas.height = source.height + head + foot;
  const ctx = canvas.getContext("2d");
  if (!ctx) return;
  ctx.fillStyle = getComputedStyle(u.root.closest("figure") ?? document.body).backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(source, 0, head);

  ctx.fillStyle = palette.text;
  ctx.textBaseline = "middle";
  ctx.font = `600 ${14 * scale}px ${palette.font}`;
  ctx.fillText(model.title || name, 14 * scale, head / 2);

  ctx.font = `${12 * scale}px ${palette.font}`;
  let left = 14 * scale;
  const middle = canvas.height - foot / 2;
  for (const [at, { name: label }] of model.traces.entries()) {
    ctx.fillStyle = traceColour(palette, at);
    ctx.fillRect(left, middle - 2 * scale, 14 * scale, 4 * scale);
    ctx.fillStyle = palette.text;
    ctx.fillText(label, left + 20 * scale, middle);
    left += 38 * scale + ctx.measureText(label).width;
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) saveParts(`${name}.png`, "image/png", [blob]);
}
