import type { BoardLine } from "../../execution/board";

/** Which lines are shown; an empty text stands for all. */
export type LogFilter = { text: string; node: string; stream: string };

export const NO_FILTER: LogFilter = { text: "", node: "", stream: "" };

/** The lines that fit, in the order of time. */
export function chosenLines(lines: readonly BoardLine[], { text, node, stream }: LogFilter): readonly BoardLine[] {
  const wanted = text.trim().toLowerCase();
  const fits = (line: BoardLine) =>
    (node === "" || line.node === node) && (stream === "" || line.stream === stream) && (wanted === "" || line.text.toLowerCase().includes(wanted));
  const chosen = wanted === "" && node === "" && stream === "" ? lines : lines.filter(fits);
  // Nodes report in turns; what they printed in one turn may overlap.
  const ordered = chosen.every((line, at) => line.atMs >= (chosen[at - 1]?.atMs ?? 0));
  return ordered ? chosen.slice() : chosen.toSorted((a, b) => a.atMs - b.atMs);
}

/** Lines as they are copied and saved. */
export function logText(lines: readonly BoardLine[], nameOf?: (node: string) => string): string {
  return lines
    .map(({ atMs, node, stream, text }) => `${(atMs / 1000).toFixed(3)}\t${nameOf ? `${nameOf(node)}\t` : ""}${stream}\t${text}\n`)
    .join("");
}
