import { createStore, type StoreApi } from "zustand/vanilla";

import type { ExecutableSkill, Finding, WorkflowDoc } from "../api/schema";
import type { Engine, Skills } from "../engine/engine";
import { emptyWorkflow, findNode } from "./edits";
import { nodeSkill, skillKey, usedKey } from "./uses";

/** Where the open workflow comes from. */
export type Origin = { kind: "new" } | { kind: "stored"; volume: string; version: string };

/** What is open, and everything needed to show and change it. */
export type EditorState = {
  /** Changes when another workflow is opened. */
  session: number;
  doc: WorkflowDoc;
  origin: Origin;
  /** The document as its volume has it. Anything else is unsaved. */
  clean: WorkflowDoc;
  past: readonly WorkflowDoc[];
  future: readonly WorkflowDoc[];
  /** Whether the document can only be looked at, such as that of an earlier run. */
  readOnly: boolean;
  /** Selected nodes. */
  selection: ReadonlySet<string>;
  skills: Skills;
  findings: readonly Finding[];
};

/** A change to the document. */
export type Edit = (doc: WorkflowDoc) => WorkflowDoc;

/** How many steps back are kept. */
const MAX_UNDO = 200;

/** The open workflow with its history. Knows no server and no screen. */
export type Editor = {
  store: StoreApi<EditorState>;
  /** Opens a document; the history starts anew. */
  open(doc: WorkflowDoc, origin: Origin): void;
  /**
   * Changes the document. Changes in a row with the same `step` are one step
   * of the history, such as the letters typed into one field.
   */
  edit(edit: Edit, step?: string): void;
  /** Replaces the document, but counts as unchanged, such as a first layout. */
  settle(edit: Edit): void;
  undo(): void;
  redo(): void;
  select(ids: Iterable<string>): void;
  /** Brings back unsaved changes and what they rest on; one step of the history. */
  restore(doc: WorkflowDoc, origin: Origin): void;
  /** Shows another document that cannot be changed, until {@link Editor.back}. */
  look(doc: WorkflowDoc): void;
  /** Goes back to the document that was open before. */
  back(): void;
  /** Notes that the volume now has `kept`, made from `sent`. Later changes stay unsaved. */
  saved(sent: WorkflowDoc, kept: WorkflowDoc, origin: Origin): void;
  know(skills: Iterable<ExecutableSkill>): void;
  /** Drops a skill that nobody has any more. */
  forget(id: string): void;
  /** Looks for findings now instead of a moment after the last change. */
  check(): void;
};

export function createEditor(engine: Engine, checkAfterMs = 120): Editor {
  const store = createStore<EditorState>(() => ({ session: 0, skills: {}, ...opened(emptyWorkflow(), { kind: "new" }) }));
  let step: string | undefined;
  let behind: EditorState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const check = () => {
    clearTimeout(timer);
    const { doc, skills } = store.getState();
    // A canvas with nothing on it needs a start, not a list of problems.
    const findings = doc.nodes.length === 0 ? [] : engine.checkWorkflow(doc, skillsOf(doc, skills));
    store.setState({ findings });
  };
  /** Takes over a change, and looks for findings a moment later. */
  const change = (next: Partial<EditorState> | undefined, nextStep?: string) => {
    if (!next) return;
    step = nextStep;
    store.setState(next);
    clearTimeout(timer);
    timer = setTimeout(check, checkAfterMs);
  };

  return {
    store,
    check,
    open(doc, origin) {
      behind = undefined;
      change({ session: store.getState().session + 1, ...opened(doc, origin) });
    },
    edit(edit, nextStep) {
      if (store.getState().readOnly) return;
      const again = nextStep !== undefined && nextStep === step;
      change(edited(store.getState(), edit, again), nextStep);
    },
    look(doc) {
      behind ??= store.getState();
      const { session } = store.getState();
      change({ session: session + 1, ...opened(doc, { kind: "new" }), origin: behind.origin, readOnly: true });
    },
    back() {
      if (!behind) return;
      const { skills, session } = store.getState();
      const before = behind;
      behind = undefined;
      change({ ...before, skills, session: session + 1 });
    },
    settle(edit) {
      const { doc, clean } = store.getState();
      const next = edit(doc);
      store.setState({ doc: next, clean: doc === clean ? next : clean });
    },
    undo: () => change(travelled(store.getState(), true)),
    redo: () => change(travelled(store.getState(), false)),
    select(ids) {
      const next = new Set(ids);
      const { selection } = store.getState();
      if (next.size === selection.size && [...next].every((id) => selection.has(id))) return;
      store.setState({ selection: next });
    },
    restore(doc, origin) {
      const { doc: before, past } = store.getState();
      change({ doc, origin, past: [...past, before], future: [] });
    },
    saved(sent, kept, origin) {
      step = undefined;
      const { doc } = store.getState();
      const { workflow_id, name } = kept;
      store.setState({ doc: doc === sent ? kept : { ...doc, workflow_id, name }, clean: kept, origin });
    },
    know(found) {
      const skills = known(store.getState().skills, found);
      if (skills) change({ skills }, step);
    },
    forget(id) {
      const { [id]: gone, ...skills } = store.getState().skills;
      if (gone) change({ skills }, step);
    },
  };
}

