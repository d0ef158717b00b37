import { expect, test } from "vitest";

import { fakeEngine, SKILLS, sumWorkflow } from "../test/fakes";
import { patchNode, remove, setInput } from "./edits";
import { createEditor, isDirty, selectedNode } from "./editor";

function opened() {
  const editor = createEditor(fakeEngine());
  editor.open(sumWorkflow(), { kind: "stored", volume: "user/ana", version: "v1" });
  return editor;
}

const value = (n: unknown) => (doc: ReturnType<typeof sumWorkflow>) => setInput(doc, { node: "first", port: "value" }, n);

test("undo and redo go through the changes, and undoing all of them is clean again", () => {
  const editor = opened();
  editor.edit(value(3));
  editor.edit(value(4));
  expect(isDirty(editor.store.getState())).toBe(true);
  editor.undo();
  expect(editor.store.getState().doc.nodes[0]?.inputs).toEqual({ value: 3 });
  editor.undo();
  expect(isDirty(editor.store.getState())).toBe(false);
  editor.redo();
  editor.redo();
  expect(editor.store.getState().doc.nodes[0]?.inputs).toEqual({ value: 4 });
});

test("letters typed into one field are one step", () => {
  const editor = opened();
  for (const name of ["N", "Ne", "New"]) editor.edit((doc) => patchNode(doc, "first", { name }), "name first");
  editor.undo();
  expect(editor.store.getState().doc.nodes[0]?.name).toBeUndefined();
});

test("a change after undo drops what was undone", () => {
  const editor = opened();
  editor.edit(value(3));
  editor.undo();
  editor.edit(value(5));
  editor.redo();
  expect(editor.store.getState().doc.nodes[0]?.inputs).toEqual({ value: 5 });
});

test("a node that is gone is not selected any more", () => {
  const editor = opened();
  editor.select(["first"]);
  expect(selectedNode(editor.store.getState())?.id).toBe("first");
  editor.edit((doc) => remove(doc, new Set(["first"])));
  expect(editor.store.getState().selection.size).toBe(0);
});

test("changes made while saving stay unsaved", () => {
  const editor = opened();
  editor.edit(value(3));
  const sent = editor.store.getState().doc;
  editor.edit(value(4));
  editor.saved(sent, { ...sent, workflow_id: "copy" }, { kind: "stored", volume: "user/ana", version: "v2" });
  const state = editor.store.getState();
  expect(state.doc.workflow_id).toBe("copy");
  expect(state.doc.nodes[0]?.inputs).toEqual({ value: 4 });
  expect(isDirty(state)).toBe(true);
});

test("a first layout is no change", () => {
  const editor = opened();
  editor.settle((doc) => ({ ...doc, nodes: doc.nodes.map((node) => ({ ...node, position: { x: 9, y: 9 } })) }));
  expect(isDirty(editor.store.getState())).toBe(false);
  expect(editor.store.getState().past).toEqual([]);
});

test("a restored draft can be undone and rests on its own version", () => {
  const editor = opened();
  const draft = value(8)(sumWorkflow());
  editor.restore(draft, { kind: "stored", volume: "user/ana", version: "v0" });
  expect(isDirty(editor.store.getState())).toBe(true);
  expect(editor.store.getState().origin).toMatchObject({ version: "v0" });
  editor.undo();
  expect(isDirty(editor.store.getState())).toBe(false);
});

test("the engine is asked with the skills of the workflow only", () => {
  const asked: string[][] = [];
  const engine = { ...fakeEngine(), checkWorkflow: (_: unknown, skills: object) => (asked.push(Object.keys(skills)), []) };
  const editor = createEditor(engine);
  editor.know(SKILLS);
  editor.open(sumWorkflow(), { kind: "new" });
  editor.check();
  expect(asked).toEqual([["number", "sum"]]);
});
