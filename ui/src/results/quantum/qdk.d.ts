/** The parts of the QDK's components that are used here; see `scripts/qdkComponents.mjs`. */

declare module "qdk/circuit-vis/index.ts" {
  /** Draws a group of circuits into an element. */
  export function draw(circuits: unknown, container: HTMLElement, options?: { renderDepth?: number }): unknown;
}

declare module "qdk/histogram.tsx" {
  import type { FunctionComponent } from "preact";

  export const Histogram: FunctionComponent<{
    shotCount: number;
    data: Map<string, number>;
    filter: string;
    onFilter: (filter: string) => void;
    shotsHeader: boolean;
    labels?: "raw" | "kets" | "none";
    items?: "all" | "top-10" | "top-25";
    sort?: "a-to-z" | "high-to-low" | "low-to-high";
  }>;
}

declare module "qdk/qsharp-circuit.css" {}
