import type { LlmosApi } from "../api/api";
import type { Engine } from "../engine/engine";
import { RunBoard } from "../execution/board";
import { createRuns, type Runs, type RunnerSource } from "../execution/runs";
import type { Drafts } from "../workflow/drafts";
import { createEditor, type Editor } from "../workflow/editor";
import { createFiles, type Files } from "./files";
import { createNotices, type Notices } from "./notices";

/** The parts of the page, put together once. */
export type Workbench = {
  api: LlmosApi;
  engine: Engine;
  editor: Editor;
  board: RunBoard;
  runs: Runs;
  files: Files;
  notices: Notices;
};

/** What a workbench stands on; tests hand in their own. */
export type WorkbenchParts = {
  api: LlmosApi;
  engine: Engine;
  drafts: Drafts;
  runner: RunnerSource;
};

export function createWorkbench({ api, engine, drafts, runner }: WorkbenchParts): Workbench {
  const editor = createEditor(engine);
  const board = new RunBoard();
  const notices = createNotices();
  const runs = createRuns(api, editor, board, runner);
  const files = createFiles({ api, editor, drafts, notices, onOpen: () => board.clear() });
  return { api, engine, editor, board, runs, files, notices };
}
