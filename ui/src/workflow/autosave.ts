import type { Drafts } from "./drafts";
import { type Editor, isDirty } from "./editor";

/** Keeps unsaved changes as a draft a moment after they are made. */
export type Autosave = {
  /** Keeps what still waits to be kept. */
  flush(): void;
  /** Keeps or drops the draft at once. */
  now(): void;
};

const AFTER_MS = 250;

/**
 * Watches the editor. `key` names the open workflow, or is `undefined` while
 * one is being opened, when nothing may be kept under a wrong name.
 */
export function autosave(
  editor: Editor,
  drafts: Drafts,
  key: () => string | undefined,
  failed: (error: unknown) => void,
): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    const state = editor.store.getState();
    const name = key();
    if (name === undefined) return;
    const kept = isDirty(state) ? drafts.keep(name, state.doc, state.origin) : drafts.dropOwn(name);
    kept.catch(failed);
  };
  const flush = () => {
    if (timer !== undefined) now();
  };

  editor.store.subscribe((state, before) => {
    if (state.doc === before.doc && state.clean === before.clean) return;
    clearTimeout(timer);
    timer = setTimeout(now, AFTER_MS);
  });
  globalThis.addEventListener?.("pagehide", flush);
  globalThis.document?.addEventListener("visibilitychange", flush);
  return { flush, now };
}
