/**
 * The QDK's compiler and simulator, one fresh instance for each use.
 *
 * An instance reads its random seed when it starts and never again, so a fresh
 * one is what makes a seed count. It takes a millisecond.
 */

import { QuantumProblem } from "./problem";

/** The position of a character, counted from 0. */
export type Position = { line: number; character: number };

/** What the compiler says about a place in the program. */
export type Diagnostic = {
  message: string;
  range: { start: Position; end: Position };
  code?: string;
  severity?: string;
};

/** An error with the file it is in. */
export type CompilerError = { document: string; diagnostic: Diagnostic; stack?: string | null };

/** A program as the compiler takes it. */
export type Program = { language: "qsharp" | "openqasm"; sources: [name: string, text: string][] };

/** What comes out of a program while it runs. */
export type ShotEvent =
  | { type: "Message"; message: string }
  | { type: "DumpMachine"; state: Record<string, [number, number]>; qubitCount: number }
  | { type: "Matrix"; matrix: unknown }
  | { type: "Result"; success: true; result: string }
  | { type: "Result"; success: false; result: { message: string; errors: CompilerError[] } };

type ProgramConfig = {
  packageGraphSources: {
    root: { sources: Program["sources"]; languageFeatures: string[]; dependencies: Record<string, string> };
    packages: Record<string, never>;
    hasManifest: boolean;
  };
  profile: string;
  projectType: Program["language"];
};

/** The script that belongs to the WebAssembly, as far as it is used here. */
export type QscModule = {
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  setRandom(fill: (bytes: Uint8Array) => void): void;
  initLogging(callback: (level: string, target: string, text: string) => void, level: number): void;
  run(program: ProgramConfig, expression: string, onEvent: (message: string) => void, shots: number): boolean;
  get_circuit(program: ProgramConfig, operation: undefined, config: Record<string, unknown>): unknown;
  get_qir(program: ProgramConfig): string;
};

/** The compiler's own errors for a program, in the order it gave them. */
export class CompilerErrors extends Error {
  override name = "CompilerErrors";

  constructor(readonly errors: CompilerError[]) {
    super(errors[0]?.diagnostic.message ?? "the program cannot be compiled");
  }
}

const CIRCUIT = { maxOperations: 1_000, sourceLocations: false, groupByScope: false };

/** Compiles and runs programs. */
export class Simulator {
  #memory: WebAssembly.Memory | null = null;
  #compiled: { limitMb: number; module: WebAssembly.Module } | null = null;
  #said: string[] = [];

  constructor(
    readonly qsc: QscModule,
    readonly wasm: ArrayBuffer,
  ) {}

  /** The memory of the instance that was used last. */
  get heapBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Compiles ahead, so that the first call does not wait for it. */
  warm(limitMb: number): void {
    this.#module(limitMb);
  }

  /** Begins anew: nothing of earlier programs is left, and random numbers follow `seed`. */
  reset(seed: number, limitMb: number): void {
    this.qsc.setRandom(generator(seed));
    this.#said = [];
    this.#memory = this.qsc.initSync({ module: this.#module(limitMb) }).memory;
    this.qsc.initLogging((_level, _target, text) => this.#said.push(text), 1);
  }

  /** Runs a program and hands on what comes out of it. */
  run(program: Program, expression: string, shots: number, onEvent: (event: ShotEvent, raw: string) => void): void {
    this.#guard(() => {
      const failed: CompilerError[] = [];
      const hear = (raw: string): void => {
        const event = JSON.parse(raw) as ShotEvent;
        if (event.type === "Result" && !event.success) failed.push(...event.result.errors);
        onEvent(event, raw);
      };
      try {
        this.qsc.run(configOf(program, "unrestricted"), expression, hear, shots);
      } catch (error) {
        if (failed.length === 0) throw error;
      }
      if (failed.length > 0) throw new CompilerErrors(failed);
    });
  }

  /** The circuit of a program without parameters, in the form of the QDK's own components. */
  circuit(program: Program): unknown {
    const generate = (generationMethod: string): unknown =>
      this.#guard(() => this.qsc.get_circuit(configOf(program, "unrestricted"), undefined, { ...CIRCUIT, generationMethod }));
    try {
      return generate("classicalEval");
    } catch (error) {
      // What depends on results of measurements is drawn as one run goes through it.
      if (error instanceof CompilerErrors && /compar/.test(error.message)) return generate("simulate");
      throw error;
    }
  }

  /** The program as a list of gates, in the text form of QIR. */
  qir(program: Program): string {
    return this.#guard(() => this.qsc.get_qir(configOf(program, "adaptive_rif")));
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const errors = errorsOf(error);
      if (errors) throw new CompilerErrors(errors);
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      const { limitMb } = this.#compiled ?? { limitMb: 0 };
      if (/stack|recursion/i.test(error.message)) {
        throw new QuantumProblem("the program calls itself too deep, or is nested too deep", "use a loop instead of recursion", "exception");
      }
      if (this.#said.length > 0) throw new QuantumProblem(`the simulator stopped: ${this.#said.join(" ")}`, "simplify the program to find what it stumbles over");
      const hint = "use fewer qubits, dump smaller states, or raise `memory_mb`";
      throw new QuantumProblem(`over the memory limit of ${limitMb} MB`, hint, "memory");
    }
  }

  #module(limitMb: number): WebAssembly.Module {
    if (this.#compiled?.limitMb !== limitMb) {
      this.#compiled = { limitMb, module: new WebAssembly.Module(withMemoryLimit(this.wasm, limitMb)) };
    }
    return this.#compiled.module;
  }
}

function configOf({ sources, language }: Program, profile: string): ProgramConfig {
  const root = { sources, languageFeatures: [], dependencies: {} };
  return { packageGraphSources: { root, packages: {}, hasManifest: false }, profile, projectType: language };
}

/** The compiler throws its errors as JSON text, or as an object with them. */
function errorsOf(error: unknown): CompilerError[] | null {
  if (typeof error !== "string") return null;
  try {
    const errors: unknown = JSON.parse(error);
    return Array.isArray(errors) ? (errors as CompilerError[]) : null;
  } catch {
    return null;
  }
}

/** Bytes that follow from a seed (splitmix32). */
function generator(seed: number): (bytes: Uint8Array) => void {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return (bytes) => {
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = next() >>> 24;
  };
}

const PAGE = 65_536;
const MEMORY_SECTION = 5;

/**
 * Writes a limit into the memory of a module: it grows its memory itself, so
 * nothing outside could refuse.
 */
export function withMemoryLimit(wasm: ArrayBuffer, limitMb: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(wasm);
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, from] = readNumber(bytes, at + 1);
    if (id === MEMORY_SECTION) {
      const [least] = readNumber(bytes, from + 2);
      const most = Math.min(65_536, Math.max(least, Math.floor((limitMb * 2 ** 20) / PAGE)));
      const content = [1, 1, ...numberBytes(least), ...numberBytes(most)];
      const section = [MEMORY_SECTION, ...numberBytes(content.length), ...content];
      const limited = new Uint8Array(at + section.length + bytes.length - from - size);
      limited.set(bytes.subarray(0, at));
      limited.set(section, at);
      limited.set(bytes.subarray(from + size), at + section.length);
      return limited;
    }
    at = from + size;
  }
  throw new Error("the simulator has no memory of its own");
}

/** Reads a number of variable length; gives it and where it ends. */
function readNumber(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  for (let at = from, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at + 1];
  }
}

function numberBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}
