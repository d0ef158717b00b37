/**
 * Circuits on ngspice.
 *
 * The code of a skill is a netlist with `{{port}}` for each input; it holds no
 * commands, so skills share a worker. Every call reads its netlist anew, and
 * one that fails takes its simulator with it: nothing is left for the next.
 */

import type { Call, LoadedRuntime, Outcome, RuntimeFile, WorkerHost, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import { limitMemory, type MemoryLimit } from "../run/worker/memory";
import { makeDeck } from "./spice/deck";
import { Engine, EngineStopped, type CreateModule } from "./spice/engine";
import { outputsOf, wantedCurrents } from "./spice/outputs";
import { readNetlist } from "./spice/netlist";
import { SpiceProblem } from "./spice/problem";
import { simulate } from "./spice/simulate";
import { fill } from "./spice/template";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "spice",
  title: "SPICE",
  types: ["spice", "ngspice"],
  version: "ngspice-45.2-1",
  manifest: "runtimes/spice-1.8.0/manifest.json",
  pool: { busy: (cores) => Math.max(2, cores), live: 4, spare: 1, spareAfterMs: 300 },
  isolation: () => "netlists",
  fileName: (skillId) => `${skillId}.cir`,
};

/** What draws random numbers; the simulator forgets its seed only when it starts. */
const RANDOM = /\b(trnoise|trrandom|a?gauss|a?unif|limit|rnd|sgauss|sunif|poisson|exponential)\s*\(/i;

/** The sandbox's half. */
export const worker: WorkerRuntime = {
  async load(files, host) {
    const memory = limitMemory();
    const start = await starter(files, host);
    let engine: Engine | null = await start();
    const ownBytes = engine.heapBytes;
    return {
      heapBytes: () => engine?.heapBytes ?? 0,
      async call(request): Promise<Outcome> {
        memory.bytes = ownBytes + request.memoryMb * 2 ** 20;
        memory.hit = false;
        try {
          const text = fill(request.code ?? "", request.inputs);
          const isRandom = RANDOM.test(text);
          engine = isRandom ? await start() : (engine ?? (await start()));
          const outputs = await run(text, request, engine, host);
          // Its random numbers go on where they stopped; the next netlist begins anew.
          if (isRandom) engine = null;
          return { ok: true, outputs };
        } catch (error) {
          engine = null;
          return { ok: false, error: explain(error, request, memory).toError() };
        }
      },
    } satisfies LoadedRuntime;
  },
};

async function starter(files: Record<string, RuntimeFile>, host: WorkerHost): Promise<() => Promise<Engine>> {
  const { "spice.mjs": script, "spice.wasm": wasm } = files;
  if (!(script instanceof ArrayBuffer) || wasm === undefined) throw new Error("a file of the SPICE runtime is missing");
  const module = await host.importModule(script, "spice.mjs");
  const compiled = wasm instanceof ArrayBuffer ? await WebAssembly.compile(wasm) : wasm;
  return () => Engine.start(module["default"] as CreateModule, compiled);
}

async function run(text: string, { inputs, outputs, file }: Call, engine: Engine, host: WorkerHost): Promise<Record<string, unknown>> {
  const parts = readNetlist(text).elements.map(({ name }) => name);
  const deck = makeDeck(text, `llmos ${crypto.getRandomValues(new Uint32Array(2)).join("-")}`, wantedCurrents(outputs, parts));
  const analyses = await simulate(engine, deck, host, seedOf(inputs));
  const netlist = { name: file, mime: "application/x-spice", text };
  const asked = outputs.filter(({ name }) => name !== "netlist");
  return { ...outputsOf(asked, analyses), netlist };
}

/** Random sources repeat themselves, unless an input `seed` says otherwise. */
function seedOf({ seed }: Readonly<Record<string, unknown>>): number {
  return typeof seed === "number" && Number.isInteger(seed) && seed > 0 ? seed % 2 ** 31 : 1;
}

function explain(error: unknown, { memoryMb }: Call, memory: MemoryLimit): SpiceProblem {
  if (memory.hit) {
    const hint = "simulate fewer points or save fewer vectors with `.save`, or raise `memory_mb`";
    return new SpiceProblem(`over the memory limit of ${memoryMb} MB`, hint, undefined, "memory");
  }
  if (error instanceof SpiceProblem) return error;
  if (error instanceof EngineStopped) {
    const last = [...error.printed.out, ...error.printed.err].slice(-5).join("\n");
    return new SpiceProblem(`ngspice stopped in the middle of it\n${last}`, "simplify the netlist to find the line that it stumbles over");
  }
  throw error;
}

