/**
 * What a sandbox worker finds on its global object in Node.js: the part of a
 * browser's worker that runtimes and skills use, and nothing else.
 *
 * {@link installContext} runs inside a realm of its own, as text: it must not
 * refer to anything outside of itself. Whatever skill code can touch is made
 * here, in that realm; an object of the outer one would lead out of it.
 */

import type { InnerRealm, OuterRealm } from "./realm";

/** Fills the global object of the realm that it runs in. */
export function installContext(outer: OuterRealm): InnerRealm {
  "use strict";
  const scope = globalThis as unknown as Record<string, unknown>;
  const define = (values: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(scope, name, { value, writable: true, configurable: true, enumerable: false });
    }
  };
  /** Calls outward; an error of the outer realm is made one of this. */
  const across = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      // oxlint-disable-next-line preserve-caught-error -- the cause must stay in its realm
      throw new TypeError(String((error as { message?: unknown }).message));
    }
  };
  const bytesOf = (input: unknown): Uint8Array => {
    if (input === undefined) return new Uint8Array(0);
    if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    if (input instanceof ArrayBuffer) return new Uint8Array(input);
    throw new TypeError("not a buffer");
  };

  class TextEncoder {
    readonly encoding = "utf-8";
    encode(text = ""): Uint8Array {
      const target = new Uint8Array(String(text).length * 3);
      return target.slice(0, this.encodeInto(text, target).written);
    }
    encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
      const [read, written] = across(() => outer.encodeInto(String(text), target)).split(" ").map(Number);
      return { read: read ?? 0, written: written ?? 0 };
    }
  }

  class TextDecoder {
    readonly #decode: ReturnType<OuterRealm["decoder"]>;
    readonly encoding: string;
    constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      this.encoding = String(label).toLowerCase();
      this.#decode = across(() => outer.decoder(this.encoding, options.fatal === true, options.ignoreBOM === true));
    }
    decode(input?: unknown, options: { stream?: boolean } = {}): string {
      return across(() => this.#decode(bytesOf(input), options.stream === true));
    }
  }

  class Response {
    readonly #body: Uint8Array;
    readonly status: number;
    readonly ok: boolean;
    readonly headers: Map<string, string>;
    constructor(body: unknown = "", options: { status?: number; headers?: Record<string, string> } = {}) {
      this.#body = typeof body === "string" ? new TextEncoder().encode(body) : bytesOf(body);
      this.status = options.status ?? 200;
      this.ok = this.status >= 200 && this.status < 300;
      const headers = Object.entries(options.headers ?? {});
      this.headers = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return this.#body.slice().buffer;
    }
    async bytes(): Promise<Uint8Array> {
      return this.#body.slice();
    }
    async text(): Promise<string> {
      return new TextDecoder().decode(this.#body);
    }
    async json(): Promise<unknown> {
      return JSON.parse(await this.text());
    }
  }

  class URL {
    readonly href: string;
    readonly origin: string;
    readonly protocol: string;
    readonly host: string;
    readonly hostname: string;
    readonly port: string;
    readonly pathname: string;
    readonly search: string;
    readonly hash: string;
    constructor(url: unknown, base?: unknown) {
      const parts = across(() => outer.parseUrl(String(url), base === undefined ? null : String(base)));
      if (parts === "") throw new TypeError(`Invalid URL: ${String(url)}`);
      const [href, origin, protocol, host, hostname, port, pathname, search, hash] = parts.split("\n");
      this.href = href ?? "";
      this.origin = origin ?? "";
      this.protocol = protocol ?? "";
      this.host = host ?? "";
      this.hostname = hostname ?? "";
      this.port = port ?? "";
      this.pathname = pathname ?? "";
      this.search = search ?? "";
      this.hash = hash ?? "";
    }
    toString(): string {
      return this.href;
    }
    toJSON(): string {
      return this.href;
    }
  }

  /** A copy of data, shared parts and circles kept. */
  const structuredClone = (value: unknown): unknown => {
    const seen = new Map<object, unknown>();
    const copy = (item: unknown): unknown => {
      if (typeof item === "function" || typeof item === "symbol") throw new TypeError(`${String(item)} could not be cloned`);
      if (typeof item !== "object" || item === null) return item;
      if (seen.has(item)) return seen.get(item);
      const keep = <T>(made: T): T => {
        seen.set(item, made);
        return made;
      };
      if (item instanceof ArrayBuffer) return keep(item.slice(0));
      if (ArrayBuffer.isView(item)) {
        const buffer = copy(item.buffer) as ArrayBuffer;
        if (item instanceof DataView) return keep(new DataView(buffer, item.byteOffset, item.byteLength));
        const Typed = item.constructor as new (buffer: ArrayBuffer, at: number, length: number) => unknown;
        return keep(new Typed(buffer, item.byteOffset, (item as unknown as { length: number }).length));
      }
      if (item instanceof Date) return keep(new Date(item.getTime()));
      if (item instanceof RegExp) return keep(new RegExp(item.source, item.flags));
      if (item instanceof Map) {
        const made = keep(new Map());
        for (const [key, inner] of item) made.set(copy(key), copy(inner));
        return made;
      }
      if (item instanceof Set) {
        const made = keep(new Set());
        for (const inner of item) made.add(copy(inner));
        return made;
      }
      if (item instanceof Error) return keep(Object.assign(new Error(item.message), { name: item.name, stack: item.stack }));
      const made = keep((Array.isArray(item) ? [] : {}) as Record<string, unknown>);
      for (const [key, inner] of Object.entries(item)) made[key] = copy(inner);
      return made;
    };
    return copy(value);
  };

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const btoa = (input: unknown): string => {
    const text = String(input);
    let out = "";
    for (let at = 0; at < text.length; at += 3) {
      const codes = [0, 1, 2].map((i) => text.charCodeAt(at + i));
      if (codes.some((code) => code > 255)) throw new TypeError("the text holds characters outside of Latin-1");
      const [a = 0, b = 0, c = 0] = codes.map((code) => (Number.isNaN(code) ? 0 : code));
      const word = (a << 16) | (b << 8) | c;
      const left = text.length - at;
      out += ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63);
      out += (left > 1 ? ALPHABET.charAt((word >> 6) & 63) : "=") + (left > 2 ? ALPHABET.charAt(word & 63) : "=");
    }
    return out;
  };
  const atob = (input: unknown): string => {
    const text = String(input).replace(/[\t\n\f\r ]/g, "").replace(/={1,2}$/, "");
    if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) throw new TypeError("the text is not base64");
    const out: string[] = [];
    let bits = 0;
    let word = 0;
    for (const char of text) {
      word = ((word << 6) | ALPHABET.indexOf(char)) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        out.push(String.fromCharCode((word >> bits) & 255));
      }
    }
    return out.join("");
  };

  const timer = (repeat: boolean) => (call: unknown, ms?: number, ...values: unknown[]): number => {
    if (typeof call !== "function") throw new TypeError("the first argument is no function");
    const wait = Number(ms) || 0;
    return across(() => outer.setTimer(() => void Reflect.apply(call, undefined, values), wait, repeat));
  };
  const clear = (id?: number): void => across(() => outer.clearTimer(Number(id)));
  const crypto = {
    getRandomValues<T extends ArrayBufferView>(view: T): T {
      const bytes = bytesOf(view);
      if (bytes.length > 65_536) throw new TypeError("more than 65536 bytes");
      across(() => outer.fillRandom(bytes));
      return view;
    },
    randomUUID(): string {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
  };

  const listeners = new Map<string, Set<(event: unknown) => void>>();
  const addEventListener = (kind: string, listener: (event: unknown) => void): void => {
    const known = listeners.get(kind) ?? new Set();
    listeners.set(kind, known.add(listener));
  };
  const removeEventListener = (kind: string, listener: (event: unknown) => void): void => {
    listeners.get(kind)?.delete(listener);
  };

  const { load } = outer;
  const importModule = (source: string | ArrayBuffer, name: string): Promise<Record<string, unknown>> => {
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    return new Promise((resolve, reject) => {
      const done: Parameters<OuterRealm["load"]>[2] = (problem, exports) => {
        if (!problem) return resolve(exports ?? {});
        const { message, place, thrown } = problem;
        if (thrown !== undefined) return reject(thrown);
        const error = problem.name === "SyntaxError" ? new SyntaxError(message) : new Error(message);
        error.stack = `${error.name}: ${message}${place}`;
        return reject(error);
      };
      across(() => load(text, name, done));
    });
  };

  /** Says yes to the one question that tells a worker's global object from others. */
  const WorkerGlobalScope = function WorkerGlobalScope(): void {};
  Object.defineProperty(WorkerGlobalScope, Symbol.hasInstance, { value: (value: unknown) => value === globalThis });

  define({
    self: globalThis,
    WorkerGlobalScope,
    TextEncoder,
    TextDecoder,
    Response,
    URL,
    structuredClone,
    atob,
    btoa,
    crypto,
    performance: { now: () => across(() => outer.now()), timeOrigin: outer.timeOrigin },
    setTimeout: timer(false),
    setInterval: timer(true),
    clearTimeout: clear,
    clearInterval: clear,
    queueMicrotask: (call: () => void) => void Promise.resolve().then(call),
    location: { href: "http://sandbox.invalid/worker.js", origin: "null", toString: () => "http://sandbox.invalid/worker.js" },
    navigator: { userAgent: "LLMos-Lite", hardwareConcurrency: 1, language: "en" },
    addEventListener,
    removeEventListener,
    llmosImportModule: importModule,
    onmessage: null,
  });
  if (typeof scope["console"] !== "object") define({ console: {} });
  Reflect.deleteProperty(scope, "SharedArrayBuffer");

  return {
    stray(kind, reason) {
      const message = String((reason as { message?: unknown } | null)?.message ?? reason);
      for (const listener of listeners.get(kind) ?? []) listener({ type: kind, message, reason, preventDefault: () => undefined });
    },
    error: (message) => new Error(message),
  };
}
