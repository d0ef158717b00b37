// The example workflows of the library: which numbers each must give, and what must be seen of it.

import { expect } from "@playwright/test";

import { nodeOf, type Trace } from "./bench";

/** What an output is shown as. */
export type Sight = "plot" | "scene" | "schematic" | "picture" | "table" | "text";

export type Example = {
  id: string;
  nodes: number;
  /** Checks the results of a run. */
  numbers(results: Results): void;
  /** What is looked at on the page: node, port, form. The first is shown in the picture of the documentation. */
  seen: [node: string, port: string, as: Sight][];
  /** Nodes that need a graphics processor. */
  gpu?: string[];
};

type Table = { columns: { name: string; values: unknown }[] };

/** The results of one run. */
export class Results {
  constructor(readonly trace: Trace) {}

  /** An output, with typed arrays as lists. */
  value<T>(node: string, port: string): T {
    return plain(nodeOf(this.trace, node).outputs[port]) as T;
  }

  column(node: string, port: string, name: string): number[] {
    const { columns } = this.value<Table>(node, port);
    const found = columns.find((column) => column.name === name);
    if (!found) throw new Error(`${node}.${port} has no column ${name}`);
    return found.values as number[];
  }

  /** A number that `measure-waveform` found. */
  measured(node: string, quantity: string): number {
    const { columns } = this.value<Table>(node, "measurements");
    const names = columns[0]?.values as string[];
    return (columns[1]?.values as number[])[names.indexOf(quantity)] ?? Number.NaN;
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const array = (value as { $array?: { values: unknown[] } }).$array;
  if (array) return array.values;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function near(got: number, want: number, tolerance: number, what = "value"): void {
  expect(Math.abs(got - want), `${what} is ${got}, expected ${want} within ${tolerance}`).toBeLessThanOrEqual(tolerance);
}

type Counts = { shots: number; counts: Record<string, number> };

/** Steps of the Mandelbrot iteration in double precision. */
function escape(x: number, y: number, limit: number): number {
  let [re, im, n] = [0, 0, 0];
  while (n < limit && re * re + im * im <= 4) {
    [re, im] = [re * re - im * im + x, 2 * re * im + y];
    n += 1;
  }
  return n;
}

/** Every example of the library. */
export const EXAMPLES: readonly Example[] = [
  {
    id: "vqe-plot-export",
    nodes: 5,
    numbers(results) {
      near(results.value("vqe", "eigenvalue"), -1.137306035753, 1e-6);
      near(results.value("exact", "energy"), -1.137306035753, 2e-8);
    },
    seen: [["plot", "plot", "plot"]],
  },
  {
    id: "h2-dissociation",
    nodes: 8,
    numbers(results) {
      const [vqe, exact] = [results.value<number[]>("vqe", "energies"), results.value<number[]>("exact", "energies")];
      expect(vqe).toHaveLength(25);
      vqe.forEach((energy, k) => near(energy, exact[k] ?? Number.NaN, 1e-6, `distance ${k}`));
      // The lowest of the 25 is next to the bond length; two free atoms have -0.9331637 hartree.
      const lengths = results.value<number[]>("distances", "values");
      near(lengths[vqe.indexOf(Math.min(...vqe))] ?? 0, 0.735, 0.06);
      near(vqe[24] ?? 0, -0.9331637, 1e-3);
    },
    seen: [["plot", "plot", "plot"], ["molecule", "table", "table"]],
  },
  {
    id: "bell-and-ghz",
    nodes: 5,
    numbers(results) {
      for (const [node, outcomes] of [["bell", ["00", "11"]], ["ghz", ["0000", "1111"]]] as const) {
        const { counts, shots } = results.value<Counts>(node, "counts");
        expect(Object.keys(counts).toSorted()).toEqual(outcomes);
        near(counts[outcomes[0]] ?? 0, shots / 2, 5 * Math.sqrt(shots / 4));
      }
      near(results.value("one-qubit", "purity"), 0.5, 1e-9);
    },
    seen: [["ghz-check", "plot", "plot"], ["one-qubit", "scene", "scene"]],
  },
  {
    id: "rc-rlc-transient",
    nodes: 7,
    numbers(results) {
      const [time, out] = [results.value<number[]>("rc", "time"), results.value<number[]>("rc", "v_out")];
      time.forEach((t, k) => near(out[k] ?? 0, 5 * (1 - Math.exp(-t / 1e-3)), 0.05, `volts at ${t} s`));
      near(results.measured("rise", "rise_time"), Math.log(9) * 1e-3, 2.2e-5);
      near(results.value("rlc", "peak"), 5 * (1 + Math.exp((-Math.PI * 500) / Math.sqrt(1e8 - 25e4))), 0.05);
    },
    seen: [["charging", "plot", "plot"], ["rlc", "netlist", "schematic"], ["rlc", "plot", "plot"]],
  },
  {
    id: "filter-bode",
    nodes: 6,
    numbers(results) {
      near(results.value("single", "slope"), -20, 0.1, "dB per decade");
      near(results.value("triple", "slope"), -60, 0.3, "dB per decade");
      near(results.value("single", "corner_frequency"), 1591.55, 2);
      near(results.value("resonance", "peak_gain"), 8.13, 0.05);
    },
    seen: [["gains", "plot", "plot"], ["resonator", "netlist", "schematic"], ["resonance", "phase", "plot"]],
  },
  {
    id: "rectifier",
    nodes: 4,
    numbers(results) {
      near(results.measured("ripple", "frequency"), 100, 0.5);
      near(results.measured("ripple", "peak_to_peak"), 1.6, 0.4);
      near(results.value("ripple", "mean"), 14.5, 0.7);
    },
    seen: [["plot", "plot", "plot"], ["supply", "netlist", "schematic"]],
  },
  {
    id: "rotating-cube",
    nodes: 3,
    numbers(results) {
      expect(results.value("cube", "volume")).toBe(1);
      const { scene } = results.value<{ scene: { animations: { name: string }[] } }>("float", "scene");
      expect(scene.animations.map(({ name }) => name)).toEqual(["turn", "bob"]);
    },
    seen: [["float", "scene", "scene"]],
  },
  {
    id: "lorenz-attractor",
    nodes: 6,
    numbers(results) {
      const [x, y, z] = ["x", "y", "z"].map((name) => results.column("lorenz", "table", name));
      expect(x).toHaveLength(10_001);
      x?.forEach((value, k) => expect(Math.hypot(value, y?.[k] ?? 0, (z?.[k] ?? 0) - 38)).toBeLessThan(41));
    },
    seen: [["attractor", "scene", "scene"], ["parting", "plot", "plot"]],
  },
  {
    id: "csv-statistics",
    nodes: 5,
    numbers(results) {
      expect(results.column("statistics", "statistics", "column")).toEqual(["pm10", "pm2_5", "no2"]);
      expect(results.column("statistics", "statistics", "count")).toEqual([23, 23, 23]);
    },
    seen: [["relation", "plot", "plot"], ["means", "plot", "plot"], ["statistics", "statistics", "table"]],
  },
  {
    id: "clean-and-compare",
    nodes: 7,
    numbers(results) {
      expect(results.column("clean", "report", "count")).toEqual([25, 1, 1, 2, 21]);
      const [, row] = results.value<number[][]>("relations", "matrix");
      expect(row?.[0]).toBeLessThan(-0.9);
    },
    seen: [["relations", "plot", "plot"], ["clean", "table", "table"], ["means", "plot", "plot"]],
  },
  {
    id: "circuit-fit",
    nodes: 4,
    numbers(results) {
      const { d, w, v } = results.value<Record<"d" | "w" | "v", number>>("fit", "parameters");
      near(d, 500, 5);
      near(w, Math.sqrt(1e8 - 25e4), 100);
      near(v, 5, 0.05);
    },
    seen: [["path", "scene", "scene"], ["fit", "plot", "plot"], ["report", "text", "text"]],
  },
  {
    id: "monte-carlo-tolerances",
    nodes: 5,
    numbers(results) {
      near(results.value("darts", "mean"), Math.PI, 5 * results.value<number>("darts", "standard_error"));
      const spread = results.value<number>("filters", "standard_deviation") / results.value<number>("filters", "mean");
      near(spread, Math.hypot(0.025, 0.06), 0.004);
    },
    seen: [["settling", "plot", "plot"], ["spread", "plot", "plot"], ["cloud", "scene", "scene"]],
  },
  {
    id: "image-filters",
    nodes: 6,
    numbers(results) {
      expect(results.value("histogram", "size")).toEqual([320, 240]);
      for (const node of ["picture", "blur", "median", "sharpen", "edges"]) {
        expect(results.value(node, "image")).toMatch(/^data:image\/png;base64,/);
      }
    },
    seen: [["edges", "image", "picture"], ["blur", "image", "picture"], ["histogram", "plot", "plot"]],
  },
  {
    id: "waveform-spectrum",
    nodes: 5,
    numbers(results) {
      const [frequency, amplitude] = ["frequency", "amplitude"].map((name) => results.column("spectrum", "spectrum", name));
      for (const n of [1, 3, 5]) near(amplitude?.[frequency?.indexOf(50 * n) ?? -1] ?? 0, 4 / (Math.PI * n), 0.03, `line ${n}`);
      near(amplitude?.[frequency?.indexOf(330) ?? -1] ?? 0, 0.4, 0.02, "hum");
    },
    seen: [["axes", "plot", "plot"]],
  },
  {
    id: "matrix-on-gpu",
    nodes: 10,
    gpu: ["gpu", "fractal"],
    numbers(results) {
      const [gpu, cpu] = [results.value<number[]>("gpu", "product"), results.value<number[][]>("cpu", "product").flat()];
      expect(gpu).toHaveLength(96 * 96);
      // Sums of 96 products of numbers around 1, in single precision.
      gpu.forEach((value, k) => near(value, cpu[k] ?? Number.NaN, 2e-4, `number ${k}`));
      expect(results.value<number>("difference", "relative")).toBeLessThan(2e-6);
      const steps = results.value<number[]>("fractal", "steps");
      expect(steps).toHaveLength(240 * 180);
      const different = steps.filter((n, k) => {
        const [column, row] = [k % 240, Math.floor(k / 240)];
        return n !== escape(-0.6 + (column + 0.5 - 120) * (3 / 240), (row + 0.5 - 90) * (3 / 240), 100);
      });
      // Single precision decides otherwise at few points of the edge.
      expect(different.length / steps.length).toBeLessThan(0.01);
    },
    seen: [["picture", "plot", "plot"]],
  },
];
