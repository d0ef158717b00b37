import type { StoreApi } from "zustand/vanilla";

import { ApiError, explain } from "../api/api";
import type { SavedWorkflow, Take, WorkflowDoc, WorkflowView } from "../api/schema";
import { UNSAVED_ID } from "../workflow/edits";
import type { Origin } from "../workflow/editor";
import { type FilesParts, type FilesState, keyOf, learnSkills, type Question } from "./filesState";
import { type CanvasRoute, formatRoute, parseRoute } from "./route";

/** Saves the open workflow; "saved" is said only after the server's answer. */
export type Saving = {
  save(): Promise<void>;
  /** Saves as a new workflow in the user's own volume. */
  saveAs(workflow_id: string, name: string): Promise<void>;
  /** Asks for the name of a new workflow. */
  askName(): void;
  /** Saves with one side taken for each conflict. */
  choose(choices: Record<string, Take>): Promise<void>;
  /** Replaces what is stored with what is on the canvas. */
  keepMine(): Promise<void>;
  /** Goes back to what is stored; undo brings the own changes back. */
  takeTheirs(): Promise<void>;
  closeQuestion(): void;
};

export function createSaving(store: StoreApi<FilesState>, parts: FilesParts): Saving {
  const { api, editor, notices } = parts;
  const own = `user/${api.config.user_id}`;

  const send = async (doc: WorkflowDoc, baseVersion: string | null, choices?: Record<string, Take>) => {
    if (store.getState().saving) return;
    const sent = editor.store.getState().doc;
    store.setState({ saving: true });
    try {
      const saved = await api.saveWorkflow({ workflow: doc, baseVersion, ...(choices && { choices }) });
      const before = keyOf(store.getState().route);
      const route: CanvasRoute = { at: "workflow", volume: saved.volume, id: saved.workflow_id };
      showAddress(route);
      store.setState({ route, savedCommit: saved.commit, question: null });
      kept(sent, doc, saved);
      if (before !== keyOf(route)) await parts.drafts.dropOwn(before);
    } catch (error) {
      refused(error, doc, baseVersion);
    } finally {
      store.setState({ saving: false });
    }
  };

  /** Takes over what the volume has now; that may hold what others changed meanwhile. */
  const kept = (sent: WorkflowDoc, doc: WorkflowDoc, { workflow, merged, volume, version }: SavedWorkflow) => {
    const origin: Origin = { kind: "stored", volume, version };
    if (!workflow || !merged) {
      editor.saved(sent, doc, origin);
      return;
    }
    const message = `saved together with what ${merged.author ?? "somebody else"} changed: ${listed(merged.theirs)}`;
    // What was changed since rests on the older version still: the next save brings it together with this one.
    const later = editor.store.getState().doc !== sent;
    if (!later) {
      editor.restore(workflow, origin);
      editor.saved(workflow, workflow, origin);
      learnSkills(parts, workflow);
    }
    notices.say({ tone: "info", message, hint: later ? "Save again to see it on the canvas" : null });
  };

  const refused = (error: unknown, doc: WorkflowDoc, baseVersion: string | null) => {
    const question = questionOf(error, doc, baseVersion, store.getState().question);
    if (question) store.setState({ question });
    else notices.say({ tone: "error", ...explain(error) });
  };

  const openStored = ({ workflow, volume, version }: WorkflowView) => {
    const mine = editor.store.getState().doc;
    const origin: Origin = { kind: "stored", volume, version };
    editor.restore(workflow, origin);
    editor.saved(workflow, workflow, origin);
    const route: CanvasRoute = { at: "workflow", volume, id: workflow.workflow_id };
    showAddress(route);
    store.setState({ route, question: null });
    learnSkills(parts, workflow);
    const action = { label: "Bring mine back", run: () => editor.edit(() => mine) };
    notices.say({ tone: "info", message: "the stored version is open now", hint: null, action });
  };

  const askName = () => {
    const { workflow_id, name } = editor.store.getState().doc;
    // An id that nobody chose is left to be made from the name.
    const id = workflow_id === UNSAVED_ID ? "" : workflow_id;
    store.setState({ question: { ask: "name", workflow_id: id, name } });
  };

  return {
    askName,
    closeQuestion: () => store.setState({ question: null }),
    saveAs: (workflow_id, name) =>
      send({ ...editor.store.getState().doc, workflow_id, name }, null),
    async save() {
      if (editor.store.getState().readOnly) return;
      const { doc, origin } = editor.store.getState();
      if (origin.kind === "stored" && origin.volume === own) await send(doc, origin.version);
      else askName();
    },
    async choose(choices) {
      const { question } = store.getState();
      if (question?.ask === "conflict") await send(question.doc, question.baseVersion, choices);
    },
    async keepMine() {
      const { question } = store.getState();
      if (question?.ask !== "conflict") return;
      const { doc, currentVersion } = question;
      try {
        await send(doc, currentVersion ?? (await api.readWorkflow(own, doc.workflow_id)).version);
      } catch (error) {
        notices.say({ tone: "error", ...explain(error) });
      }
    },
    async takeTheirs() {
      const { question } = store.getState();
      if (question?.ask !== "conflict") return;
      try {
        openStored(await api.readWorkflow(own, question.doc.workflow_id));
      } catch (error) {
        notices.say({ tone: "error", ...explain(error) });
      }
    },
  };
}

/** What to ask after a refusal, if anything: what is in the dialog stays there. */
function questionOf(error: unknown, doc: WorkflowDoc, baseVersion: string | null, asked: Question | null): Question | undefined {
  if (error instanceof ApiError && error.problem.status === 409) {
    const { detail, current_version, conflicts = [] } = error.problem;
    return { ask: "conflict", doc, baseVersion, currentVersion: current_version ?? null, detail, conflicts };
  }
  const { workflow_id, name } = doc;
  return asked?.ask === "name" ? { ask: "name", workflow_id, name, problem: explain(error) } : undefined;
}

/** Puts the address of the open workflow into the address bar, unless a page was gone to meanwhile. */
function showAddress(route: CanvasRoute): void {
  if (parseRoute(location.pathname).at !== "page") history.replaceState(null, "", formatRoute(route));
}

/** How many changes a notice names. */
const NAMED = 3;

/** The first few changes in one sentence. */
function listed(words: readonly string[]): string {
  const more = words.length - NAMED;
  return [...words.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ") || "nothing that shows";
}
