/** Fetches the files of a runtime, with progress. */

import type { LoadProgress } from "./types";

/** The list of a runtime's files, made by `ui/scripts/assets.mjs`. */
export type Manifest = {
  files: {
    /** What the runtime calls it. */
    name: string;
    /** Its file name beside the manifest; changes with the content. */
    file: string;
    bytes: number;
    /** Whether it is WebAssembly, compiled once for all workers. */
    compile?: boolean;
  }[];
};

/** A file that has arrived. */
export type FetchedAsset = { name: string; buffer: ArrayBuffer; compile: boolean };

/**
 * Fetches every file of a manifest at once.
 *
 * `onAsset` gets each file as soon as it is there, so that compiling begins
 * while others are still on their way.
 */
export async function fetchAssets(
  manifestUrl: string,
  onAsset: (asset: FetchedAsset) => void,
  onProgress: (progress: Pick<LoadProgress, "loaded" | "total">) => void,
): Promise<string[]> {
  const { files } = (await (await fetchOk(manifestUrl)).json()) as Manifest;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  onProgress({ loaded, total });
  await Promise.all(
    files.map(async ({ name, file, bytes, compile }) => {
      const response = await fetchOk(new URL(file, manifestUrl).href);
      const buffer = await readInto(response, bytes, (count) => {
        loaded += count;
        onProgress({ loaded, total });
      });
      onAsset({ name, buffer, compile: compile ?? false });
    }),
  );
  return files.map(({ name }) => name);
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`\`${url}\` answered ${response.status}`);
  return response;
}

/** Reads a body into one buffer of the size that the manifest promises. */
async function readInto(response: Response, bytes: number, onBytes: (count: number) => void): Promise<ArrayBuffer> {
  if (!response.body) return response.arrayBuffer();
  const whole = new Uint8Array(bytes);
  let at = 0;
  const reader = response.body.getReader();
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a stream comes one piece after the other
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > bytes) throw new Error(`\`${response.url}\` is longer than its manifest says`);
    whole.set(value, at);
    at += value.length;
    onBytes(value.length);
  }
  if (at !== bytes) throw new Error(`\`${response.url}\` is shorter than its manifest says`);
  return whole.buffer;
}
