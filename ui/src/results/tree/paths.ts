/** Places inside a value: their names, their children, and finding them. */
import { formatNumber } from "../summary";
import type { Work } from "../table/order";
import { isList, keysOf } from "../value";

export type Step = string | number;

/** A child, or the children from one index to another of a list that is too long to show at once. */
export type Child = { step: Step; value: unknown } | { from: number; to: number };

export type Found = { steps: Step[]; value: unknown };

const PAGE = 100;
const MAX_FOUND = 300;
const PER_STEP = 5_000;

/** A path as JavaScript and Python write it: `rows[3].name`. */
export function pathText(steps: readonly Step[]): string {
  const text = steps.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return text.join("").replace(/^\./, "");
}

/** The children of a value from one index to another; many of them come in groups of a hundred. */
export function childrenOf(value: object, from = 0, to = sizeOf(value)): Child[] {
  const keys = isList(value) ? undefined : keysOf(value);
  const n = to - from;
  if (n <= PAGE) {
    return Array.from({ length: n }, (_, at) => {
      const step = keys?.[from + at] ?? from + at;
      return { step, value: (value as Record<Step, unknown>)[step] };
    });
  }
  const size = groupSize(n);
  return Array.from({ length: Math.ceil(n / size) }, (_, at) => ({
    from: from + at * size,
    to: Math.min(from + (at + 1) * size, to),
  }));
}

/** The groups that one has to open to see a child. */
export function groupsAround(value: object, step: Step): { from: number; to: number }[] {
  const index = typeof step === "number" ? step : keysOf(value).indexOf(step);
  const groups: { from: number; to: number }[] = [];
  let [from, to] = [0, sizeOf(value)];
  while (to - from > PAGE) {
    const size = groupSize(to - from);
    from += Math.floor((index - from) / size) * size;
    to = Math.min(from + size, to);
    groups.push({ from, to });
  }
  return groups;
}

/** How many children a value has. */
export function sizeOf(value: object): number {
  return isList(value) ? value.length : keysOf(value).length;
}

/** A value without children in few words. */
export function leafText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 300 ? `${value.slice(0, 300)}…` : value);
  return typeof value === "number" ? formatNumber(value) : String(value);
}

/** Places whose key or value contains a text, in the order of the tree. */
export function* search(root: object, text: string): Work<Found[]> {
  const wanted = text.trim().toLowerCase();
  const found: Found[] = [];
  if (wanted === "") return found;
  let seen = 0;
  function* walk(value: object, steps: Step[]): Work<void> {
    const keys = isList(value) ? undefined : keysOf(value);
    const n = keys?.length ?? sizeOf(value);
    for (let at = 0; at < n && found.length < MAX_FOUND; at += 1) {
      const step = keys?.[at] ?? at;
      const one = (value as Record<Step, unknown>)[step];
      const inner = typeof one === "object" && one !== null;
      const matches = (keys && String(step).toLowerCase().includes(wanted)) || (!inner && plainText(one).toLowerCase().includes(wanted));
      if (matches) found.push({ steps: [...steps, step], value: one });
      if ((seen += 1) % PER_STEP === 0) yield found.length / MAX_FOUND;
      if (inner) yield* walk(one, [...steps, step]);
    }
  }
  yield* walk(root, []);
  return found;
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : `${String(value)} ${leafText(value)}`;
}

/** A power of a hundred, so that no level has more than a hundred groups. */
function groupSize(n: number): number {
  let size = PAGE;
  while (size * PAGE < n) size *= PAGE;
  return size;
}
