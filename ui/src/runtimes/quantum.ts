/**
 * Quantum programs in Q# and OpenQASM, on the QDK's compiler and simulator.
 *
 * Programs can do nothing but compute, so skills share a worker. Every call has
 * an instance of its own, whose random numbers follow the input `seed`.
 */

import type { Call, LoadedRuntime, Outcome, WorkerHost, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import { problemOf } from "./quantum/diagnostics";
import { qsharpLiteral } from "./quantum/literals";
import { outputsOf, type Gathered } from "./quantum/outputs";
import { QuantumProblem } from "./quantum/problem";
import { findEntry, withoutEntryMarks, type Entry } from "./quantum/signature";
import { CompilerErrors, Simulator, type Program, type QscModule, type ShotEvent } from "./quantum/simulator";
import { fill, plain, type Source } from "./quantum/source";
import { dumpingProgram, stateOf, type State } from "./quantum/state";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "quantum",
  title: "Quantum",
  types: ["openqasm", "qsharp"],
  version: "qdk-1.32.5-1",
  manifest: "runtimes/quantum-1.32.5-dev/manifest.json",
  pool: { busy: (cores) => Math.min(Math.max(2, cores), 4), live: 4, spare: 1, spareAfterMs: 300 },
  isolation: () => "programs",
  fileName: (skillId) => skillId,
};

const DEFAULT_SHOTS = 1_000;
const SHOT_LIMIT = 1_000_000;
const DEFAULT_SEED = 1;
/** Compiled for this limit ahead of the first call. */
const USUAL_MEMORY_MB = 1_024;

/** The sandbox's half. */
export const worker: WorkerRuntime = {
  async load(files, host) {
    const { "qsc.mjs": script, "qsc.wasm": wasm } = files;
    if (!(script instanceof ArrayBuffer) || !(wasm instanceof ArrayBuffer)) {
      throw new Error("a file of the quantum runtime is missing");
    }
    const qsc = (await host.importModule(script, "qsc.mjs")) as unknown as QscModule;
    const simulator = new Simulator(qsc, wasm);
    simulator.warm(USUAL_MEMORY_MB);
    return {
      heapBytes: () => simulator.heapBytes,
      call(request): Outcome {
        try {
          return { ok: true, outputs: run(request, simulator, host) };
        } catch (error) {
          if (error instanceof QuantumProblem) return { ok: false, error: error.toError() };
          throw error;
        }
      },
    } satisfies LoadedRuntime;
  },
};

/** What is run: the program, and how it is called. */
type Plan = { source: Source; program: Program; expression: string; entry: Entry | null };

function run(call: Call, simulator: Simulator, host: WorkerHost): Record<string, unknown> {
  const { inputs, outputs, memoryMb } = call;
  const asks = (name: string): boolean => outputs.some((port) => port.name === name);
  const shots = whole(inputs, "shots", asks("counts") || asks("results") ? DEFAULT_SHOTS : 1, 1, SHOT_LIMIT);
  const seed = whole(inputs, "seed", DEFAULT_SEED, 0, 2 ** 32 - 1);
  const plan = planOf(call, host);
  const begin = (): void => simulator.reset(seed, memoryMb);
  return guarded(plan.source, () => {
    begin();
    const gathered = gather(plan, simulator, host, shots, asks("results"));
    const circuit = (): unknown => {
      begin();
      return { version: 2, circuits: [simulator.circuit(drawable(plan))] };
    };
    const state = (): State => {
      if (plan.program.language === "qsharp") return gathered.dumped();
      begin();
      const program = dumpingProgram(simulator.qir(plan.program));
      begin();
      return dumpOf(program, simulator);
    };
    return outputsOf(outputs, { ...gathered, shots, type: plan.entry?.result ?? null, state, circuit });
  });
}

function planOf({ code, inputs }: Call, host: WorkerHost): Plan {
  const text = code ?? "";
  // What the two languages begin with differs, so the code itself tells them apart.
  if (isQsharp(text)) return planQsharp(text, inputs, host);
  const source = fill(text, inputs);
  const line = source.lines.findIndex((each) => /^\s*input\s/.test(each));
  if (line >= 0) {
    const hint = "write `{{name}}` where the value belongs, with the name of an input of the skill";
    throw new QuantumProblem(`line ${line + 1}: \`input\` is not supported\n    ${source.lines[line] ?? ""}`, hint);
  }
  return { source, program: { language: "openqasm", sources: [["main.qasm", source.text]] }, expression: "", entry: null };
}

