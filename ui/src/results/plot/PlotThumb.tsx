import { useEffect, useMemo, useRef } from "react";

import { useTheme } from "../../app/theme";
import type { Plot } from "../value";
import { canvasPen } from "./canvasPen";
import { drawPlot, layOut } from "./draw";
import { plotModel } from "./model";
import { readPalette } from "./palette";

const NONE: ReadonlySet<number> = new Set();

/** A plot without axes, as small as a card. */
export function PlotThumb({ plot }: { plot: Plot }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const model = useMemo(() => plotModel(plot), [plot]);
  const theme = useTheme();
  useEffect(() => {
    const target = canvas.current;
    const ctx = target?.getContext("2d");
    if (!target?.parentElement || !ctx) return;
    const palette = readPalette(target.parentElement);
    const { clientWidth: width, clientHeight: height } = target;
    const fineness = devicePixelRatio || 1;
    target.width = Math.round(width * fineness);
    target.height = Math.round(height * fineness);
    const picture = { model, view: { x: model.x.all, y: model.y.all }, hidden: NONE, palette, bare: true };
    drawPlot(canvasPen(ctx, fineness, palette.font), picture, layOut(picture, width, height));
  }, [model, theme]);
  return <canvas ref={canvas} aria-hidden="true" />;
}
