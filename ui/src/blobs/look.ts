import type { BlobsApi } from "../api/blobs";
import type { BlobFile } from "../api/schema";
import type { FileValue } from "../results/value";

/** What there is to see of a file. */
export type Seen =
  | { seen: "nothing"; why: string }
  /** A value that the viewers of results show; `bytes` says how many of a longer file it has. */
  | { seen: "file"; value: FileValue; bytes: number | null };

/** The largest picture that is shown here, in bytes. */
const MAX_PICTURE = 16 << 20;
/** How much of a text is shown here, in bytes. */
const MAX_TEXT = 2 << 20;
/** How much of what is no text is shown here, in bytes. */
const MAX_BYTES = 64 << 10;
/** So many bytes become base64 together. */
const PART = 0x8000;

/** Reads as much of a file as can be looked at. Nothing of it ever runs: texts are texts, pictures are in an `img`. */
export async function look(api: Pick<BlobsApi, "readFile">, volume: string, file: BlobFile, signal?: AbortSignal): Promise<Seen> {
  const { name, size, media_type: mime, is_here } = file;
  if (!is_here) return { seen: "nothing", why: "Its content is not on this server: the volume has only what stands for it" };
  if (size === 0) return { seen: "nothing", why: "It is empty" };
  const isPicture = mime.startsWith("image/");
  if (isPicture && size > MAX_PICTURE) return { seen: "nothing", why: "The picture is too large to be shown here: download it" };
  const all = await api.readFile({ volume, ...file }, isPicture ? MAX_PICTURE : MAX_TEXT, signal);
  const cut = all.length < size;
  const text = textOf(all, cut);
  if (text === undefined) {
    const part = isPicture ? all : all.subarray(0, MAX_BYTES);
    return { seen: "file", value: { name, mime, base64: base64(part) }, bytes: part.length < size ? part.length : null };
  }
  if (!cut) return { seen: "file", value: { name, mime, text }, bytes: null };
  // Half of a document is no document, but the whole lines of a table are a table.
  const isTable = /^text\/(csv|tab-separated-values)$/.test(mime);
  const lines = isTable ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
  const value = isTable ? { name, mime, text: lines } : { name: `${name} (beginning)`, mime: "text/plain", text };
  return { seen: "file", value, bytes: all.length };
}

/** The bytes as text; `undefined` where they are none. A character that the end cuts is left out. */
function textOf(bytes: Uint8Array, cut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) text += String.fromCodePoint(...bytes.subarray(at, at + PART));
  return btoa(text);
}
