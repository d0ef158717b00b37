import type { WorkflowDoc } from "../api/schema";
import type { Origin } from "./editor";

/** Changes that no volume has yet. */
export type Draft = {
  /** The page they were made in: one id per load of the page. */
  page: string;
  /** The workflow they belong to; see {@link draftKey}. */
  key: string;
  doc: WorkflowDoc;
  /** What they rest on. */
  origin: Origin;
  /** Milliseconds since 1970. */
  at: number;
};

/** Keeps unsaved changes on this machine, one record per page and workflow. */
export interface Drafts {
  keep(key: string, doc: WorkflowDoc, origin: Origin): Promise<void>;
  /** Drops what this page keeps for a workflow. */
  dropOwn(key: string): Promise<void>;
  drop(draft: Draft): Promise<void>;
  /** What this page keeps for a workflow, such as from before looking at another one. */
  own(key: string): Promise<Draft | undefined>;
  /** Drafts of a workflow that were left by pages now closed, newest first. */
  left(key: string): Promise<Draft[]>;
}

/** Where drafts lie. */
export interface DraftMedium {
  put(draft: Draft): Promise<void>;
  remove(page: string, key: string): Promise<void>;
  all(): Promise<Draft[]>;
}

/** What a draft belongs to: a stored workflow, or a new one. */
export function draftKey(at: { volume: string; id: string } | "new"): string {
  return at === "new" ? "new" : `${at.volume}/${at.id}`;
}

/** Drafts in `medium`; `openPages` says which pages are still there. */
export function createDrafts(
  medium: DraftMedium,
  page: string,
  openPages: () => Promise<ReadonlySet<string>>,
  now: () => number = Date.now,
): Drafts {
  const all = async (key: string) => (await medium.all()).filter((draft) => draft.key === key);
  return {
    keep: (key, doc, origin) => medium.put({ page, key, doc, origin, at: now() }),
    dropOwn: (key) => medium.remove(page, key),
    drop: (draft) => medium.remove(draft.page, draft.key),
    own: async (key) => (await all(key)).find((draft) => draft.page === page),
    async left(key) {
      const [drafts, open] = await Promise.all([all(key), openPages()]);
      return drafts
        .filter((draft) => draft.page !== page && !open.has(draft.page))
        .toSorted((a, b) => b.at - a.at);
    },
  };
}

/** Drafts that end with the page, for browsers that keep nothing. */
export function memoryMedium(): DraftMedium {
  const drafts = new Map<string, Draft>();
  const id = (page: string, key: string) => `${page}\n${key}`;
  return {
    put: async (draft) => void drafts.set(id(draft.page, draft.key), draft),
    remove: async (page, key) => void drafts.delete(id(page, key)),
    all: async () => [...drafts.values()],
  };
}
