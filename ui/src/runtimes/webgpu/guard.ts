/**
 * Gives every loop of a kernel an end. Nobody can stop a kernel that runs: on
 * processors without a watchdog an endless one would keep the browser from
 * ever computing again. So loops count their steps, and leave when all
 * invocations together have done more than they may.
 */

import { withoutComments } from "./kernel";

/** Where the counter lies; a kernel must leave the place free. */
export const GUARD_GROUP = 3;

/** How many steps are counted at once, at the most. */
const UNIT_LIMIT = 4_096;

const LOOP = /\b(?:loop|while|for)\b/g;

/** How a kernel is watched. */
export type Guard = { code: string; unit: number };

/** The kernel with counting loops, or `null` where it has none. */
export function guarded(code: string, invocations: number, budget: number): Guard | null {
  const plain = withoutComments(code);
  const meeting = meetingPoints(plain);
  const places: { at: number; check: string }[] = [];
  for (const { index } of plain.matchAll(LOOP)) {
    const brace = bodyAt(plain, index);
    if (brace < 0) continue;
    // Where invocations wait for each other, they must also leave together.
    const check = meeting.test(plain.slice(brace, endOf(plain, brace))) ? "llmos_over_together" : "llmos_over";
    places.push({ at: brace + 1, check });
  }
  if (places.length === 0) return null;
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(Math.min(UNIT_LIMIT, budget / Math.max(invocations, 1) / 4))));
  let text = "";
  let from = 0;
  for (const { at, check } of places) {
    text += `${code.slice(from, at)} if (${check}()) { break; } `;
    from = at;
  }
  const together = places.some(({ check }) => check === "llmos_over_together") ? TOGETHER : "";
  return { code: `${text}${code.slice(from)}\n${counter(unit)}${together}`, unit };
}

/** The `{` that opens the body of the loop at `from`. */
function bodyAt(plain: string, from: number): number {
  let depth = 0;
  for (let i = from; i < plain.length; i += 1) {
    const char = plain[i];
    if (char === "(" || char === "[") depth += 1;
    else if (char === ")" || char === "]") depth -= 1;
    else if (char === "{" && depth === 0) return i;
  }
  return -1;
}

/** The place after the `}` that belongs to the `{` at `open`. */
function endOf(plain: string, open: number): number {
  let depth = 0;
  for (let i = open; i < plain.length; i += 1) {
    depth += plain[i] === "{" ? 1 : plain[i] === "}" ? -1 : 0;
    if (depth === 0) return i + 1;
  }
  return plain.length;
}

/** Finds what waits for other invocations: barriers, and functions with one. */
function meetingPoints(plain: string): RegExp {
  const names = ["workgroupBarrier", "storageBarrier", "textureBarrier", "workgroupUniformLoad"];
  for (let known = 0; known < names.length; ) {
    known = names.length;
    const waits = new RegExp(`\\b(?:${names.join("|")})\\s*\\(`);
    for (const { 0: head, 1: name = "", index } of plain.matchAll(/\bfn\s+(\w+)[^{]*/g)) {
      const open = index + head.length;
      if (!names.includes(name) && waits.test(plain.slice(open, endOf(plain, open)))) names.push(name);
    }
  }
  return new RegExp(`\\b(?:${names.join("|")})\\s*\\(`);
}

const TOGETHER = `
var<workgroup> llmos_together: u32;
fn llmos_over_together() -> bool {
  if (llmos_over()) { llmos_together = 1u; }
  return workgroupUniformLoad(&llmos_together) != 0u;
}
`;

const counter = (unit: number): string => `
struct LlmosWatch { limit: u32, units: atomic<u32> }
@group(${GUARD_GROUP}) @binding(0) var<storage, read_write> llmos_watch: LlmosWatch;
var<private> llmos_steps: u32;
var<private> llmos_stopped: bool;
fn llmos_over() -> bool {
  llmos_steps += 1u;
  if (!llmos_stopped && (llmos_steps & ${unit - 1}u) == 0u) {
    llmos_stopped = atomicAdd(&llmos_watch.units, 1u) >= llmos_watch.limit;
  }
  return llmos_stopped;
}
`;
