import uPlot from "uplot";

import { formatNumber } from "../summary";
import type { PlotModel } from "./model";
import { tracePaths } from "./paths";

/** The colours of a chart, as the canvas understands them. */
export type Palette = { text: string; dim: string; line: string; font: string; traces: string[] };

const N_COLOURS = 8;

/** Reads the colours of the theme that is on. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const traces = Array.from({ length: N_COLOURS }, (_, at) => colour(`--plot-${at + 1}`));
  const font = getComputedStyle(element).fontFamily;
  const palette = { text: colour("--text"), dim: colour("--dim"), line: colour("--line"), font, traces };
  probe.remove();
  return palette;
}

/** The colour of a trace. */
export function traceColour({ traces }: Palette, at: number): string {
  return traces[at % traces.length] ?? "currentcolor";
}

/** Draws a model into `element`. The points stay where they are: uPlot is given the bounds only. */
export function drawChart(
  element: HTMLElement,
  model: PlotModel,
  palette: Palette,
  size: { width: number; height: number },
  onCursor: (u: uPlot) => void,
): uPlot {
  const series: uPlot.Series[] = model.traces.map((trace, at) => {
    const colour = traceColour(palette, at);
    const fill = trace.kind === "line" ? undefined : translucent(colour, trace.kind === "bar" ? 0.75 : 0.55);
    return {
      label: trace.name,
      stroke: colour,
      width: trace.kind === "line" ? 2 : 1,
      points: { show: false },
      paths: (u) => tracePaths(u, trace, model.barWidth),
      ...(fill && { fill }),
    };
  });
  const edges: [number, number] = [model.x.min, model.x.max];
  const heights: [number, number] = [model.y.min, model.y.max];
  return new uPlot(
    {
      ...size,
      legend: { show: false },
      padding: [10, 14, 0, 0],
      cursor: { drag: { x: true, y: true, uni: 24 }, points: { show: false } },
      scales: { x: { time: false, range: (_, min, max) => padded(min, max, 0.015) }, y: { range: (_, min, max) => padded(min, max, 0.06) } },
      axes: [xAxis(model, palette), yAxis(model, palette)],
      series: [{}, ...series],
      hooks: { setCursor: [onCursor] },
    },
    [edges, ...series.map(() => heights)],
    element,
  );
}

function axis({ dim, line, font }: Palette, label: string): uPlot.Axis {
  return {
    stroke: dim,
    font: `11px ${font}`,
    labelFont: `12px ${font}`,
    labelGap: 2,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 5 },
    ...(label && { label, labelSize: 18 }),
  };
}

function xAxis({ xLabel, categories }: PlotModel, palette: Palette): uPlot.Axis {
  if (!categories) return { ...axis(palette, xLabel), size: 26 };
  return {
    ...axis(palette, xLabel),
    size: 26,
    splits(u) {
      const room = Math.max(Math.floor(u.width / 70), 1);
      const step = Math.max(Math.ceil(categories.length / room), 1);
      return categories.map((_, at) => at).filter((at) => at % step === 0);
    },
    values: (_, splits) => splits.map((at) => shorten(categories[at] ?? "")),
  };
}

function yAxis({ yLabel }: PlotModel, palette: Palette): uPlot.Axis {
  return {
    ...axis(palette, yLabel),
    size: (_, values) => 16 + 6.6 * Math.max(3, ...(values ?? []).map((text) => text.length)),
    values: (_, splits) => labels(splits),
  };
}

/** Labels with the same number of digits, as many as the steps between them need. */
function labels(splits: readonly number[]): string[] {
  const step = Math.abs((splits[1] ?? 0) - (splits[0] ?? 0));
  const largest = Math.max(...splits.map(Math.abs));
  if (step === 0 || largest >= 1e6 || largest < 1e-3) return splits.map(formatNumber);
  const digits = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 8);
  return splits.map((value) => value.toFixed(digits));
}

function padded(min: number, max: number, share: number): [number, number] {
  const room = max - min || Math.abs(max) || 1;
  return [min - room * share, max + room * share];
}

function shorten(text: string): string {
  return text.length > 12 ? `${text.slice(0, 11)}…` : text;
}

function translucent(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
