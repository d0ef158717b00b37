import type { BlobsApi } from "../api/blobs";
import type { BlobFile, BlobPlace } from "../api/schema";
import { problem } from "./fakes";

/** A file of a volume. */
export function blobFile(name: string, about: Partial<BlobFile> = {}): BlobFile {
  return {
    path: `files/${name}.blob.md`,
    name,
    size: 4,
    media_type: "text/plain",
    hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    is_here: true,
    kept_at: "2026-11-20T15:30:00Z",
    may_change: true,
    ...about,
  };
}

/** Files in memory: those that are given, in the volume of ana, and those that are uploaded. */
export function fakeBlobs(kept: BlobFile[] = [], contents: Record<string, Uint8Array<ArrayBuffer>> = {}): BlobsApi & { kept: BlobFile[]; asked: string[] } {
  const all = [...kept];
  const asked: string[] = [];
  const place = (name: string): BlobPlace => {
    const path = `files/${name}.blob.md`;
    const is_taken = all.some((one) => one.path === path);
    return { volume: "user/ana", path, is_taken, free_path: is_taken ? `files/2-${name}.blob.md` : path };
  };
  return {
    kept: all,
    asked,
    listFiles: async (volume, most) => {
      const own = volume === "user/ana" ? all : [];
      return { volume, total: own.length, blobs: own.slice(0, most), may_add: volume === "user/ana", max_bytes: 1 << 30 };
    },
    placeFile: async (_volume, { name, size }) => {
      if (size > 1000) throw problem(413, "it has more than 1000 bytes", { hint: "send a smaller one" });
      return place(name);
    },
    uploadFile: async (file, { volume, path, name, replace }, { onProgress, signal }) => {
      signal.throwIfAborted();
      onProgress(file.size);
      asked.push(`${path}${replace ? " in place" : ""}`);
      const one = blobFile(name ?? path.replace("files/", "").replace(".blob.md", ""), { path, size: file.size, media_type: file.type });
      const before = all.findIndex((other) => other.path === path);
      if (before >= 0) all.splice(before, 1, one);
      else all.push(one);
      return { ...one, volume, pointer: "", path, commit: "c1" };
    },
    deleteFile: async ({ path }) => {
      const at = all.findIndex((one) => one.path === path);
      if (at < 0) throw problem(404, `there is no file \`${path}\``);
      all.splice(at, 1);
    },
    readFile: async ({ path }, most) => (contents[path] ?? new TextEncoder().encode("text")).slice(0, most),
    fileUrl: ({ volume, path, hash }) => `/api/blobs/${hash}?volume=${volume}&path=${path}&download=true`,
  };
}
