/** Makes the body of a request without holding up the page, whatever is in it. */

import { otherTasks } from "../run/turns";

/** So many items of a list are written at a time. */
const ITEMS = 4_096;
/** Text of this length is turned into bytes together. */
const PART_LENGTH = 65_536;
/** How long the page waits for this at a time, in milliseconds. */
const SLICE_MS = 8;
/** As deep as the numbers of a table in the outputs of a node of a trace; what is deeper is written in one go. */
const DEPTH = 9;

/** A value as JSON, written in slices between which the page does other things. */
export async function jsonBody(value: object): Promise<Blob> {
  const encoder = new TextEncoder();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  let from = performance.now();
  for (const piece of pieces(value, DEPTH)) {
    text += piece;
    if (text.length < PART_LENGTH) continue;
    parts.push(encoder.encode(text));
    text = "";
    if (performance.now() - from < SLICE_MS) continue;
    // oxlint-disable-next-line no-await-in-loop -- this is the pause between two slices
    await otherTasks();
    from = performance.now();
  }
  parts.push(encoder.encode(text));
  return new Blob(parts, { type: "application/json" });
}

/** The same text as that of `JSON.stringify`, in pieces. */
function* pieces(value: unknown, depth: number): Generator<string> {
  if (typeof value !== "object" || value === null || depth === 0) {
    yield JSON.stringify(value) ?? "null";
  } else if (Array.isArray(value)) {
    yield* listPieces(value, depth - 1);
  } else {
    let separator = "{";
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${separator}${JSON.stringify(key)}:`;
      yield* pieces(item, depth - 1);
      separator = ",";
    }
    yield separator === "{" ? "{}" : "}";
  }
}

function* listPieces(list: readonly unknown[], depth: number): Generator<string> {
  const nested = typeof list[0] === "object" && list[0] !== null;
  const step = nested ? 1 : ITEMS;
  for (let at = 0; at < list.length; at += step) {
    yield at === 0 ? "[" : ",";
    if (nested) yield* pieces(list[at], depth);
    else yield JSON.stringify(list.slice(at, at + step)).slice(1, -1);
  }
  yield list.length === 0 ? "[]" : "]";
}
