/** Holds WebAssembly to a limit. Runs inside the sandbox. */

/** The limit that counts at the moment; set it before every call. */
export type MemoryLimit = {
  /** The most that one memory may grow to. */
  bytes: number;
  /** Whether growing was refused since this was last set to `false`. */
  hit: boolean;
};

/** Refuses memory beyond a limit; what asked for it gets an error, as if there were no more. */
export function limitMemory(): MemoryLimit {
  const limit: MemoryLimit = { bytes: Infinity, hit: false };
  const grow = WebAssembly.Memory.prototype.grow;
  const { apply } = Reflect;
  WebAssembly.Memory.prototype.grow = function (pages: number) {
    if (this.buffer.byteLength + pages * 65_536 > limit.bytes) {
      limit.hit = true;
      throw new RangeError("over the memory limit");
    }
    return apply(grow, this, [pages]) as number;
  };
  return limit;
}
