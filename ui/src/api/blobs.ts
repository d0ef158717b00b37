import type { BlobFile, BlobList, BlobPlace, UploadedBlob } from "./schema";
import { teamOf } from "./sessions";
import type { Watch } from "./upload";

/** Which file: the address of its volume, where it stands there, and what it holds. */
export type FileRef = Pick<BlobFile, "path" | "hash"> & { volume: string };

/** Where a file goes: to a volume, a path in it, and whether what is there may be replaced. */
export type NewFile = { volume: string; path: string; replace: boolean; name?: string };

/** Keeps files of any size. */
export interface BlobsApi {
  /** The first `most` files of a volume, by path. */
  listFiles(volume: string, most: number, signal?: AbortSignal): Promise<BlobList>;
  /** Where a file of this name would stand; fails where it would be refused. */
  placeFile(volume: string, file: { name: string; size: number }, signal?: AbortSignal): Promise<BlobPlace>;
  uploadFile(file: Blob, to: NewFile, watch: Watch): Promise<UploadedBlob>;
  /** Takes a file out of its volume, unless it changed since. */
  deleteFile(ref: FileRef): Promise<void>;
  /** The first bytes of a file. */
  readFile(ref: FileRef, most: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Where a browser saves it from. */
  fileUrl(ref: FileRef): string;
}

/** How this part of the API asks the server. */
type Ask = {
  url(path: string, params?: Record<string, string | number | undefined>): string;
  get<T>(url: string, signal?: AbortSignal): Promise<T>;
  bytes(url: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  remove(url: string): Promise<void>;
  upload<T>(url: string, body: Blob, watch: Watch): Promise<T>;
};

/** The longest page of a list. */
const PAGE = 1000;

/** The part of the API that is about files, over HTTP. */
export function httpBlobs({ url, get, bytes, remove, upload }: Ask): BlobsApi {
  const at = ({ volume, path, hash }: FileRef, more: Record<string, string> = {}) =>
    url(`/blobs/${encodeURIComponent(hash)}`, { volume, path, team_id: teamOf(volume), ...more });
  const page = (volume: string, limit: number, offset: number, signal?: AbortSignal) =>
    get<BlobList>(url("/blobs", { volume, limit, offset, team_id: teamOf(volume) }), signal);
  return {
    async listFiles(volume, most, signal) {
      const first = await page(volume, Math.min(most, PAGE), 0, signal);
      const last = Math.min(most, first.total);
      const offsets = Array.from({ length: Math.max(0, Math.ceil(last / PAGE) - 1) }, (_, n) => (n + 1) * PAGE);
      const rest = await Promise.all(offsets.map((offset) => page(volume, Math.min(PAGE, last - offset), offset, signal)));
      return { ...first, blobs: [first, ...rest].flatMap(({ blobs }) => blobs) };
    },
    placeFile: (volume, { name, size }, signal) => get(url("/blobs/place", { volume, name, size, team_id: teamOf(volume) }), signal),
    uploadFile: (file, { volume, path, replace, name }, watch) =>
      upload(url("/blobs", { volume, path, name, replace: String(replace), team_id: teamOf(volume) }), file, watch),
    deleteFile: ({ volume, path, hash }) => remove(url("/blobs", { volume, path, hash, team_id: teamOf(volume) })),
    // A part that is more than all of it is all of it; of nothing there is no part.
    readFile: (ref, most, signal) => bytes(at(ref), most > 0 ? { range: `bytes=0-${most - 1}` } : {}, signal),
    fileUrl: (ref) => at(ref, { download: "true" }),
  };
}
