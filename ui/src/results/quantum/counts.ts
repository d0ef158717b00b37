/** What a quantum program measured how often. */
export type Counts = { kind: "counts"; shots: number; counts: Record<string, number> };

/** Whether a value is one, told by its surface. */
export function isCounts(value: unknown): value is Counts {
  if (typeof value !== "object" || value === null) return false;
  const { kind, counts } = value as Partial<Counts>;
  return kind === "counts" && typeof counts === "object" && counts !== null;
}

/** The counts as rows, numbers that are none left out, in the order of their bits. */
export function rowsOf({ counts }: Counts): [result: string, count: number][] {
  return Object.entries(counts)
    .filter(([, count]) => typeof count === "number" && count >= 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
