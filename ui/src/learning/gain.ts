/** A share as people read it: `86 %`; a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return typeof share === "number" && Number.isFinite(share) ? `${Math.round(share * 100)} %` : "–";
}

/** Which part of so many was a success; `null` where there was none. */
export function rate(successes: number, all: number): number | null {
  return all > 0 ? successes / all : null;
}
