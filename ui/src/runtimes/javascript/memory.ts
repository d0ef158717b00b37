/**
 * Counts what JavaScript code asks for in large pieces, and refuses what is
 * over the limit of its skill. Runs inside the sandbox, before any skill.
 *
 * A worker cannot be given a limit, nor measured from outside. What can be
 * seen from inside are buffers, typed arrays, WebAssembly memory, and texts
 * and lists that are made in one go. Single objects and texts put together
 * piece by piece are not seen: they end with the browser's own limit.
 *
 * What was freed is known only when the code gives way. So one allocation may
 * have the limit, and everything that is not known to be free a few times that.
 */

import type { Call, LoadedRuntime, Outcome } from "../../run/protocol";

/** Sets the limit of the next call. */
export type MemoryGuard = {
  /** From now on `limitBytes` count. */
  begin(limitBytes: number): void;
  /** The runtime's own work counts for nothing. */
  end(): void;
};

/** How many times the limit may be asked for while nothing can be known to be free. */
const STRETCH = 4;

/** Smaller pieces are counted, but not watched: watching costs more than they do. */
const WATCHED_FROM = 65_536;

type Scope = Record<string, unknown> & { FinalizationRegistry: typeof FinalizationRegistry };
type Anything = (...args: unknown[]) => unknown;
type View = (new (...args: unknown[]) => object) & { prototype: object; BYTES_PER_ELEMENT?: number };

const VIEWS = [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array",
];

/** What says that there was too much. Its name is that of the browser's own error. */
export const OVER = "over the memory limit";

/** Watches what the code in `scope` allocates. */
export function guardMemory(scope: Scope): MemoryGuard {
  const account = new Account(scope);
  guardBuffers(scope, account);
  guardWebAssembly(scope, account);
  guardTexts(scope, account);
  return account;
}

/** Has the limit of each call count while it lasts. */
export function limited(guard: MemoryGuard, run: (call: Call) => Outcome | Promise<Outcome>): LoadedRuntime["call"] {
  const ended = (outcome: Outcome): Outcome => {
    guard.end();
    return outcome;
  };
  return (call) => {
    guard.begin(call.memoryMb * 2 ** 20);
    const outcome = run(call);
    return outcome instanceof Promise ? outcome.then(ended) : ended(outcome);
  };
}

class Account implements MemoryGuard {
  #limit = Infinity;
  /** Everything that was asked for and is not known to be free. */
  #asked = 0;
  /** Counts calls: what an earlier one took is no concern of the next. */
  #call = 0;
  readonly #freed: FinalizationRegistry<{ bytes: number; call: number }>;

  constructor({ FinalizationRegistry: Registry }: Scope) {
    this.#freed = new Registry(({ bytes, call }) => {
      if (call === this.#call) this.#asked -= bytes;
    });
  }

  begin(limitBytes: number): void {
    this.#call += 1;
    this.#limit = limitBytes;
    this.#asked = 0;
  }

  end(): void {
    this.#limit = Infinity;
  }

  /** Asks for room before it is taken. */
  charge(bytes: number): void {
    if (this.#limit === Infinity || !(bytes > 0)) return;
    this.#asked += bytes;
    if (bytes <= this.#limit && this.#asked <= this.#limit * STRETCH) return;
    this.#asked -= bytes;
    throw new RangeError(`${OVER} of ${Math.round(this.#limit / 2 ** 20)} MB`);
  }

  /** Notices when something large is gone. */
  watch(made: object, bytes: number): void {
    if (bytes < WATCHED_FROM || this.#limit === Infinity) return;
    this.#freed.register(made, { bytes, call: this.#call });
  }
}

/** Replaces a constructor by one that asks first; everything else about it stays. */
function replace(scope: Scope, name: string, sizeOf: (first: unknown) => number, account: Account): void {
  const Original = scope[name] as View | undefined;
  if (typeof Original !== "function") return;
  function Asking(this: unknown, ...args: unknown[]): object {
    if (new.target === undefined) throw new TypeError(`Constructor ${name} requires 'new'`);
    const bytes = sizeOf(args[0]);
    account.charge(bytes);
    const target = new.target === (Asking as unknown) ? (Original as View) : (new.target as unknown as View);
    const made = Reflect.construct(Original as View, args, target) as object;
    account.watch(made, bytes);
    return made;
  }
  Object.setPrototypeOf(Asking, Original);
  Object.defineProperties(Asking, {
    name: { value: name },
    length: { value: Original.length },
    prototype: { value: Original.prototype, writable: false },
  });
  Object.defineProperty(Original.prototype, "constructor", { value: Asking, writable: true, configurable: true });
  scope[name] = Asking;
}

function guardBuffers(scope: Scope, account: Account): void {
  const isNumber = (value: unknown): value is number => typeof value === "number";
  replace(scope, "ArrayBuffer", (first) => (isNumber(first) ? first : 0), account);
  const Typed = Object.getPrototypeOf(scope["Uint8Array"]) as { prototype: object };
  for (const name of VIEWS) {
    const each = (scope[name] as View | undefined)?.BYTES_PER_ELEMENT ?? 1;
    replace(scope, name, (first) => {
      if (isNumber(first)) return first * each;
      if (typeof first !== "object" || first === null) return 0;
      const { length } = first as { length?: unknown };
      return isNumber(length) ? length * each : 0;
    }, account);
  }
  const ofSelf = (self: unknown): number => (self as { byteLength?: number }).byteLength ?? 0;
  for (const name of ["slice", "map", "filter", "toSorted", "toReversed", "with"]) before(Typed.prototype, name, ofSelf, account);
  before((scope["ArrayBuffer"] as View).prototype, "slice", ofSelf, account);
  for (const name of ["resize", "transfer"]) {
    before((scope["ArrayBuffer"] as View).prototype, name, (self, [size]) => (isNumber(size) ? Math.max(0, size - ofSelf(self)) : 0), account);
  }
}

const PAGE = 65_536;

function guardWebAssembly(scope: Scope, account: Account): void {
  const wasm = scope["WebAssembly"] as Scope | undefined;
  if (!wasm) return;
  replace(wasm, "Memory", (options) => ((options as { initial?: number } | undefined)?.initial ?? 0) * PAGE, account);
  before((wasm["Memory"] as View).prototype, "grow", (_self, [pages]) => (typeof pages === "number" ? pages * PAGE : 0), account);
}

function guardTexts(scope: Scope, account: Account): void {
  const text = (scope["String"] as { prototype: object }).prototype;
  const list = (scope["Array"] as { prototype: object }).prototype;
  const count = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);
  before(text, "repeat", (self, [times]) => String(self).length * count(times), account);
  for (const name of ["padStart", "padEnd"]) before(text, name, (_self, [length]) => count(length), account);
  before(list, "fill", (self) => {
    const { length } = self as { length: number };
    return length >= 10_000 ? 8 * length : 0;
  }, account);
}

/** Has a method ask before it runs. */
function before(owner: object, name: string, bytes: (self: unknown, args: unknown[]) => number, account: Account): void {
  const original = (owner as Record<string, unknown>)[name] as Anything | undefined;
  if (typeof original !== "function") return;
  const { apply } = Reflect;
  const asking = {
    [name](this: unknown, ...args: unknown[]): unknown {
      account.charge(bytes(this, args));
      return apply(original, this, args);
    },
  }[name] as Anything;
  Object.defineProperty(asking, "length", { value: original.length });
  Object.defineProperty(owner, name, { value: asking, writable: true, configurable: true, enumerable: false });
}
