/**
 * Carries much data between the page and its workers in parts.
 *
 * The sandbox may live in another process, and then even a block that is moved
 * is copied in one go, which would keep the page from answering meanwhile. So
 * large typed arrays travel ahead of their message, part by part, with an empty
 * one in their place.
 */

import { otherTasks } from "./turns";

/** One part of a block, and where it belongs. */
export type Part = { t: "part"; id: number; block: number; bytes: number; at: number; data: ArrayBuffer };

/** Where a block belongs in its message. */
export type Place = (string | number)[];

/** What is taken out of a message: typed arrays and their places. */
export type Parcel<T> = { value: T; blocks: ArrayBufferView[]; places: Place[] };

/** Messages with less than this travel whole. */
const WHOLE_BYTES = 16 * 2 ** 20;
/** Smaller arrays stay where they are. */
const BLOCK_BYTES = 2 ** 20;
const PART_BYTES = 4 * 2 ** 20;
/** Large arrays are no deeper than this, and not among the items of longer lists. */
const DEPTH = 8;
const ITEMS = 1_000;
/** How long the page is busy at a time, in milliseconds. */
const SLICE_MS = 8;

type Container = Record<string | number, unknown>;
type TypedArray = new (buffer?: ArrayBuffer) => ArrayBufferView;

/** Takes large arrays out of a message, if they are many bytes together; the message itself is left as it is. */
export function takeOut<T extends object>(root: T): Parcel<T> {
  const found: { place: Place; view: ArrayBufferView }[] = [];
  look(root, [], found);
  const bytes = found.reduce((sum, { view }) => sum + view.byteLength, 0);
  if (bytes < WHOLE_BYTES) return { value: root, blocks: [], places: [] };
  const copies = new Set<object>();
  const ownCopy = (value: object): Container => {
    if (copies.has(value)) return value as Container;
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Container;
    copies.add(copy);
    return copy;
  };
  const top = ownCopy(root);
  for (const { place, view } of found) {
    let at = top;
    for (const step of place.slice(0, -1)) at = at[step] = ownCopy(at[step] as object);
    at[place.at(-1) ?? ""] = new (view.constructor as TypedArray)();
  }
  return { value: top as T, blocks: found.map(({ view }) => view), places: found.map(({ place }) => place) };
}

function look(value: object, place: Place, found: { place: Place; view: ArrayBufferView }[]): void {
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength >= BLOCK_BYTES && !(value instanceof DataView)) found.push({ place, view: value });
    return;
  }
  if (value instanceof ArrayBuffer || place.length >= DEPTH || (Array.isArray(value) && value.length > ITEMS)) return;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "object" && item !== null) look(item as object, [...place, key], found);
  }
}

/** The parts of the blocks of one message, each copied when it is its turn. */
export function* partsOf(id: number, blocks: readonly ArrayBufferView[]): Generator<Part> {
  for (const [block, { buffer, byteOffset, byteLength: bytes }] of blocks.entries()) {
    for (let at = 0; at < bytes; at += PART_BYTES) {
      const from = byteOffset + at;
      const data = buffer.slice(from, from + Math.min(PART_BYTES, bytes - at)) as ArrayBuffer;
      yield { t: "part", id, block, bytes, at, data };
    }
  }
}

/** Sends parts in slices between which the page does other things, as long as they are wanted. */
export async function sendParts(parts: Iterable<Part>, send: (part: Part) => void, isWanted: () => boolean): Promise<void> {
  let from = performance.now();
  for (const part of parts) {
    if (!isWanted()) return;
    send(part);
    if (performance.now() - from < SLICE_MS) continue;
    // oxlint-disable-next-line no-await-in-loop -- this is the pause between two slices
    await otherTasks();
    from = performance.now();
  }
}

/** Puts together what comes in parts. The other side may say anything. */
export class Parcels {
  #id = -1;
  #blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  #left = 0;

  constructor(readonly limitBytes: number) {}

  /** Takes a part in; one that cannot be right is passed over. */
  take({ id, block, bytes, at, data }: Partial<Record<keyof Part, unknown>>): void {
    if (!isCount(id) || !isCount(block) || !isCount(bytes) || !isCount(at) || !(data instanceof ArrayBuffer)) return;
    if (id !== this.#id) this.#begin(id);
    let known = this.#blocks.get(block);
    if (!known) {
      if (bytes > this.#left) return;
      this.#left -= bytes;
      known = new Uint8Array(bytes);
      this.#blocks.set(block, known);
    }
    if (at + data.byteLength <= known.length) known.set(new Uint8Array(data), at);
  }

  /** Puts the blocks into their message, and forgets them; says whether each of them was there. */
  putInto(id: unknown, root: object, places: unknown): boolean {
    const blocks = id === this.#id ? this.#blocks : new Map<number, Uint8Array<ArrayBuffer>>();
    this.#begin(-1);
    if (!Array.isArray(places)) return places === undefined;
    return places.every((place, index) => {
      const bytes = blocks.get(index);
      return bytes !== undefined && Array.isArray(place) && put(root as Container, place as unknown[], bytes.buffer);
    });
  }

  #begin(id: number): void {
    this.#id = id;
    this.#blocks = new Map();
    this.#left = this.limitBytes;
  }
}

/** Puts an array of the same kind where an empty one is. A path through what objects inherit leads nowhere. */
function put(root: Container, place: readonly unknown[], buffer: ArrayBuffer): boolean {
  let at: unknown = root;
  for (const step of place.slice(0, -1)) at = isStep(step) && isOwn(at, step) ? at[step] : undefined;
  const last = place.at(-1);
  if (!isStep(last) || !isOwn(at, last)) return false;
  const empty = at[last];
  if (!ArrayBuffer.isView(empty) || empty instanceof DataView || empty.byteLength > 0) return false;
  at[last] = new (empty.constructor as TypedArray)(buffer);
  return true;
}

function isOwn(value: unknown, step: string | number): value is Container {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && Object.hasOwn(value, step);
}

function isStep(step: unknown): step is string | number {
  return typeof step === "string" || typeof step === "number";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
