import { createStore, type StoreApi } from "zustand/vanilla";

import { explain } from "../api/api";
import type { BlobsApi, NewFile } from "../api/blobs";
import type { BlobPlace, UploadedBlob } from "../api/schema";

/** How far an upload is; never two at once. */
export type Phase =
  | { is: "waiting" }
  /** A file of this name is there already: somebody has to say what becomes of it. */
  | { is: "asking"; place: BlobPlace }
  | { is: "sending"; sent: number }
  | { is: "done"; path: string }
  | { is: "failed"; message: string; hint: string | null };

/** A file on its way into a volume. */
export type Upload = { id: number; name: string; size: number; volume: string; phase: Phase };

/** What becomes of a file whose name is taken. */
export type Answer = "replace" | "both" | "skip";

/** Brings files into volumes, a few at once, also while another page is in front. It knows no screen. */
export type Uploads = {
  store: StoreApi<{ uploads: readonly Upload[] }>;
  add(volume: string, files: readonly File[]): void;
  /** As {@link add} for one file, which never takes the place of another; fails as its upload does. */
  keep(volume: string, file: File): Promise<UploadedBlob>;
  answer(id: number, answer: Answer): void;
  /** Ends an upload that goes on, and forgets one that is over. */
  drop(id: number): void;
  again(id: number): void;
  /** Forgets those that are done. */
  tidy(): void;
};

/** How many are sent at once: a browser has few connections, and others need them too. */
const AT_ONCE = 2;

/** What is not shown. */
type Behind = {
  file: File;
  abort: AbortController;
  /** Where it goes, once that is decided. */
  to?: NewFile;
  beside?: boolean;
  kept?: (blob: UploadedBlob) => void;
  failed?: (error: unknown) => void;
};

export function createUploads(api: BlobsApi): Uploads {
  const store = createStore<{ uploads: readonly Upload[] }>(() => ({ uploads: [] }));
  const behind = new Map<number, Behind>();
  let lastId = 0;
  let n_active = 0;

  const find = (id: number) => store.getState().uploads.find((one) => one.id === id);
  const enter = (id: number, phase: Phase) =>
    store.setState(({ uploads }) => ({ uploads: uploads.map((one) => (one.id === id ? { ...one, phase } : one)) }));
  const forget = (id: number) => {
    behind.delete(id);
    store.setState(({ uploads }) => ({ uploads: uploads.filter((one) => one.id !== id) }));
  };

  const begin = (volume: string, file: File, more: Partial<Behind> = {}) => {
    lastId += 1;
    const upload: Upload = { id: lastId, name: file.name, size: file.size, volume, phase: { is: "waiting" } };
    behind.set(upload.id, { file, abort: new AbortController(), ...more });
    store.setState(({ uploads }) => ({ uploads: [...uploads, upload] }));
  };
  const pump = () => {
    while (n_active < AT_ONCE) {
      const { uploads } = store.getState();
      // Of two files of one name the second learns that its name is taken.
      const isFree = ({ volume, name }: Upload) =>
        !uploads.some((other) => other.phase.is === "sending" && other.volume === volume && other.name === name);
      const next = uploads.find((one) => one.phase.is === "waiting" && isFree(one));
      if (!next) return;
      n_active += 1;
      enter(next.id, { is: "sending", sent: 0 });
      void carry(next).finally(() => {
        n_active -= 1;
        pump();
      });
    }
  };
  const carry = async ({ id, volume, name, size }: Upload) => {
    const one = behind.get(id);
    if (!one) return;
    const { file, abort } = one;
    try {
      if (!one.to) {
        await readable(file);
        const place = await api.placeFile(volume, { name, size }, abort.signal);
        if (place.is_taken && !one.beside) {
          enter(id, { is: "asking", place });
          return;
        }
        one.to = place.is_taken ? beside(volume, place) : { volume, path: place.path, name, replace: false };
      }
      const onProgress = (sent: number) => enter(id, { is: "sending", sent });
      const blob = await api.uploadFile(file, one.to, { signal: abort.signal, onProgress });
      enter(id, { is: "done", path: blob.path ?? one.to.path });
      one.kept?.(blob);
      if (one.kept) forget(id);
    } catch (error) {
      // Where it goes is looked at once more.
      delete one.to;
      if (!abort.signal.aborted && !one.failed) enter(id, { is: "failed", ...explain(error) });
      else forget(id);
      one.failed?.(error);
    }
  };
  // Whoever leaves the page now loses what is on its way.
  globalThis.addEventListener?.("beforeunload", (event) => {
    if (n_active > 0) event.preventDefault();
  });

  return {
    store,
    add(volume, files) {
      for (const file of files) begin(volume, file);
      pump();
    },
    keep: (volume, file) =>
      new Promise((kept, failed) => {
        begin(volume, file, { beside: true, kept, failed });
        pump();
      }),
    answer(id, answer) {
      const [upload, one] = [find(id), behind.get(id)];
      if (!one || upload?.phase.is !== "asking") return;
      const { place } = upload.phase;
      if (answer === "skip") {
        forget(id);
        return;
      }
      const { volume, name } = upload;
      one.to = answer === "both" ? beside(volume, place) : { volume, path: place.path, name, replace: true };
      enter(id, { is: "waiting" });
      pump();
    },
    drop(id) {
      const one = behind.get(id);
      if (find(id)?.phase.is === "sending") one?.abort.abort();
      else {
        forget(id);
        one?.failed?.(new DOMException("It was cancelled", "AbortError"));
      }
    },
    again(id) {
      const one = behind.get(id);
      if (!one) return;
      one.abort = new AbortController();
      enter(id, { is: "waiting" });
      pump();
    },
    tidy: () => store.getState().uploads.filter(({ phase }) => phase.is === "done").forEach(({ id }) => forget(id)),
  };
}

/** Beside what is there the file has the name of its own place. */
function beside(volume: string, { free_path }: BlobPlace): NewFile {
  return { volume, path: free_path, replace: false };
}

/** A folder comes as a file that cannot be read, and so does what was moved away meanwhile. */
async function readable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw Object.assign(new Error(`\`${file.name}\` cannot be read`), { hint: "Choose the files themselves, not the folder that they are in" });
  }
}
