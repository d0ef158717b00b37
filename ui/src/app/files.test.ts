import { beforeEach, expect, test } from "vitest";

import { fakeApi, fakeDrafts, fakeEngine, problem, sumWorkflow } from "../test/fakes";
import { draftKey, memoryMedium } from "../workflow/drafts";
import { createEditor, isDirty } from "../workflow/editor";
import { createFiles } from "./files";
import { createNotices } from "./notices";

const MINE = "user/ana/sums";

function parts(medium = memoryMedium(), page = "page-2") {
  const api = fakeApi({ [MINE]: sumWorkflow(), "system/sums": sumWorkflow() });
  const editor = createEditor(fakeEngine());
  const drafts = fakeDrafts(page, medium);
  const notices = createNotices();
  const files = createFiles({ api, editor, drafts, notices, onOpen: () => undefined, onFresh: () => undefined });
  const rename = (name: string) => editor.edit((doc) => ({ ...doc, name }));
  return { api, editor, drafts, files, notices, rename, state: files.store.getState };
}

const mine = { at: "workflow", volume: "user/ana", id: "sums" } as const;

beforeEach(() => history.replaceState(null, "", "/"));

test("a workflow of one's own is saved on the version that was opened", async () => {
  const { api, editor, files, rename, state } = parts();
  await files.go(mine);
  rename("Better sums");
  await files.save();
  expect(api.files.get(MINE)?.doc.name).toBe("Better sums");
  expect(state().savedCommit).toBe("abcdef1234");
  expect(isDirty(editor.store.getState())).toBe(false);
  rename("Best sums");
  await files.save();
  expect(api.files.get(MINE)?.doc.name).toBe("Best sums");
});

test("an example is saved as a copy under a name that is asked for", async () => {
  const { api, files, state } = parts();
  await files.go({ at: "workflow", volume: "system", id: "sums" });
  await files.save();
  expect(state().question).toMatchObject({ ask: "name", workflow_id: "sums" });
  await files.saveAs("my-sums", "My sums");
  expect(api.files.get("user/ana/my-sums")?.doc.name).toBe("My sums");
  expect(location.pathname).toBe("/workflows/user/ana/my-sums");
  expect(state().question).toBeNull();
});

test("saving over a newer version asks, and both answers keep both versions", async () => {
  const { api, editor, files, rename, state } = parts();
  await files.go(mine);
  rename("Mine");
  api.files.set(MINE, { doc: { ...sumWorkflow(), name: "Theirs" }, version: "v9" });
  await files.save();
  expect(state().question).toMatchObject({ ask: "conflict", currentVersion: "v9" });
  expect(editor.store.getState().doc.name).toBe("Mine");

  await files.takeTheirs();
  expect(editor.store.getState().doc.name).toBe("Theirs");
  expect(isDirty(editor.store.getState())).toBe(false);
  editor.undo();
  expect(editor.store.getState().doc.name).toBe("Mine");
});

test("keeping mine saves on top of the newer version", async () => {
  const { api, files, rename, state } = parts();
  await files.go(mine);
  rename("Mine");
  api.files.set(MINE, { doc: sumWorkflow(), version: "v9" });
  await files.save();
  await files.keepMine();
  expect(api.files.get(MINE)?.doc.name).toBe("Mine");
  expect(state().question).toBeNull();
});

test("a refused name is said in the dialog, and nothing is called saved", async () => {
  const { api, files, rename, state } = parts();
  await files.go({ at: "new" });
  rename("New");
  api.saveWorkflow = () => Promise.reject(new Error("a bad id"));
  await files.save();
  await files.saveAs("Bad Id", "New");
  expect(state().question).toMatchObject({ ask: "name", problem: { message: "a bad id" } });
  expect(state().savedCommit).toBeNull();
});

