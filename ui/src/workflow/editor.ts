import { createStore, type StoreApi } from "zustand/vanilla";

import type { ExecutableSkill, Finding, WorkflowDoc } from "../api/schema";
import type { Engine, Skills } from "../engine/engine";
import { emptyWorkflow, findNode } from "./edits";

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
  /** Notes that the volume now has `kept`, made from `sent`. Later changes stay unsaved. */
  saved(sent: WorkflowDoc, kept: WorkflowDoc, origin: Origin): void;
  know(skills: Iterable<ExecutableSkill>): void;
  /** Looks for findings now instead of a moment after the last change. */
  check(): void;
};

export function createEditor(engine: Engine, checkAfterMs = 120): Editor {
  const empty = emptyWorkflow();
  const store = createStore<EditorState>(() => ({
    session: 0,
    doc: empty,
    origin: { kind: "new" },
    clean: empty,
    past: [],
    future: [],
    selection: new Set(),
    skills: {},
    findings: [],
  }));
  let step: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const check = () => {
    clearTimeout(timer);
    const { doc, skills } = store.getState();
    // A canvas with nothing on it needs a start, not a list of problems.
    const findings = doc.nodes.length === 0 ? [] : engine.checkWorkflow(doc, skillsOf(doc, skills));
    store.setState({ findings });
  };
  const checkSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, checkAfterMs);
  };
  const travel = (back: boolean) => {
    const { past, future, doc, selection } = store.getState();
    const target = back ? past.at(-1) : future.at(-1);
    if (!target) return;
    step = undefined;
    store.setState({
      doc: target,
      past: back ? past.slice(0, -1) : [...past, doc],
      future: back ? [...future, doc] : future.slice(0, -1),
      selection: stillThere(selection, target),
    });
    checkSoon();
  };

  return {
    store,
    check,
    open(doc, origin) {
      step = undefined;
      store.setState(({ session }) => ({
        session: session + 1,
        doc,
        origin,
        clean: doc,
        past: [],
        future: [],
        selection: new Set(),
        findings: [],
      }));
      checkSoon();
    },
    edit(change, nextStep) {
      const { doc, past, selection } = store.getState();
      const next = change(doc);
      if (next === doc) return;
      const sameStep = nextStep !== undefined && nextStep === step;
      step = nextStep;
      store.setState({
        doc: next,
        past: sameStep ? past : [...past, doc].slice(-MAX_UNDO),
        future: [],
        selection: stillThere(selection, next),
      });
      checkSoon();
    },
    settle(change) {
      const { doc, clean } = store.getState();
      const next = change(doc);
      store.setState({ doc: next, clean: doc === clean ? next : clean });
    },
    undo: () => travel(true),
    redo: () => travel(false),
    select(ids) {
      const next = new Set(ids);
      const { selection } = store.getState();
      if (next.size === selection.size && [...next].every((id) => selection.has(id))) return;
      store.setState({ selection: next });
    },
    restore(doc, origin) {
      store.setState(({ doc: now, past }) => ({ doc, origin, past: [...past, now], future: [] }));
      step = undefined;
      checkSoon();
    },
    saved(sent, kept, origin) {
      step = undefined;
      store.setState((now) => {
        const meta = { workflow_id: kept.workflow_id, name: kept.name };
        return { doc: now.doc === sent ? kept : { ...now.doc, ...meta }, clean: kept, origin };
      });
    },
    know(found) {
      const { skills } = store.getState();
      const next = { ...skills };
      let changed = false;
      for (const skill of found) {
        const known = next[skill.skill_id];
        if (known?.version === skill.version && known.volume === skill.volume) continue;
        next[skill.skill_id] = skill;
        changed = true;
      }
      if (!changed) return;
      store.setState({ skills: next });
      checkSoon();
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

function skillsOf(doc: WorkflowDoc, all: Skills): Skills {
  const used: Record<string, ExecutableSkill> = {};
  for (const { skill_id } of doc.nodes) {
    const skill = all[skill_id];
    if (skill) used[skill_id] = skill;
  }
  return used;
}

function stillThere(selection: ReadonlySet<string>, doc: WorkflowDoc): ReadonlySet<string> {
  const ids = new Set(doc.nodes.map((node) => node.id));
  const left = [...selection].filter((id) => ids.has(id));
  return left.length === selection.size ? selection : new Set(left);
}