function isQsharp(text: string): boolean {
  const code = text.replaceAll(/\/\/.*/g, "");
  return /^\s*(operation|function|namespace|@EntryPoint)\b/m.test(code) || !/^\s*(OPENQASM|include|qubit|qreg|bit|creg|gate|def)\b/m.test(code);
}

function planQsharp(code: string, inputs: Readonly<Record<string, unknown>>, host: WorkerHost): Plan {
  const source = plain(code);
  const entry = findEntry(source.text);
  const program: Program = { language: "qsharp", sources: [["main.qs", source.text]] };
  if (!entry) return { source, program, expression: "", entry };
  const values = entry.parameters.map(({ name, type, text }) => {
    if (Object.hasOwn(inputs, name)) return qsharpLiteral(inputs[name], type, name);
    const hint = `add an input \`${name}\` to the skill, or remove the parameter \`${name} : ${text}\``;
    throw new QuantumProblem(`line ${entry.line}: there is no value for the parameter \`${name}\` of \`${entry.name}\``, hint);
  });
  const known = new Set(["shots", "seed", ...entry.parameters.map(({ name }) => name)]);
  const unused = Object.keys(inputs).filter((name) => !known.has(name));
  if (unused.length > 0) host.write("stderr", `not used by \`${entry.name}\`: ${unused.map((name) => `\`${name}\``).join(", ")}\n`);
  return { source, program, expression: `${entry.path}(${values.join(", ")})`, entry };
}

/** The program with an entry point that needs no arguments. */
function drawable({ program, expression }: Plan): Program {
  if (expression === "") return program;
  const sources = program.sources.map(([name, text]): [string, string] => [name, withoutEntryMarks(text)]);
  const call = `@EntryPoint() operation LlmosEntry() : Unit { let _ = ${expression}; }`;
  return { ...program, sources: [...sources, ["llmos.qs", call]] };
}

type Run = Pick<Gathered, "tally" | "all" | "first"> & { dumped(): State };

function gather({ program, expression }: Plan, simulator: Simulator, host: WorkerHost, shots: number, keepsAll: boolean): Run {
  const tally = new Map<string, number>();
  const all: string[] = [];
  let dump: Extract<ShotEvent, { type: "DumpMachine" }> | null = null;
  let first = "()";
  let done = 0;
  simulator.run(program, expression, shots, (event) => {
    if (event.type === "Message") host.write("stdout", `${event.message}\n`);
    else if (event.type === "DumpMachine" && done === 0) dump = event;
    else if (event.type === "Result" && event.success) {
      if (done === 0) first = event.result;
      done += 1;
      tally.set(event.result, (tally.get(event.result) ?? 0) + 1);
      if (keepsAll) all.push(event.result);
    }
  });
  const dumped = (): State => {
    if (dump) return stateOf(dump.state, dump.qubitCount);
    const hint = "call `Std.Diagnostics.DumpMachine()` where the state is wanted; the last call counts";
    throw new QuantumProblem("there is no state for the output `state`", hint);
  };
  return { tally, all, first, dumped };
}

function dumpOf(program: Program, simulator: Simulator): State {
  let state: State | null = null;
  simulator.run(program, "", 1, (event) => {
    if (event.type === "DumpMachine") state = stateOf(event.state, event.qubitCount);
  });
  if (!state) throw new QuantumProblem("the program has no qubits, so it has no state", "remove the output `state`");
  return state;
}

/** Reads an input that steers the run. */
function whole(inputs: Readonly<Record<string, unknown>>, name: string, otherwise: number, least: number, most: number): number {
  const value = Object.hasOwn(inputs, name) ? inputs[name] : otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new QuantumProblem(`the input \`${name}\` is ${String(value)}`, `give a whole number from ${least} to ${most}`);
}

/** Puts errors of the compiler into words. */
function guarded<T>(source: Source, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CompilerErrors) throw problemOf(error.errors, source);
    throw error;
  }
}