test("unsaved changes are offered after a reload, and gone once restored", async () => {
  const medium = memoryMedium();
  const before = parts(medium, "page-1");
  await before.files.go(mine);
  before.rename("Unsaved");
  globalThis.dispatchEvent(new Event("pagehide"));

  const { editor, files, state } = parts(medium, "page-2");
  await files.go(mine);
  const [offer] = state().offers;
  expect(offer?.doc.name).toBe("Unsaved");
  expect(editor.store.getState().doc.name).toBe("Sums");
  if (offer) await files.restore(offer);
  expect(editor.store.getState().doc.name).toBe("Unsaved");
  expect(state().offers).toEqual([]);
});

test("changes are still there after looking at another workflow", async () => {
  const { editor, files, rename } = parts();
  await files.go(mine);
  rename("Unsaved");
  await files.go({ at: "workflow", volume: "system", id: "sums" });
  expect(editor.store.getState().doc.name).toBe("Sums");
  await files.go(mine);
  expect(editor.store.getState().doc.name).toBe("Unsaved");
  expect(isDirty(editor.store.getState())).toBe(true);
});

test("saving drops the draft", async () => {
  const { drafts, files, rename } = parts();
  await files.go(mine);
  rename("Saved");
  globalThis.dispatchEvent(new Event("pagehide"));
  await files.save();
  globalThis.dispatchEvent(new Event("pagehide"));
  expect(await drafts.own(draftKey({ volume: "user/ana", id: "sums" }))).toBeUndefined();
});

test("a workflow that is not there fails with the server's words", async () => {
  const { files, state } = parts();
  await files.go({ at: "workflow", volume: "system", id: "nothing" });
  const { opening } = state();
  expect(opening.state === "failed" && String(opening.error)).toContain("no workflow `system/nothing`");
});

test("a save that was brought together with another shows both, and undo brings one's own back", async () => {
  const { api, editor, files, notices, rename } = parts();
  await files.go(mine);
  rename("Mine");
  const both = { ...sumWorkflow(), name: "Mine", description: "Theirs" };
  const merged = { base_version: "v1", with_version: "v2", author: "bo", theirs: ["changed `description`"] };
  api.saveWorkflow = async () => ({ workflow_id: "sums", volume: "user/ana", path: "", version: "v3", commit: "c", workflow: both, merged });
  await files.save();
  const state = editor.store.getState();
  expect(state.doc).toBe(both);
  expect(state.origin).toMatchObject({ version: "v3" });
  expect(isDirty(state)).toBe(false);
  expect(notices.store.getState().notices[0]?.message).toBe("saved together with what bo changed: changed `description`");
  editor.undo();
  expect(editor.store.getState().doc).toMatchObject({ name: "Mine", description: "" });
});

test("what is changed while a save is brought together with another rests on the older version", async () => {
  const { api, editor, files, rename } = parts();
  await files.go(mine);
  rename("Mine");
  const merged = { base_version: "v1", with_version: "v2", theirs: [] };
  api.saveWorkflow = async () => {
    rename("Later");
    return { workflow_id: "sums", volume: "user/ana", path: "", version: "v3", commit: "c", workflow: sumWorkflow(), merged };
  };
  await files.save();
  expect(editor.store.getState()).toMatchObject({ doc: { name: "Later" }, origin: { version: "v1" } });
});

test("conflicts are settled one by one, on the version that the change rests on", async () => {
  const { api, files, rename, state } = parts();
  await files.go(mine);
  rename("Mine");
  const conflict = {
    key: "fields/name", place: "`name`", words: "both changed `name`", reason: "both-changed", aspect: "text",
    base: "Sums", mine: "Mine", theirs: "Theirs", takes: ["mine", "theirs"] as ("mine" | "theirs")[],
  };
  const asked: object[] = [];
  const save = api.saveWorkflow;
  api.saveWorkflow = async (request) => {
    asked.push(request);
    if (!request.choices) throw problem(409, "it changed", { current_version: "v2", base_version: "v1", conflicts: [conflict] });
    return save(request);
  };
  await files.save();
  expect(state().question).toMatchObject({ ask: "conflict", baseVersion: "v1", conflicts: [conflict] });
  await files.choose({ "fields/name": "mine" });
  expect(asked[1]).toMatchObject({ baseVersion: "v1", choices: { "fields/name": "mine" } });
  expect(state().question).toBeNull();
});
