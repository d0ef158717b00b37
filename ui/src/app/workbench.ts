import type { LlmosApi } from "../api/api";
import { createUploads, type Uploads } from "../blobs/uploads";
import { createTalk, type Talk } from "../chat/talk";
import type { CanvasSlot } from "../canvas/handle";
import type { Engine } from "../engine/engine";
import { RunBoard } from "../execution/board";
import type { Pace } from "../execution/pace";
import { createRuns, type RunView, type Runs, type RunnerSource } from "../execution/runs";
import { Shelf } from "../execution/shelf";
import { createDraftRuns, type DraftRuns } from "../history/draftRuns";
import { createViewing, type Viewing } from "../history/viewing";
import { createSweeps, type SweepState, type Sweeps } from "../sweep/sweeps";
import { createLooking, type Looking } from "../versions/looking";
import type { Drafts } from "../workflow/drafts";
import { UNSAVED_ID } from "../workflow/edits";
import { createEditor, type Editor } from "../workflow/editor";
import { createFiles, type Files } from "./files";
import { keyOf, learnSkills, readSkillsAgain } from "./filesState";
import { createNotices, type Notices } from "./notices";
import { createPlaces, type Places } from "./places";
import { createView, type View } from "./view";

/** The key of what has no name yet. */
const NEW = keyOf({ at: "new" });

/** The parts of the page, put together once. */
export type Workbench = {
  api: LlmosApi;
  engine: Engine;
  editor: Editor;
  board: RunBoard;
  runs: Runs;
  files: Files;
  places: Places;
  notices: Notices;
  canvas: CanvasSlot;
  view: View;
  viewing: Viewing;
  looking: Looking;
  draftRuns: DraftRuns;
  sweeps: Sweeps;
  talk: Talk;
  uploads: Uploads;
};

/** What a workbench stands on; tests hand in their own. */
export type WorkbenchParts = {
  api: LlmosApi;
  engine: Engine;
  drafts: Drafts;
  runner: RunnerSource;
  /** When batches of a run are shown; at once when left out. */
  pace?: Pace;
};

export function createWorkbench({ api, engine, drafts, runner, pace }: WorkbenchParts): Workbench {
  const editor = createEditor(engine);
  const board = new RunBoard(pace);
  const notices = createNotices();
  const view = createView();
  const runs = createRuns(api, editor, board, runner, () => {
    editor.check();
    view.set({ bottom: "problems" });
    // What the server refuses and the page does not see comes from skills that changed meanwhile.
    void readSkillsAgain({ api, editor });
  }, ({ trace_id }, { workflow }) => {
    // A run that ends after its workflow got a name belongs to that as well.
    if (workflow.workflow_id === UNSAVED_ID) draftRuns.ran(keyOf(files.store.getState().route), trace_id);
  });
  const draftRuns = createDraftRuns();
  // Whoever looks at another node wants to see that node's outputs.
  editor.store.subscribe((now, before) => {
    if (now.selection !== before.selection) view.set({ shown: null });
  });
  const sweeps = createSweeps({ api, board, editor, engine, runs });
  const shelf = new Shelf<{ view: RunView; sweep: SweepState }>();
  let open = NEW;
  const onOpen = (key: string) => {
    const left = runs.view();
    if (left) shelf.put(open, { view: left, sweep: sweeps.store.getState() });
    open = key;
    const kept = shelf.take(key);
    runs.show(kept?.view);
    sweeps.show(kept?.sweep);
    view.set({ shown: null });
    viewing.left();
    looking.left();
  };
  const onFresh = (key: string) => {
    if (key === NEW) draftRuns.begun(NEW);
  };
  const files = createFiles({ api, editor, drafts, notices, onOpen, onFresh });
  // A workflow that is saved under another name keeps what its runs gave.
  files.store.subscribe((now, before) => {
    if (now.opening.state !== "open" || before.opening.state !== "open") return;
    if (open === NEW && keyOf(now.route) !== NEW) draftRuns.saved(NEW, keyOf(now.route));
    open = keyOf(now.route);
  });
  const places = createPlaces(files);
  const viewing = createViewing({
    api,
    editor,
    engine,
    runs,
    sweeps,
    flush: files.flush,
    learn: (trace) => learnSkills({ api, editor }, trace.run.workflow),
  });
  const looking = createLooking({
    api,
    editor,
    notices,
    before: () => {
      viewing.back();
      files.flush();
    },
    learn: (doc) => learnSkills({ api, editor }, doc),
    reopen: () => files.go(files.store.getState().route),
  });
  return { draftRuns, talk: createTalk(api), uploads: createUploads(api), viewing, looking, sweeps, api, engine, editor, board, runs, files, places, notices, view, canvas: { handle: undefined } };
}
