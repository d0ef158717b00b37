/** What passes between the realm of a sandbox's worker and the one around it. */

/** What the outer realm does for the inner one. Nothing but text, numbers and bytes crosses. */
export type OuterRealm = {
  now(): number;
  timeOrigin: number;
  fillRandom(bytes: Uint8Array): void;
  /** Writes UTF-8 and answers how many characters were read and bytes written. */
  encodeInto(text: string, bytes: Uint8Array): string;
  decoder(label: string, fatal: boolean, ignoreBom: boolean): (bytes: Uint8Array | null, stream: boolean) => string;
  setTimer(call: () => void, ms: number, repeat: boolean): number;
  clearTimer(id: number): void;
  /** Loads a module in the inner realm, then calls back. */
  load(text: string, name: string, done: (error: Problem | null, exports?: Record<string, unknown>) => void): void;
  /** The parts of an address, one a line, or nothing where it is none. */
  parseUrl(text: string, base: string | null): string;
};

/** An error of the outer realm, in words. */
export type Problem = {
  name: string;
  message: string;
  place: string;
  /** What the module itself threw, an object of the inner realm. */
  thrown?: unknown;
};

/** What the outer realm gets back. */
export type InnerRealm = {
  /** Tells of an error that nobody caught. */
  stray(kind: "error" | "unhandledrejection", reason: unknown): void;
  /** Makes an error of the inner realm. */
  error(message: string): Error;
};
