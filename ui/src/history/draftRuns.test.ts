import { expect, test, vi } from "vitest";

import { createWorkbench } from "../app/workbench";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, sumWorkflow } from "../test/fakes";
import { UNSAVED_ID } from "../workflow/edits";
import { createDraftRuns } from "./draftRuns";

function shelf(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) };
}

test("runs of a draft belong to the workflow that it is saved as, also for a later page", () => {
  const storage = shelf();
  const runs = createDraftRuns(storage);
  runs.ran("new", "run-1");
  runs.ran("new", "run-2");
  runs.saved("new", "user/ana/mine");
  expect(runs.store.getState()).toEqual({ "user/ana/mine": ["run-1", "run-2"] });
  expect(createDraftRuns(storage).store.getState()).toEqual({ "user/ana/mine": ["run-1", "run-2"] });
});

test("what is begun anew has no runs of what was there before", () => {
  const runs = createDraftRuns(shelf());
  runs.ran("new", "run-1");
  runs.begun("new");
  runs.saved("new", "user/ana/mine");
  expect(runs.store.getState()).toEqual({});
});

test("two pages forget nothing of one another, and what nobody can read costs nothing", () => {
  const storage = shelf();
  const [one, two] = [createDraftRuns(storage), createDraftRuns(storage)];
  one.ran("user/ana/a", "run-1");
  two.ran("user/ana/b", "run-2");
  expect(createDraftRuns(storage).store.getState()).toEqual({ "user/ana/a": ["run-1"], "user/ana/b": ["run-2"] });
  storage.setItem("llmos.draft-runs", "[oops");
  expect(createDraftRuns(storage).store.getState()).toEqual({});
  createDraftRuns(undefined).ran("new", "run-3");
});

test("a run before the first save is among the runs of the saved workflow", async () => {
  localStorage.clear();
  const api = fakeApi();
  const { draftRuns, editor, files, runs } = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner({ total: 7 }) });
  await files.go({ at: "new" });
  editor.edit(() => ({ ...sumWorkflow(), workflow_id: UNSAVED_ID }));
  await runs.run();
  const kept = runs.keptAs()?.trace_id;
  expect(kept).toBeDefined();
  await files.saveAs("mine", "Mine");
  await vi.waitFor(() => expect(Object.values(draftRuns.store.getState())).toEqual([[kept]]));
  expect(Object.keys(draftRuns.store.getState())[0]).toMatch(/^user\/.*\/mine$/);
  localStorage.clear();
});
