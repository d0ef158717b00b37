import { createStore, type StoreApi } from "zustand/vanilla";

import { ApiError, type LlmosApi } from "../api/api";
import type { Conflict, ExecutableSkill, NodeDoc, WorkflowDoc } from "../api/schema";
import { type Draft, draftKey, type Drafts } from "../workflow/drafts";
import type { Editor } from "../workflow/editor";
import { nodeSkill, usedKey, WORKFLOW, WORKFLOWS } from "../workflow/uses";
import type { Notices } from "./notices";
import type { CanvasRoute } from "./route";

/** A question about saving that only the person can answer. */
export type Question =
  | { ask: "name"; workflow_id: string; name: string; problem?: { message: string; hint: string | null } }
  | {
      ask: "conflict";
      doc: WorkflowDoc;
      /** The version that `doc` rests on, where the two changes can be brought together by choices. */
      baseVersion: string | null;
      currentVersion: string | null;
      detail: string;
      conflicts: readonly Conflict[];
    };

/** What is open, seen from outside: where it lies and how saving goes. */
export type FilesState = {
  route: CanvasRoute;
  opening: { state: "loading" } | { state: "failed"; error: unknown } | { state: "open" };
  /** The workflows that the open one was entered from, outermost first. */
  trail: readonly { route: CanvasRoute; name: string }[];
  saving: boolean;
  /** The commit of the last save in this session. */
  savedCommit: string | null;
  question: Question | null;
  /** Unsaved changes of pages that are gone, newest first. */
  offers: readonly Draft[];
};

/** What opening and saving stand on. */
export type FilesParts = {
  api: LlmosApi;
  editor: Editor;
  drafts: Drafts;
  notices: Notices;
  /** Called when a workflow was opened, with the {@link keyOf} its route. */
  onOpen: (key: string) => void;
  /** Called when nobody left unsaved changes of what was opened. */
  onFresh: (key: string) => void;
};

export function createFilesStore(): StoreApi<FilesState> {
  return createStore<FilesState>(() => ({
    route: { at: "new" },
    opening: { state: "loading" },
    trail: [],
    saving: false,
    savedCommit: null,
    question: null,
    offers: [],
  }));
}

/** The name that drafts of a route are kept under. */
export function keyOf(route: CanvasRoute): string {
  return draftKey(route.at === "new" ? "new" : route);
}

/** Reads the skills of a workflow that the library has not brought yet. */
export function learnSkills({ api, editor }: Pick<FilesParts, "api" | "editor">, doc: WorkflowDoc): void {
  const { skills } = editor.store.getState();
  const unknown = new Map(doc.nodes.filter((node) => !nodeSkill(node, skills)).map((node) => [usedKey(node), node]));
  for (const node of unknown.values()) {
    readUsed(api, node).then(
      (skill) => editor.know([skill]),
      // A skill that nobody has is a finding, which the engine makes.
      () => undefined,
    );
  }
}

/** Reads every skill of the open workflow again: some may have changed or gone since the library brought them. */
export async function readSkillsAgain({ api, editor }: Pick<FilesParts, "api" | "editor">): Promise<void> {
  const used = new Map(editor.store.getState().doc.nodes.map((node) => [usedKey(node), node]));
  const reads = [...used].map(([key, node]) =>
    readUsed(api, node).then(
      (skill) => editor.know([skill]),
      (error: unknown) => {
        if (error instanceof ApiError && error.problem.status === 404) editor.forget(key);
      },
    ),
  );
  await Promise.all(reads);
  editor.check();
}

/** Reads what a node runs: a skill, or the ports of a workflow. */
async function readUsed(api: LlmosApi, node: NodeDoc): Promise<ExecutableSkill> {
  if (!node.workflow) return api.readExecutable(node.skill_id);
  const { skills } = await api.listExecutable({ category: WORKFLOWS, limit: 1000 });
  const found = skills.find(({ skill_id, type }) => type === WORKFLOW && skill_id === node.workflow);
  if (found) return found;
  throw new Error(`nobody has the workflow \`${node.workflow}\``);
}
