/**
 * Finds the runtimes: every file of `runtimes/` is one. It exports
 * `definition`, which runs in the page, and `worker`, which is built into a
 * script of its own and runs in the sandbox.
 */

import type { PackageFile, PackageOrder } from "./packages";
import type { ExecutableSkill } from "./types";

/** What the page knows of a runtime before it is loaded. */
export type RuntimeDefinition = {
  /** The file name without its ending. */
  name: string;
  /** What people call it. */
  title: string;
  /** The skill types it runs. */
  types: readonly string[];
  /** Part of every derivation key: results of another version are not reused. */
  version: string;
  /** The list of its files, relative to the assets, or `null` if it needs none. */
  manifest: string | null;
  /**
   * Where its workers run: in the sandbox, or among the page's own. The page's
   * are for runtimes that run no code which could do more than compute.
   */
  place?: "sandbox" | "page";
  pool: {
    /** How many calls may run at the same time. */
    busy(cores: number): number;
    /** How many workers may exist. */
    live: number;
    /** How many idle workers are started ahead of need. */
    spare: number;
    /** Spares are started when nothing began for this long: they take time from what runs. */
    spareAfterMs: number;
    /** About how much memory an idle worker takes; small where it is left out. */
    memoryMb?: number;
  };
  /** Two skills share a worker only if this is the same for both. */
  isolation(skill: ExecutableSkill, codeId: number): string;
  /** The name that the code of a skill has in stack traces. */
  fileName(skillId: string): string;
};

/** A runtime and the way to its sandbox script. */
export type Runtime = RuntimeDefinition & {
  source(): Promise<string>;
  /** The runtime that this one is, with packages in it. */
  base?: Runtime;
  /** What its workers load beside the files of the base. */
  packages?: { order: PackageOrder; files: readonly PackageFile[] };
};

/** Looks up runtimes by name and by skill type. */
export class Registry {
  readonly runtimes: readonly Runtime[];
  readonly #byType = new Map<string, Runtime>();

  constructor(runtimes: Iterable<Runtime>) {
    this.runtimes = [...runtimes];
    for (const runtime of this.runtimes) {
      for (const type of runtime.types) this.#byType.set(type, runtime);
    }
  }

  /** The runtime that runs skills of this type. */
  forType(type: string): Runtime | undefined {
    return this.#byType.get(type);
  }

  /** The version of the runtime of each skill type. */
  versions(): Record<string, string> {
    return Object.fromEntries([...this.#byType].map(([type, runtime]) => [type, runtime.version]));
  }
}

/** Every runtime that this build contains. */
export function builtInRuntimes(): Registry {
  const definitions = import.meta.glob<RuntimeDefinition>(["../runtimes/*.ts", "!../runtimes/*.test.ts"], {
    eager: true,
    import: "definition",
  });
  const sources = import.meta.glob<string>(["../runtimes/*.ts", "!../runtimes/*.test.ts"], {
    query: "?sandbox",
    import: "default",
  });
  return new Registry(
    Object.entries(definitions).map(([path, definition]) => ({
      ...definition,
      source: async () => {
        const load = sources[path];
        if (!load) throw new Error(`no sandbox script for the runtime \`${definition.name}\``);
        return load();
      },
    })),
  );
}
