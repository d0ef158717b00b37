/** The colours of a chart as canvas and SVG understand them. */
export type Palette = { text: string; dim: string; line: string; faint: string; panel: string; font: string; traces: string[] };

const N_COLOURS = 8;

/** Reads the colours of the theme that is on. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    text: colour("--text"),
    dim: colour("--dim"),
    line: colour("--line"),
    faint: colour("--line-strong"),
    panel: colour("--panel"),
    font: getComputedStyle(element).fontFamily,
    traces: Array.from({ length: N_COLOURS }, (_, at) => colour(`--plot-${at + 1}`)),
  };
  probe.remove();
  return palette;
}

/** The colour of a trace. */
export function traceColour({ traces }: Palette, at: number): string {
  return traces[at % traces.length] ?? "currentcolor";
}
