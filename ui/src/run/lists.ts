/**
 * Carries long lists of numbers between the page and its workers as blocks.
 *
 * A list is cloned item by item, a typed array in one go: thirty times faster.
 * So a long list travels as a block beside the value, with an empty list in its
 * place, and stays a block in the page until somebody looks at it.
 */

/** A list that travels beside its value: where it belongs, and its numbers. */
export type PackedList = { path: (string | number)[]; data: Float64Array };

/** Longer ones are looked at as typed arrays. */
const VIEWED_UP_TO = 100_000;

/** Shorter lists are not worth it. */
const PACKED_FROM = 1_000;

type Container = Record<string | number, unknown>;

/** From this size on, a typed array is copied where it was made, and not where it arrives. */
const MOVED_FROM_BYTES = 65_536;

/**
 * Copies the large typed arrays of a value so that their blocks can be moved:
 * the page then takes them over without touching them. What `moving` names is
 * free to be moved as it is.
 */
export function movable<T extends object>(root: T, moving: readonly unknown[]): { value: T; blocks: ArrayBuffer[] } {
  const blocks: ArrayBuffer[] = [];
  const copied = new Map<object, object>();
  const visit = (value: object): object => {
    if (ArrayBuffer.isView(value)) {
      if (value.byteLength < MOVED_FROM_BYTES || value instanceof DataView || moving.includes(value.buffer)) return value;
      const copy = copied.get(value) ?? (value as Uint8Array).slice();
      if (!copied.has(value)) blocks.push((copy as Uint8Array).buffer as ArrayBuffer);
      copied.set(value, copy);
      return copy;
    }
    // A list of items that are no objects is the rule, and a long one is not walked through.
    if (value instanceof ArrayBuffer || (Array.isArray(value) && !isContainer(value[0]))) return value;
    let copy: Container | null = null;
    for (const [key, item] of Object.entries(value)) {
      if (!isContainer(item)) continue;
      const changed = visit(item);
      if (changed === item) continue;
      copy ??= copyOf(value);
      copy[key] = changed;
    }
    return copy ?? value;
  };
  return { value: visit(root) as T, blocks };
}

/** Takes the long lists out of a value; the value itself is left as it is. */
export function packLists<T extends object>(root: T): { value: T; lists: PackedList[] } {
  const lists: PackedList[] = [];
  return { value: pack(root, [], lists) as T, lists };
}

function pack(value: object, path: (string | number)[], lists: PackedList[]): object {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  if (Array.isArray(value) && value.length >= PACKED_FROM) {
    const data = numbersOf(value);
    if (data) {
      lists.push({ path: [...path], data });
      return [];
    }
  }
  let copy: Container | null = null;
  const look = (key: string | number, item: unknown): void => {
    if (!isContainer(item)) return;
    path.push(key);
    const packed = pack(item, path, lists);
    path.pop();
    if (packed === item) return;
    copy ??= copyOf(value);
    copy[key] = packed;
  };
  if (Array.isArray(value)) value.forEach((item: unknown, index) => look(index, item));
  else for (const [key, item] of Object.entries(value)) look(key, item);
  return copy ?? value;
}

function numbersOf(list: unknown[]): Float64Array | null {
  const data = new Float64Array(list.length);
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i];
    if (typeof item !== "number") return null;
    data[i] = item;
  }
  return data;
}

/**
 * Puts the lists back, in a copy of what they change.
 *
 * Lists longer than `upTo` are put back as typed arrays. A path that does not
 * lead to an empty list is passed over: a worker may have made it up, to reach
 * what objects inherit.
 */
export function unpackLists<T extends object>(root: T, lists: readonly PackedList[], upTo = Infinity): T {
  if (lists.length === 0) return root;
  const copies = new Set<object>();
  const ownCopy = (value: object): Container => {
    if (copies.has(value)) return value as Container;
    const copy = copyOf(value);
    copies.add(copy);
    return copy;
  };
  const top = ownCopy(root);
  for (const { path, data } of lists) {
    let place: Container | null = top;
    path.forEach((key, index) => {
      const item: unknown = place && Object.hasOwn(place, key) ? place[key] : undefined;
      if (!place || !isContainer(item)) {
        place = null;
      } else if (index < path.length - 1) {
        place = place[key] = ownCopy(item);
      } else if (Array.isArray(item) && item.length === 0) {
        place[key] = data.length > upTo ? data : Array.from(data);
      }
    });
  }
  return top as T;
}

/** Whether what a worker sent is a list of packed lists. */
export function arePackedLists(value: unknown): value is PackedList[] {
  const isStep = (step: unknown): boolean => typeof step === "string" || typeof step === "number";
  return (
    Array.isArray(value) &&
    (value as Partial<PackedList>[]).every(
      (list) => isContainer(list) && Array.isArray(list.path) && list.path.every(isStep) && list.data instanceof Float64Array,
    )
  );
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function copyOf(value: object): Container {
  return (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Container;
}

/** The outputs of a node, long lists packed until somebody looks at them. */
export class HeldOutputs {
  readonly #ports = new Map<string, unknown>();
  readonly #views = new Map<string, unknown>();

  constructor(
    readonly packed: Record<string, unknown>,
    readonly lists: readonly PackedList[] = [],
  ) {}

  /** Every output as the skill gave it. */
  whole(): Record<string, unknown> {
    return this.#each((name) => this.port(name));
  }

  /**
   * Every output for looking at: as the skill gave it, but very long lists are
   * typed arrays, as making them anew would keep the page busy.
   */
  views(): Record<string, unknown> {
    return this.#each((name) => this.view(name));
  }

  /** One output as the skill gave it; what an object inherits is none. */
  port(name: string): unknown {
    return this.#kept(this.#ports, name, Infinity);
  }

  /** The outputs as something that is only looked at. */
  get viewed(): { port(name: string): unknown; whole(): Record<string, unknown> } {
    return { port: (name) => this.view(name), whole: () => this.views() };
  }

  /** One output for looking at. */
  view(name: string): unknown {
    return this.#kept(this.#views, name, VIEWED_UP_TO);
  }

  #each(look: (name: string) => unknown): Record<string, unknown> {
    // A worker names the ports: a name may be one that plain assignment takes otherwise.
    return Object.fromEntries(Object.keys(this.packed).map((name) => [name, look(name)]));
  }

  #kept(known: Map<string, unknown>, name: string, upTo: number): unknown {
    if (!Object.hasOwn(this.packed, name)) return undefined;
    if (!known.has(name)) {
      const { value, lists } = this.linked(name, "value");
      known.set(name, unpackLists({ value }, lists, upTo)["value"]);
    }
    return known.get(name);
  }

  /** One output as the input of another node, still packed. */
  linked(name: string, input: string): { value: unknown; lists: PackedList[] } {
    if (!Object.hasOwn(this.packed, name)) return { value: undefined, lists: [] };
    const lists = this.lists.flatMap(({ path: [port, ...path], data }) => (port === name ? [{ path: [input, ...path], data }] : []));
    return { value: this.packed[name], lists };
  }
}
