import { useCallback, useSyncExternalStore } from "react";

import type { NodeRun, RunBoard } from "./board";

/** How far a node is; renders again only when that node changes. */
export function useNodeRun(board: RunBoard, id: string): NodeRun {
  const watch = useCallback((changed: () => void) => board.watchNode(id, changed), [board, id]);
  return useSyncExternalStore(watch, () => board.node(id));
}

/** Reads something of the board that is the same object until it changes. */
export function useBoard<T>(board: RunBoard, read: (board: RunBoard) => T): T {
  return useSyncExternalStore(board.watch, () => read(board));
}
