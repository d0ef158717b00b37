/** Shows netlists as schematics. */
import { isFileOf, lazyView, type Viewer } from "../viewer";

export const viewers: readonly Viewer[] = [
  {
    id: "schematic",
    title: "Schematic",
    rank: 7,
    matches: (value) => isFileOf(value, "application/x-spice"),
    component: lazyView(async () => (await import("./SchematicView")).SchematicView),
  },
];
