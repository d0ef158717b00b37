import type { Box, Pen } from "./pen";

/** A pen that writes SVG: everything is a shape or a text, nothing a picture. */
export class SvgPen implements Pen {
  readonly fineness = 2;
  /** Every pixel of a picture is a shape here, so there are no more than need be. */
  readonly grain = 2;
  readonly #parts: string[] = [];
  #nClips = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly font: string,
  ) {}

  /** The whole file. */
  document(title: string): string {
    const { width, height } = this;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(this.font)}" role="img">`,
      `<title>${escape(title)}</title>`,
      ...this.#parts,
      "</svg>",
      "",
    ].join("\n");
  }

  box: Pen["box"] = ({ left, top, width, height }, colour) => {
    this.#parts.push(`<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`);
  };

  stroke: Pen["stroke"] = (path, colour, width) => {
    if (path.size === 0) return;
    this.#parts.push(`<path d="${path.asSvg()}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`);
  };

  fill: Pen["fill"] = (path, colour, opacity) => {
    if (path.size === 0) return;
    this.#parts.push(`<path d="${path.asSvg()}" fill="${colour}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ""}/>`);
  };

  text: Pen["text"] = (text, x, y, { colour, size, bold, align = "left", turned }) => {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const turn = turned ? ` transform="rotate(-90 ${round(x)} ${round(y)})"` : "";
    this.#parts.push(
      `<text x="${round(x)}" y="${round(y)}" dy="0.35em" font-size="${size}" font-weight="${bold ? 620 : 400}" text-anchor="${anchor}" fill="${colour}"${turn}>${escape(text)}</text>`,
    );
  };

  /** Runs of one colour become rectangles. */
  pixels: Pen["pixels"] = ({ left, top, width, height }, nColumns, nRows, rgba) => {
    const words = new Uint32Array(rgba.buffer, rgba.byteOffset, nColumns * nRows);
    const cell = { width: width / nColumns, height: height / nRows };
    const paths = new Map<number, string[]>();
    for (let row = 0; row < nRows; row += 1) {
      for (let from = 0; from < nColumns; ) {
        const colour = words[row * nColumns + from] ?? 0;
        let to = from + 1;
        while (to < nColumns && words[row * nColumns + to] === colour) to += 1;
        if (colour !== 0) {
          const path = paths.get(colour) ?? [];
          // A little more than the cell, or the background shines through between neighbours.
          const size = { width: round((to - from) * cell.width + 0.3), height: round(cell.height + 0.3) };
          path.push(`M${round(left + from * cell.width)} ${round(top + row * cell.height)}h${size.width}v${size.height}h${-size.width}z`);
          paths.set(colour, path);
        }
        from = to;
      }
    }
    for (const [colour, path] of paths) {
      const [red, green, blue] = new Uint8Array(Uint32Array.of(colour).buffer);
      this.#parts.push(`<path d="${path.join("")}" fill="rgb(${red},${green},${blue})"/>`);
    }
  };

  within: Pen["within"] = ({ left, top, width, height }: Box, draw) => {
    const id = `clip-${(this.#nClips += 1)}`;
    this.#parts.push(
      `<clipPath id="${id}"><rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}"/></clipPath>`,
      `<g clip-path="url(#${id})">`,
    );
    draw();
    this.#parts.push("</g>");
  };

  lowered: Pen["lowered"] = (by, draw) => {
    this.#parts.push(`<g transform="translate(0 ${round(by)})">`);
    draw();
    this.#parts.push("</g>");
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex -- XML cannot hold them
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
