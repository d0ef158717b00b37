/** Shows circuits and counts of quantum programs. */
import { isFileOf, lazyView, type Viewer } from "../viewer";
import { isCounts } from "./counts";

export const viewers: readonly Viewer[] = [
  {
    id: "circuit",
    title: "Circuit",
    rank: 7,
    matches: (value) => isFileOf(value, "application/x-qdk-circuit+json"),
    component: lazyView(async () => (await import("./CircuitView")).CircuitView),
  },
  {
    id: "histogram",
    title: "Histogram",
    rank: 5,
    matches: isCounts,
    component: lazyView(async () => (await import("./HistogramView")).HistogramView),
  },
];
