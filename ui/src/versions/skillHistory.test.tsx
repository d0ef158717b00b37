import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { RestoreRequest } from "../api/api";
import type { CommitView } from "../api/schema";
import { WorkbenchContext } from "../app/useWorkbench";
import { createWorkbench } from "../app/workbench";
import { fakeReview } from "../test/fakeReview";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, skill } from "../test/fakes";
import { SkillHistoryDialog } from "./SkillHistoryDialog";

function commit(id: string, author: string, version: string): CommitView {
  return {
    author,
    commit: id,
    email: `${author}@example.org`,
    message: `skill: change plot (${id})`,
    parents: [],
    subject: `skill: change plot (${id})`,
    time: "2026-11-20T15:30:00Z",
    version,
  };
}

async function show(restoreFile: (request: RestoreRequest) => Promise<{ volume: string; commit: string; files: never[] }>) {
  const api = {
    ...fakeApi(),
    ...fakeReview(),
    restoreFile,
    listVersions: async () => ({ volume: "user/ana", commits: [commit("new", "bob", "v2"), commit("old", "ana", "v1")], next: null }),
    compareFile: async ({ to }: { to: string }) => ({
      volume: "user/ana",
      files: [
        {
          kind: "skill",
          path: "skills/plot.md",
          status: "changed" as const,
          changes: [{ aspect: "text", key: "fields/description", words: `changed \`description\` in ${to}`, old: "dull", new: "bright" }],
          lines: [{ old_start: 3, new_start: 3, lines: [{ kind: "old" as const, text: "description: dull" }, { kind: "new" as const, text: "description: bright" }] }],
        },
      ],
    }),
  };
  const workbench = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner() });
  render(
    <WorkbenchContext value={workbench}>
      <SkillHistoryDialog skill={skill("plot", [], [], { name: "Plot", volume: "user/ana" })} onClose={() => undefined} />
    </WorkbenchContext>,
  );
  await act(async () => undefined);
  return workbench;
}

test("who changed a skill, and what, is read field by field and line by line", async () => {
  await show(async ({ volume }) => ({ volume, commit: "c", files: [] }));
  const versions = within(await screen.findByRole("list", { name: "Versions" }));
  expect(versions.getAllByRole("button").map((one) => one.textContent)).toEqual([expect.stringContaining("bob"), expect.stringContaining("ana")]);
  const shown = within(screen.getByRole("region", { name: "This version" }));
  expect(await shown.findByRole("row", { name: /description in new dull bright/ })).toBeDefined();
  expect(shown.getByText("description: bright")).toBeDefined();
  expect(shown.queryByRole("button", { name: "Restore this version" })).toBeNull();
});

test("an earlier version comes back on top of the one that is there", async () => {
  const asked: RestoreRequest[] = [];
  const workbench = await show(async (request) => {
    asked.push(request);
    return { volume: request.volume, commit: "c", files: [] };
  });
  await userEvent.click(await screen.findByRole("button", { name: /ana/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Restore this version" }));
  expect(asked).toEqual([{ volume: "user/ana", path: "skills/plot.md", to: "old", version: "v2" }]);
  expect(workbench.notices.store.getState().notices[0]?.message).toContain("is the newest one now");
});

test("a refusal says why, and the history stays", async () => {
  await show(() => Promise.reject(new Error("`ana` may not change volume `team/atlas`")));
  await userEvent.click(await screen.findByRole("button", { name: /ana/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Restore this version" }));
  expect(await screen.findByText(/may not change volume/)).toBeDefined();
  expect(screen.getByRole("list", { name: "Versions" })).toBeDefined();
});
