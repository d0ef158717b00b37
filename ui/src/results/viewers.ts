/**
 * Finds the viewers that fit a value. Those for special values stand in a
 * folder each, whose `viewer.ts` exports `viewers`; the rest are built in.
 */
import { BUILT_IN } from "./builtIn";
import type { About, Viewer } from "./viewer";

const FOUND = import.meta.glob<readonly Viewer[]>("./*/viewer.ts", { eager: true, import: "viewers" });

const ALL: readonly Viewer[] = [...Object.values(FOUND).flat(), ...BUILT_IN].toSorted((a, b) => a.rank - b.rank);

/** Every viewer that fits a value, the most telling one first. */
export function viewersOf(value: unknown, about: About): Viewer[] {
  return ALL.filter((viewer) => viewer.matches(value, about));
}

/** How telling a value is: the less, the earlier it should be shown. */
export function rankOf(value: unknown, about: About): number {
  return ALL.find((viewer) => viewer.matches(value, about))?.rank ?? Infinity;
}
