import { isList, type Table } from "./value";

const PER_PART = 5_000;
/** A text that is a number is no formula. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Has the browser save a file made of parts. */
export function saveParts(name: string, mime: string, parts: BlobPart[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file to be saved, as parts so that no text holds a large one whole. */
export type DownloadFile = { name: string; mime: string; parts: BlobPart[] };

/** Has the browser save a file. */
export function saveFile({ name, mime, parts }: DownloadFile): void {
  saveParts(name, mime, parts);
}

/** A value as JSON in parts, so that no text holds a large one whole. */
export function* jsonParts(value: unknown): Generator<string> {
  if (isList(value)) {
    yield "[";
    for (let from = 0; from < value.length; from += PER_PART) {
      if (from > 0) yield ",";
      const to = Math.min(from + PER_PART, value.length);
      const items: string[] = [];
      for (let at = from; at < to; at += 1) items.push([...jsonParts(value[at])].join(""));
      yield items.join(",");
    }
    yield "]";
  } else if (typeof value === "object" && value !== null) {
    yield "{";
    let first = true;
    for (const [key, one] of Object.entries(value)) {
      if (one === undefined) continue;
      yield `${first ? "" : ","}${JSON.stringify(key)}:`;
      yield* jsonParts(one);
      first = false;
    }
    yield "}";
  } else {
    yield typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "null");
  }
}

/** A table as CSV in parts; with an order, only its rows. */
export function tableCsv({ columns }: Table, order?: Uint32Array): string[] {
  const parts = [csvLine(columns.map(({ name }) => name))];
  const rows = order?.length ?? Math.max(0, ...columns.map(({ values }) => values.length));
  for (let from = 0; from < rows; from += PER_PART) {
    let part = "";
    const to = Math.min(from + PER_PART, rows);
    for (let at = from; at < to; at += 1) {
      const row = order?.[at] ?? at;
      part += csvLine(columns.map(({ values }) => values[row]));
    }
    parts.push(part);
  }
  return parts;
}

/** One line of CSV (RFC 4180). */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

function csvField(field: unknown): string {
  if (field === null || field === undefined) return "";
  const text = typeof field === "string" ? plainText(field) : typeof field === "object" ? JSON.stringify(field) : String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that no spreadsheet takes for a formula, which may send away what is beside it; numbers stay as they are. */
function plainText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** The bytes of a base64 text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.codePointAt(0) ?? 0);
}

/** The bytes behind a `data:` URL. */
export function dataUrlBytes(url: string): Uint8Array<ArrayBuffer> {
  const comma = url.indexOf(",");
  const data = url.slice(comma + 1);
  if (url.slice(0, comma).endsWith(";base64")) return fromBase64(data);
  return new TextEncoder().encode(decodeURIComponent(data));
}

/** A picture as a file. */
export function imageFile(url: string, name: string): DownloadFile {
  const mime = /^data:(image\/[a-z0-9.+-]+)/i.exec(url)?.[1] ?? "image/png";
  const ending = { "image/jpeg": "jpg", "image/svg+xml": "svg" }[mime] ?? mime.slice("image/".length);
  return { name: `${name}.${ending}`, mime, parts: [dataUrlBytes(url)] };
}
