import type { WorkflowDoc } from "../api/schema";
import { nodeName } from "../canvas/flow";
import type { Skills } from "../engine/engine";
import type { RunBoard } from "../execution/board";
import type { Runs } from "../execution/runs";
import { findNode } from "../workflow/edits";
import { nodeSkill } from "../workflow/uses";
import type { About } from "./viewer";
import { rankOf } from "./viewers";

/** One output of the newest run; its value stays with the runner. */
export type OutputRow = About & { node: string; nodeName: string; first: boolean };

/** While this many nodes run, the list waits for the end of the run. */
const MAX_LIVE = 200;

/** The outputs that are there now, node by node. */
export function outputRows(board: RunBoard, runs: Runs, doc: WorkflowDoc, skills: Skills): OutputRow[] {
  if (board.isBusy() && board.order().length > MAX_LIVE) return [];
  return board.order().flatMap((node) => {
    const { state } = board.node(node);
    if (state !== "success" && state !== "cached") return [];
    const known = findNode(doc, node);
    const skill = known && nodeSkill(known, skills);
    const types = new Map(skill?.outputs.map(({ name, type }) => [name, type]));
    const ports = Object.keys(runs.values(node) ?? {});
    return ports.map((port, at) => ({
      node,
      nodeName: known ? nodeName(known, skills) : node,
      port,
      type: types.get(port) ?? "any",
      skill,
      first: at === 0,
    }));
  });
}

/** The output worth showing first: a picture before a number, the end of the flow before its start. */
export function mostTelling(rows: readonly OutputRow[], runs: Runs): OutputRow | undefined {
  let best: OutputRow | undefined;
  let rank = Infinity;
  for (const row of rows.slice(-2_000)) {
    const own = rankOf(runs.value(row.node, row.port), row);
    if (own <= rank) {
      best = row;
      rank = own;
    }
  }
  return best;
}
