/** Plots as files: a picture, a drawing, a table. */
import { csvLine, type DownloadFile } from "../download";
import type { Plot } from "../value";
import { canvasPen } from "./canvasPen";
import { drawPlot, layOut, type Picture } from "./draw";
import { traceColour } from "./palette";
import { type Pen, textWidth } from "./pen";
import { SvgPen } from "./svgPen";

type Size = { width: number; height: number };

const ROWS_PER_PART = 5_000;
/** Pictures have this many pixels for one on screen. */
const PNG_FINENESS = 2;
const HEAD = 34;
const LEGEND_ROW = 24;
const MARGIN = 14;

/** A plot as CSV: one row for each point, in parts so that no text holds it whole. */
export function plotCsv({ series, x_label, y_label, z_label }: Plot): string[] {
  const maps = series.some(({ z }) => z);
  const parts = [csvLine(["series", x_label || "x", y_label || "y", ...(maps ? [z_label || "z"] : [])])];
  for (const [at, { name, x, y, z }] of series.entries()) {
    const label = name ?? `series ${at + 1}`;
    const lines: unknown[][] = [];
    const flush = () => {
      parts.push(lines.map(csvLine).join(""));
      lines.length = 0;
    };
    for (let row = 0; row < y.length; row += 1) {
      if (!z) lines.push([label, x[row], y[row]]);
      else for (let column = 0; column < x.length; column += 1) lines.push([label, x[column], y[row], z[row]?.[column]]);
      if (lines.length >= ROWS_PER_PART) flush();
    }
    flush();
  }
  return parts;
}

/** A chart as it is on screen, with its title and series, as a vector drawing. */
export function plotSvg(picture: Picture, name: string, size: Size): DownloadFile {
  const whole = withFrame(picture, size);
  const pen = new SvgPen(whole.width, whole.height, picture.palette.font);
  drawFile(pen, picture, name, size);
  return { name: `${name}.svg`, mime: "image/svg+xml", parts: [pen.document(picture.model.title || name)] };
}

/** A chart as it is on screen, with its title and series, as a picture of twice the size. */
export async function plotPng(picture: Picture, name: string, size: Size): Promise<DownloadFile> {
  const whole = withFrame(picture, size);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(whole.width * PNG_FINENESS);
  canvas.height = Math.round(whole.height * PNG_FINENESS);
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("this browser gives no canvas to draw the picture on");
  drawFile(canvasPen(ctx, PNG_FINENESS, picture.palette.font), picture, name, size);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("this browser could not make a PNG of the chart");
  return { name: `${name}.png`, mime: "image/png", parts: [blob] };
}

function drawFile(pen: Pen, picture: Picture, name: string, size: Size): void {
  const { model, palette } = picture;
  pen.box({ left: 0, top: 0, ...withFrame(picture, size) }, palette.panel);
  pen.text(model.title || name, MARGIN, HEAD / 2 + 2, { colour: palette.text, size: 15, bold: true });
  pen.lowered(HEAD, () => drawPlot(pen, picture, layOut(picture, size.width, size.height)));
  for (const { trace, label, left, row } of legend(picture, size.width)) {
    const middle = HEAD + size.height + LEGEND_ROW * (row + 0.5);
    pen.box({ left, top: middle - 2, width: 14, height: 4 }, traceColour(palette, trace));
    pen.text(label, left + 20, middle, { colour: palette.text, size: 12 });
  }
}

function withFrame(picture: Picture, { width, height }: Size): Size {
  const rows = Math.max(0, ...legend(picture, width).map(({ row }) => row + 1));
  return { width, height: HEAD + height + rows * LEGEND_ROW + 8 };
}

/** The visible series, in as many rows as they need. */
function legend({ model, hidden }: Picture, width: number) {
  let left = MARGIN;
  let row = 0;
  return model.traces.flatMap(({ name }, trace) => {
    if (hidden.has(trace)) return [];
    const label = name.length > 60 ? `${name.slice(0, 59)}…` : name;
    const wide = 38 + textWidth(label, 12);
    if (left + wide > width && left > MARGIN) {
      left = MARGIN;
      row += 1;
    }
    const place = { trace, label, left, row };
    left += wide;
    return [place];
  });
}
