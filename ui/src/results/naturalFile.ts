import { dataUrlBytes, type DownloadFile, fromBase64, jsonParts, tableCsv } from "./download";
import { type Shape, shapeOf } from "./value";

/** How to make the file that people expect of a value; `undefined` where there is nothing to keep. */
export function naturalFile(value: unknown, port: string): (() => DownloadFile) | undefined {
  const shape = shapeOf(value);
  return shape.shape === "nothing" ? undefined : () => fileOf(shape, port);
}

function fileOf(shape: Exclude<Shape, { shape: "nothing" }>, port: string): DownloadFile {
  switch (shape.shape) {
    case "table":
      return { name: `${port}.csv`, mime: "text/csv", parts: tableCsv(shape.table) };
    case "image": {
      const kind = /^data:image\/([a-z]+)/.exec(shape.url)?.[1] ?? "png";
      return { name: `${port}.${kind}`, mime: `image/${kind}`, parts: [dataUrlBytes(shape.url)] };
    }
    case "text":
      return { name: `${port}.txt`, mime: "text/plain", parts: [shape.text] };
    case "bytes":
      return { name: `${port}.bin`, mime: "application/octet-stream", parts: [new Uint8Array(shape.bytes)] };
    case "file": {
      const { file } = shape;
      return { name: file.name, mime: file.mime, parts: ["text" in file ? file.text : fromBase64(file.base64)] };
    }
    case "plot":
      return { name: `${port}.json`, mime: "application/json", parts: [...jsonParts(shape.plot)] };
    case "scalar":
    case "tree":
      return { name: `${port}.json`, mime: "application/json", parts: [...jsonParts(shape.value)] };
  }
}
