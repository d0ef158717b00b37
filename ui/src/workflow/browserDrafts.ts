import { createDrafts, type Draft, type DraftMedium, type Drafts, memoryMedium } from "./drafts";

const LOCK = "llmos-page-";

/** Drafts in this browser's IndexedDB. */
export async function openBrowserDrafts(): Promise<Drafts> {
  const page = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const medium = await openMedium().catch(() => memoryMedium());
  // Held as long as the page is there; other pages then leave its drafts alone.
  void navigator.locks?.request(LOCK + page, () => new Promise(() => undefined));
  return createDrafts(medium, page, openPages);
}

async function openPages(): Promise<ReadonlySet<string>> {
  const { held } = (await navigator.locks?.query()) ?? {};
  const names = held?.map((lock) => lock.name ?? "") ?? [];
  return new Set(names.filter((name) => name.startsWith(LOCK)).map((name) => name.slice(LOCK.length)));
}

async function openMedium(): Promise<DraftMedium> {
  const opening = indexedDB.open("llmos", 1);
  opening.addEventListener("upgradeneeded", () =>
    opening.result.createObjectStore("drafts", { keyPath: ["page", "key"] }),
  );
  const db = await done(opening);
  const drafts = (mode: IDBTransactionMode) => db.transaction("drafts", mode).objectStore("drafts");
  return {
    put: async (draft) => void (await done(drafts("readwrite").put(draft))),
    remove: (page, key) => done(drafts("readwrite").delete([page, key])),
    all: () => done(drafts("readonly").getAll() as IDBRequest<Draft[]>),
  };
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the browser keeps no drafts")));
  });
}
