/** Reads the binary files that the simulator writes its vectors to. */

/** One vector: a value for each point of the analysis. */
export type Vector = {
  /** As the simulator calls it, in lower case: `v(out)`, `i(v1)`, `time`. */
  name: string;
  /** `voltage`, `current`, `time`, `frequency`, … */
  type: string;
  re: Float64Array;
  /** The imaginary parts, where the analysis has complex results. */
  im: Float64Array | null;
};

/** What one analysis, or a part of it, gave. */
export type Plot = { title: string; name: string; points: number; vectors: Vector[] };

const MARK = "Binary:\n";

/** Every plot of a raw file, in the order of the file. */
export function readRaw(bytes: Uint8Array): Plot[] {
  const plots: Plot[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = find(bytes, MARK, at);
    if (end < 0) break;
    const header = new TextDecoder().decode(bytes.subarray(at, end));
    const { plot, complex } = readHeader(header);
    const from = end + MARK.length;
    const size = plot.points * plot.vectors.length * (complex ? 16 : 8);
    fillVectors(plot, new DataView(bytes.buffer, bytes.byteOffset + from, size), complex);
    plots.push(plot);
    at = from + size;
  }
  return plots;
}

function readHeader(header: string): { plot: Plot; complex: boolean } {
  const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(header)?.[1]?.trim() ?? "";
  const complex = /\bcomplex\b/.test(field("Flags"));
  const points = Number(field("No. Points"));
  const rows = header.slice(header.indexOf("Variables:\n", header.indexOf("No. Points")) + "Variables:\n".length).split("\n");
  const vectors = rows
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row.length >= 3)
    .map(([, name = "", type = ""]) => ({
      name: name.toLowerCase(),
      type,
      re: new Float64Array(points),
      im: complex ? new Float64Array(points) : null,
    }));
  return { plot: { title: field("Title"), name: field("Plotname"), points, vectors }, complex };
}

function fillVectors({ points, vectors }: Plot, data: DataView, complex: boolean): void {
  const step = complex ? 16 : 8;
  for (let point = 0; point < points; point += 1) {
    for (const [index, vector] of vectors.entries()) {
      const at = (point * vectors.length + index) * step;
      vector.re[point] = data.getFloat64(at, true);
      if (vector.im) vector.im[point] = data.getFloat64(at + 8, true);
    }
  }
}

function find(bytes: Uint8Array, text: string, from: number): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = from; at <= bytes.length - wanted.length; at += 1) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
