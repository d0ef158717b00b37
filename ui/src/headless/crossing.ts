/**
 * The border between the realm of a thread and the one of skill code inside of
 * it. Whatever comes from there is looked at with the language's own functions
 * before Node.js sees it: Node.js describes what it does not expect, and calls
 * functions of an object to do so, with objects of this realm as arguments.
 */

const { apply, getPrototypeOf, ownKeys, getOwnPropertyDescriptor } = Reflect;
const { freeze } = Object;

const ofTyped = getPrototypeOf(Uint8Array.prototype) as object;
const getter = (name: PropertyKey) => getOwnPropertyDescriptor(ofTyped, name)?.get as () => unknown;
const [kindOf, bufferOf, offsetOf, lengthOf] = [getter(Symbol.toStringTag), getter("buffer"), getter("byteOffset"), getter("length")];

/** A text, or an error. */
export function textIn(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}

/** A number, or an error. */
export function numberIn(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("not a number");
  return value;
}

/** A function, or an error. It is called with nothing but texts, numbers and what is of its own realm. */
export function callIn<T>(value: T): T {
  if (typeof value !== "function") throw new TypeError("not a function");
  return value;
}

/** The same bytes as an array of this realm, told by what the value is and not by what it says; else an error. */
export function bytesIn(value: unknown): Uint8Array {
  if (apply(kindOf, value, []) !== "Uint8Array") throw new TypeError("not a buffer");
  const part = (get: () => unknown): unknown => apply(get, value, []);
  return new Uint8Array(part(bufferOf) as ArrayBuffer, part(offsetOf) as number, part(lengthOf) as number);
}

/** Whether something is of this realm, and must not reach skill code. */
export function isOurs(value: unknown): boolean {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && value instanceof Object;
}

/** Names of the language. */
const NAMES = (
  "Object Function Array Number String Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap WeakSet WeakRef FinalizationRegistry " +
  "Promise Proxy Reflect Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer " +
  "SharedArrayBuffer DataView Atomics Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array " +
  "Float64Array BigInt64Array BigUint64Array Iterator WebAssembly Intl parseInt parseFloat isNaN isFinite"
).split(" ");

/** The language's own objects of this realm, also those that have no name. */
export function intrinsics(): object[] {
  const named = NAMES.map((name) => (globalThis as Record<string, unknown>)[name]);
  const nameless = [
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().entries(),
    ""[Symbol.iterator](),
    "".matchAll(/a/g),
    (function* () {})(),
    (async function* () {})(),
    async () => undefined,
    new Uint8Array(0),
  ];
  const found = new Set<object>();
  const add = (value: unknown): void => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || found.has(value)) return;
    found.add(value);
    add(getPrototypeOf(value));
    for (const name of ["prototype", "constructor"]) add(getOwnPropertyDescriptor(value, name)?.value);
  };
  for (const value of named) add(value);
  for (const value of nameless) add(getPrototypeOf(value));
  return [...found];
}

/** Nothing can be changed on the language's own objects of this realm, should one ever be reached. */
export function freezeIntrinsics(): void {
  for (const one of intrinsics()) {
    for (const key of ownKeys(one)) {
      const method = getOwnPropertyDescriptor(one, key)?.value as unknown;
      if (typeof method === "function") freeze(method);
    }
    freeze(one);
  }
}
