import type { StoreApi } from "zustand/vanilla";
import { createStore } from "zustand/vanilla";

/** Remembers which workflow the runs of a draft belong to: their traces were kept before it had a name. */
export type DraftRuns = {
  /** The runs of each workflow from before its first save, by the key of the workflow. */
  store: StoreApi<Readonly<Record<string, readonly string[]>>>;
  /** A run of what is open now was kept. */
  ran(key: string, traceId: string): void;
  /** What was open under one key is saved under another. */
  saved(from: string, to: string): void;
  /** Something new is begun under this key. */
  begun(key: string): void;
};

const KEY = "llmos.draft-runs";
/** So many workflows are remembered, the newest ones. */
const MAX_WORKFLOWS = 200;
/** So many runs of one draft are. */
const MAX_RUNS = 200;

/** What is remembered outlives the page, where the browser lets it. */
export function createDraftRuns(storage: Pick<Storage, "getItem" | "setItem"> | undefined = globalThis.localStorage): DraftRuns {
  const store = createStore(() => read(storage));
  const put = (key: string, ids: readonly string[]) => {
    // Other pages remember theirs in the same place.
    const { [key]: _, ...others } = { ...store.getState(), ...read(storage) };
    const entries = [...Object.entries(others), ...(ids.length > 0 ? [[key, ids.slice(-MAX_RUNS)] as const] : [])];
    const next = Object.fromEntries(entries.slice(-MAX_WORKFLOWS));
    store.setState(next, true);
    try {
      storage?.setItem(KEY, JSON.stringify(next));
    } catch {
      // A full or forbidden storage costs the link, never the run.
    }
  };
  const of = (key: string) => store.getState()[key] ?? [];
  return {
    store,
    ran: (key, traceId) => put(key, [...of(key), traceId]),
    saved(from, to) {
      put(to, [...of(to), ...of(from)]);
      put(from, []);
    },
    begun: (key) => put(key, []),
  };
}

function read(storage: Pick<Storage, "getItem"> | undefined): Record<string, string[]> {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? "{}");
    const entries = Object.entries(kept as Record<string, unknown>).filter((one): one is [string, string[]] => Array.isArray(one[1]));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
