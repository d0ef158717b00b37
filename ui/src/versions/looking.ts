import { createStore, type StoreApi } from "zustand/vanilla";

import { explain, type VersionsApi, type WorkflowsApi } from "../api/api";
import type { CommitView, WorkflowDoc } from "../api/schema";
import type { Notices } from "../app/notices";
import { isDirty, type Editor } from "../workflow/editor";

/** The earlier version that the canvas shows. */
export type LookingState = {
  commit: CommitView | null;
  /** The commit that is being read. */
  opening: string | null;
  busy: boolean;
  problem: { message: string; hint: string | null } | null;
};

/** Looks at earlier versions of the open workflow, and brings them back. */
export type Looking = {
  store: StoreApi<LookingState>;
  /** Shows the workflow as a commit has it; nothing there can be changed. */
  open(commit: CommitView): Promise<void>;
  /** Goes back to the open workflow. */
  back(): void;
  /** Forgets the earlier version because something else was opened. */
  left(): void;
  /** Makes the shown version the newest one: a new commit, or, where there are unsaved changes, one more of them. */
  restore(): Promise<void>;
};

type Parts = {
  api: VersionsApi & WorkflowsApi;
  editor: Editor;
  notices: Notices;
  /** Called before the canvas shows something else. */
  before: () => void;
  learn: (doc: WorkflowDoc) => void;
  /** Opens the stored workflow again. */
  reopen: () => Promise<void>;
};

/** The file of a workflow in its volume. */
export function fileOf(id: string): string {
  return `workflows/${id}.md`;
}

export function createLooking({ api, editor, notices, before, learn, reopen }: Parts): Looking {
  const store = createStore<LookingState>(() => CLOSED);
  let turn = 0;

  const back = () => {
    turn += 1;
    if (store.getState().commit) editor.back();
    store.setState(CLOSED);
  };

  return {
    store,
    back,
    async open(commit) {
      const { origin, doc } = editor.store.getState();
      if (origin.kind !== "stored") return;
      turn += 1;
      const mine = turn;
      store.setState({ opening: commit.commit, problem: null });
      try {
        const { workflow } = await api.readWorkflowAt(origin.volume, doc.workflow_id, commit.commit);
        if (mine !== turn) return;
        before();
        editor.look(workflow);
        learn(workflow);
        store.setState({ ...CLOSED, commit });
      } catch (error) {
        if (mine === turn) store.setState({ opening: null, problem: explain(error) });
      }
    },
    left() {
      turn += 1;
      store.setState(CLOSED);
    },
    async restore() {
      const { commit } = store.getState();
      if (!commit) return;
      const shown = editor.store.getState().doc;
      back();
      const state = editor.store.getState();
      if (state.origin.kind !== "stored") return;
      if (isDirty(state)) {
        editor.edit(() => shown);
        notices.say({ tone: "info", message: "the earlier version is on the canvas, not saved yet", hint: "Undo brings your changes back" });
        return;
      }
      store.setState({ busy: true });
      try {
        const { volume, version } = state.origin;
        await api.restoreFile({ volume, path: fileOf(shown.workflow_id), to: commit.commit, version });
        await reopen();
        notices.say({ tone: "info", message: "the earlier version is the newest one now", hint: null });
      } catch (error) {
        notices.say({ tone: "error", ...explain(error) });
      } finally {
        store.setState({ busy: false });
      }
    },
  };
}

const CLOSED: LookingState = { commit: null, opening: null, busy: false, problem: null };
