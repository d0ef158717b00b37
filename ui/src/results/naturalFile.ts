import { type DownloadFile, fromBase64, imageFile, jsonParts, tableCsv } from "./download";
import { tabular } from "./tabular";
import { shapeOf } from "./value";

/** A file that is made when somebody wants it. */
export type Natural = { name: string; make: () => DownloadFile };

/** The file that people expect of a value; `undefined` where there is nothing to keep. */
export function naturalFile(value: unknown, port: string): Natural | undefined {
  const shape = shapeOf(value);
  const of = (name: string, mime: string, parts: () => BlobPart[]): Natural => ({ name, make: () => ({ name, mime, parts: parts() }) });
  switch (shape.shape) {
    case "nothing":
      return undefined;
    case "table":
      return of(`${port}.csv`, "text/csv", () => tableCsv(tabular(value) ?? shape.table));
    case "image": {
      const file = imageFile(shape.url, port);
      return { name: file.name, make: () => file };
    }
    case "text":
      return of(`${port}.txt`, "text/plain", () => [shape.text]);
    case "bytes":
      return of(`${port}.bin`, "application/octet-stream", () => [new Uint8Array(shape.bytes)]);
    case "file": {
      const { file } = shape;
      return of(file.name, file.mime, () => ["text" in file ? file.text : fromBase64(file.base64)]);
    }
    case "plot":
    case "scalar":
    case "tree":
      return of(`${port}.json`, "application/json", () => [...jsonParts(value)]);
  }
}
