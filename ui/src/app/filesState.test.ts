import { expect, test } from "vitest";

import { fakeApi, fakeEngine, problem, SKILLS, sumWorkflow } from "../test/fakes";
import { createEditor } from "../workflow/editor";
import { readSkillsAgain } from "./filesState";

test("skills that were deleted or changed meanwhile are what the findings are made of", async () => {
  const api = fakeApi();
  const editor = createEditor(fakeEngine());
  editor.know(SKILLS);
  editor.open(sumWorkflow(), { kind: "new" });
  const { readExecutable } = api;
  api.readExecutable = async (id) => {
    if (id === "sum") throw problem(404, "no skill `sum`");
    return { ...(await readExecutable(id)), version: "newer" };
  };
  await readSkillsAgain({ api, editor });
  const { skills } = editor.store.getState();
  expect(skills["sum"]).toBeUndefined();
  expect(skills["number"]?.version).toBe("newer");
});

test("a server that does not answer takes no skill away", async () => {
  const api = fakeApi();
  const editor = createEditor(fakeEngine());
  editor.know(SKILLS);
  editor.open(sumWorkflow(), { kind: "new" });
  api.readExecutable = async () => {
    throw problem(500, "no");
  };
  await readSkillsAgain({ api, editor });
  expect(editor.store.getState().skills["sum"]).toBeDefined();
});
