import { count } from "../parts/time";

/** What a report says, in a few words; `null` where it says nothing. */
export function said(report: unknown): string | null {
  if (typeof report !== "object" || report === null) return null;
  const { traces_analyzed: traces, patterns_detected: patterns, drafts } = report as Record<string, unknown>;
  const n = Array.isArray(drafts) ? drafts.length : 0;
  const parts = [
    typeof traces === "number" && count(traces, "trace"),
    typeof patterns === "number" && count(patterns, "pattern"),
    n > 0 && `${count(n, "draft")} begun or changed`,
  ];
  return parts.filter(Boolean).join(", ") || null;
}

/** A pattern that a run found. */
export type Found = { description: string; count: number; success_rate: number };

/** The patterns that a report names, most often first. */
export function patternsOf(report: unknown): readonly Found[] {
  const patterns = (report as { patterns?: unknown } | null)?.patterns;
  return Array.isArray(patterns) ? patterns.filter(isFound) : [];
}

function isFound(pattern: unknown): pattern is Found {
  if (typeof pattern !== "object" || pattern === null) return false;
  const found = pattern as Partial<Found>;
  return typeof found.description === "string" && typeof found.count === "number" && typeof found.success_rate === "number";
}
