/** What charts are drawn with: a canvas on screen, SVG in a file. */

export type Box = { left: number; top: number; width: number; height: number };

export type TextStyle = {
  colour: string;
  size: number;
  bold?: boolean;
  align?: "left" | "center" | "right";
  /** Written upwards. */
  turned?: boolean;
};

/** Draws in CSS pixels. */
export type Pen = {
  /** How fine the drawing can be: device pixels for one pixel. */
  readonly fineness: number;
  /** How coarse pixels should be that are drawn with `pixels`. */
  readonly grain: number;
  box(box: Box, colour: string): void;
  stroke(path: Path, colour: string, width: number): void;
  fill(path: Path, colour: string, opacity: number): void;
  /** Text whose middle line is at `y`. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** RGBA pixels, stretched over a box. */
  pixels(box: Box, width: number, height: number, rgba: Uint8ClampedArray<ArrayBuffer>): void;
  /** Draws, cut off at the edges of a box. */
  within(box: Box, draw: () => void): void;
  /** Draws with everything moved down. */
  lowered(by: number, draw: () => void): void;
};

const MOVE = 0;
const LINE = 1;
const RECT = 2;
const DOT = 3;

/** A path as a list of numbers, cheap to make and to draw. */
export class Path {
  readonly #parts: number[] = [];
  /** How many points and shapes it has. */
  size = 0;

  move(x: number, y: number): void {
    this.#add(MOVE, x, y);
  }
  line(x: number, y: number): void {
    this.#add(LINE, x, y);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#add(RECT, x, y, width, height);
  }
  dot(x: number, y: number, radius: number): void {
    this.#add(DOT, x, y, radius);
  }

  /** The path for a canvas. */
  onCanvas(): Path2D {
    const path = new Path2D();
    this.#each({
      move: (x, y) => path.moveTo(x, y),
      line: (x, y) => path.lineTo(x, y),
      rect: (x, y, width, height) => path.rect(x, y, width, height),
      dot(x, y, radius) {
        path.moveTo(x + radius, y);
        path.arc(x, y, radius, 0, 2 * Math.PI);
      },
    });
    return path;
  }

  /** The path as SVG writes it, to a hundredth of a pixel. */
  asSvg(): string {
    const parts: string[] = [];
    const n = (value: number) => String(Math.round(value * 100) / 100);
    this.#each({
      move: (x, y) => parts.push(`M${n(x)} ${n(y)}`),
      line: (x, y) => parts.push(`L${n(x)} ${n(y)}`),
      rect: (x, y, width, height) => parts.push(`M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`),
      dot: (x, y, r) => parts.push(`M${n(x - r)} ${n(y)}a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0z`),
    });
    return parts.join("");
  }

  #add(...part: number[]): void {
    this.size += 1;
    this.#parts.push(...part);
  }

  #each(to: {
    move(x: number, y: number): void;
    line(x: number, y: number): void;
    rect(x: number, y: number, width: number, height: number): void;
    dot(x: number, y: number, radius: number): void;
  }): void {
    const parts = this.#parts;
    let at = 0;
    const next = () => parts[at++] ?? 0;
    while (at < parts.length) {
      switch (next()) {
        case MOVE:
          to.move(next(), next());
          break;
        case LINE:
          to.line(next(), next());
          break;
        case RECT:
          to.rect(next(), next(), next(), next());
          break;
        default:
          to.dot(next(), next(), next());
      }
    }
  }
}

/** About how wide a text is: the same guess on every machine, so that a chart is laid out alike everywhere. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.56;
}
