import { expect, test } from "vitest";

import type { CommitView } from "../api/schema";
import { createNotices } from "../app/notices";
import { fakeApi, fakeEngine, problem, sumWorkflow } from "../test/fakes";
import { createEditor } from "../workflow/editor";
import { createLooking } from "./looking";

const COMMIT: CommitView = { commit: "c1", parents: [], author: "bo", email: "", time: "2026-11-20T15:30:00Z", subject: "save", message: "save\n" };

function parts() {
  const api = fakeApi();
  const editor = createEditor(fakeEngine());
  editor.open({ ...sumWorkflow(), name: "Now" }, { kind: "stored", volume: "user/ana", version: "v2" });
  api.readWorkflowAt = async (volume) => ({ workflow: sumWorkflow(), volume, version: "v1", commit: "c1", findings: [], shadows: [] });
  const notices = createNotices();
  const restored: object[] = [];
  api.restoreFile = async (request) => {
    restored.push(request);
    return { volume: request.volume, commit: "c3", files: [] };
  };
  const reopened: string[] = [];
  const looking = createLooking({
    api, editor, notices, before: () => undefined, learn: () => undefined,
    reopen: async () => { reopened.push("reopened"); },
  });
  return { api, editor, looking, notices, reopened, restored };
}

test("an earlier version is looked at, and left without a trace", async () => {
  const { editor, looking } = parts();
  await looking.open(COMMIT);
  expect(editor.store.getState()).toMatchObject({ readOnly: true, doc: { name: "Sums" }, origin: { version: "v2" } });
  looking.back();
  expect(editor.store.getState()).toMatchObject({ readOnly: false, doc: { name: "Now" } });
  expect(looking.store.getState().commit).toBeNull();
});

test("a restore is a commit on the version that is known", async () => {
  const { looking, reopened, restored } = parts();
  await looking.open(COMMIT);
  await looking.restore();
  expect(restored).toEqual([{ volume: "user/ana", path: "workflows/sums.md", to: "c1", version: "v2" }]);
  expect(reopened).toHaveLength(1);
});

test("with unsaved changes a restore is one more of them", async () => {
  const { editor, looking, restored } = parts();
  editor.edit((doc) => ({ ...doc, name: "Unsaved" }));
  await looking.open(COMMIT);
  await looking.restore();
  expect(restored).toEqual([]);
  expect(editor.store.getState().doc.name).toBe("Sums");
  editor.undo();
  expect(editor.store.getState().doc.name).toBe("Unsaved");
});

test("a version that cannot be read leaves the canvas alone and says why", async () => {
  const { api, editor, looking } = parts();
  api.readWorkflowAt = async () => {
    throw problem(404, "it is gone");
  };
  await looking.open(COMMIT);
  expect(editor.store.getState().readOnly).toBe(false);
  expect(looking.store.getState().problem?.message).toBe("it is gone");
});
