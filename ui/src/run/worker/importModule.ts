/**
 * Loads the text of a module inside the sandbox. A browser does it from a blob;
 * a host without blobs to import from leaves a way of its own on the global
 * object, which is taken off it here, before any skill code runs.
 */

import type { WorkerHost } from "../protocol";

type ImportModule = WorkerHost["importModule"];

const own = (globalThis as { llmosImportModule?: ImportModule }).llmosImportModule;
Reflect.deleteProperty(globalThis, "llmosImportModule");
const { Blob, URL } = globalThis;

/** What a module exports. */
export const importModule: ImportModule = own ?? importBlob;

async function importBlob(source: string | ArrayBuffer, name: string): Promise<Record<string, unknown>> {
  const parts = typeof source === "string" ? [`${source}\n//# sourceURL=${name}`] : [source];
  const url = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  } finally {
    URL.revokeObjectURL(url);
  }
}
