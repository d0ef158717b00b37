/**
 * ngspice as a library: takes one command at a time and tells what it printed.
 *
 * An engine that failed in any way is thrown away by its owner: a fresh one
 * takes some 40 ms, and nothing of an earlier netlist can be in it.
 */

/** The Emscripten module, as far as it is used here. */
export type SpiceModule = {
  FS: {
    writeFile(path: string, data: string | Uint8Array): void;
    readFile(path: string): Uint8Array;
    unlink(path: string): void;
  };
  runThings(): void;
};

/** Makes an Emscripten module; `ui/scripts/runtimes/spice.mjs` takes it out of its package. */
export type CreateModule = (options: Record<string, unknown>) => Promise<SpiceModule>;

/** What one command printed, without prompts and empty lines. */
export type Printed = { out: string[]; err: string[] };

/** The engine ended itself; what it said last tells why. */
export class EngineStopped extends Error {
  override name = "EngineStopped";

  constructor(
    message: string,
    readonly printed: Printed,
  ) {
    super(message);
  }
}

/** What ngspice reads about the machine; without it, it complains. */
const MEMORY_FACTS = "MemTotal: 4194304 kB\nMemFree: 4194304 kB\nMemAvailable: 4194304 kB\n";

/** A question of ngspice, such as whether to go on after an error, is answered with no. */
const ANSWER = "n";

type Waiting = { resolve(printed: Printed): void; reject(error: EngineStopped): void };

/** A running ngspice. */
export class Engine {
  #module: SpiceModule | null = null;
  #memory: WebAssembly.Memory | null = null;
  #printed: Printed = { out: [], err: [] };
  #command: string | null = null;
  #waiting: Waiting | null = null;
  #wake: (() => void) | null = null;
  #lost: string | null = null;

  private constructor() {}

  /** Starts one. */
  static async start(create: CreateModule, wasm: WebAssembly.Module): Promise<Engine> {
    const engine = new Engine();
    const module = await create({
      noInitialRun: true,
      print: (line: string) => engine.#hear("out", line),
      printErr: (line: string) => engine.#hear("err", line),
      getInput: () => engine.#answer(),
      handleThings: () => engine.#next(),
      onLost: (error: unknown) => engine.#lose(String(error)),
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        watchExit(imports);
        void WebAssembly.instantiate(wasm, imports).then((instance) => {
          engine.#memory = instance.exports["memory"] as WebAssembly.Memory;
          done(instance);
        });
      },
    });
    engine.#module = module;
    module.FS.writeFile("/spinit", "* nothing is read at the start\n");
    module.FS.writeFile("/proc/meminfo", MEMORY_FACTS);
    await new Promise<Printed>((resolve, reject) => {
      engine.#waiting = { resolve, reject };
      module.runThings();
    });
    return engine;
  }

  /** How much memory it holds. */
  get heapBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Has a command carried out; fails when the engine ends over it. */
  command(text: string): Promise<Printed> {
    if (this.#lost !== null) return Promise.reject(new EngineStopped(this.#lost, this.#printed));
    this.#printed = { out: [], err: [] };
    this.#command = text;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#wake?.();
    });
  }

  /** Puts a file where commands find it. */
  write(path: string, text: string): void {
    this.#module?.FS.writeFile(path, text);
  }

  /** Takes a file away; `null` when there is none. */
  take(path: string): Uint8Array | null {
    try {
      const bytes = this.#module?.FS.readFile(path) ?? null;
      this.#module?.FS.unlink(path);
      return bytes;
    } catch {
      return null;
    }
  }

  /** ngspice is between two commands. */
  async #next(): Promise<void> {
    const { resolve } = this.#waiting ?? {};
    this.#waiting = null;
    const wake = new Promise<void>((go) => {
      this.#wake = go;
    });
    resolve?.(this.#printed);
    await wake;
    this.#wake = null;
  }

  /** ngspice reads a line: the command, or the answer to a question of its own. */
  #answer(): string {
    const command = this.#command ?? ANSWER;
    this.#command = null;
    return command;
  }

  #hear(stream: keyof Printed, line: string): void {
    const text = line.replace(/^(ngspice \d+ -> )+/, "").trimEnd();
    if (text !== "") this.#printed[stream].push(text);
  }

  #lose(reason: string): void {
    this.#lost = reason;
    this.#waiting?.reject(new EngineStopped(reason, this.#printed));
    this.#waiting = null;
  }
}

/** ngspice ends by calling `exit`, which must not return. */
function watchExit(imports: WebAssembly.Imports): void {
  const env = imports["env"] ?? {};
  for (const name of ["exit", "proc_exit", "_abort_js"]) {
    env[name] = () => {
      throw new Error("the simulator stopped");
    };
  }
}
