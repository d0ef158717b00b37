import type { Box, Pen } from "./pen";

/** A pen on a canvas that has `fineness` device pixels for one pixel. */
export function canvasPen(ctx: CanvasRenderingContext2D, fineness: number, font: string): Pen {
  ctx.setTransform(fineness, 0, 0, fineness, 0, 0);
  ctx.lineJoin = "round";
  return {
    fineness,
    grain: 1,
    box({ left, top, width, height }, colour) {
      ctx.fillStyle = colour;
      ctx.fillRect(left, top, width, height);
    },
    stroke(path, colour, width) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke(path.onCanvas());
    },
    fill(path, colour, opacity) {
      ctx.globalAlpha = opacity;
      ctx.fillStyle = colour;
      ctx.fill(path.onCanvas());
      ctx.globalAlpha = 1;
    },
    text(text, x, y, { colour, size, bold, align = "left", turned }) {
      ctx.save();
      ctx.translate(x, y);
      if (turned) ctx.rotate(-Math.PI / 2);
      ctx.font = `${bold ? 620 : 400} ${size}px ${font}`;
      ctx.fillStyle = colour;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      ctx.fillText(text, 0, 0);
      ctx.restore();
    },
    pixels({ left, top, width, height }, nColumns, nRows, rgba) {
      if (nColumns === 0 || nRows === 0) return;
      const source = new OffscreenCanvas(nColumns, nRows);
      source.getContext("2d")?.putImageData(new ImageData(rgba, nColumns, nRows), 0, 0);
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(source, left, top, width, height);
    },
    within(box: Box, draw) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(box.left, box.top, box.width, box.height);
      ctx.clip();
      draw();
      ctx.restore();
    },
    lowered(by, draw) {
      ctx.save();
      ctx.translate(0, by);
      draw();
      ctx.restore();
    },
  };
}