/** Whether there is anything that the volume does not have. */
export function isDirty({ doc, clean }: EditorState): boolean {
  return doc !== clean;
}

/** The node that the inspector shows: the only selected one. */
export function selectedNode({ doc, selection }: EditorState) {
  if (selection.size !== 1) return undefined;
  const [id] = selection;
  return id === undefined ? undefined : findNode(doc, id);
}

/** The state right after opening a document. */
function opened(doc: WorkflowDoc, origin: Origin): Omit<EditorState, "session" | "skills"> {
  return { doc, origin, clean: doc, readOnly: false, past: [], future: [], selection: new Set(), findings: [] };
}

/** The state after a change; `again` makes it part of the step before. */
function edited({ doc, past, selection }: EditorState, edit: Edit, again: boolean): Partial<EditorState> | undefined {
  const next = edit(doc);
  if (next === doc) return undefined;
  return {
    doc: next,
    past: again ? past : [...past, doc].slice(-MAX_UNDO),
    future: [],
    selection: stillThere(selection, next),
  };
}

/** The state one step back or forth, or `undefined` where there is none. */
function travelled({ doc, past, future, selection }: EditorState, back: boolean): Partial<EditorState> | undefined {
  const target = back ? past.at(-1) : future.at(-1);
  return (
    target && {
      doc: target,
      past: back ? past.slice(0, -1) : [...past, doc],
      future: back ? [...future, doc] : future.slice(0, -1),
      selection: stillThere(selection, target),
    }
  );
}

/** The skills with those found, or `undefined` where all of them were known. */
function known(skills: Skills, found: Iterable<ExecutableSkill>): Skills | undefined {
  const fresh = [...found].filter((skill) => {
    const one = skills[skillKey(skill)];
    return one?.version !== skill.version || one.volume !== skill.volume;
  });
  return fresh.length === 0 ? undefined : { ...skills, ...Object.fromEntries(fresh.map((skill) => [skillKey(skill), skill])) };
}

function skillsOf(doc: WorkflowDoc, all: Skills): Skills {
  const used: Record<string, ExecutableSkill> = {};
  for (const node of doc.nodes) {
    const skill = nodeSkill(node, all);
    if (skill) used[usedKey(node)] = skill;
  }
  return used;
}

function stillThere(selection: ReadonlySet<string>, doc: WorkflowDoc): ReadonlySet<string> {
  const ids = new Set(doc.nodes.map((node) => node.id));
  const left = [...selection].filter((id) => ids.has(id));
  return left.length === selection.size ? selection : new Set(left);
}
