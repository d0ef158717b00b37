/** Starts the real simulator for tests, and asks it for results. */

import path from "node:path";
import { pathToFileURL } from "node:url";

import type { DeclaredOutput, LoadedRuntime, Outcome } from "../../run/protocol";
import type { NodeError } from "../../run/types";
import { worker } from "../spice";

type Described = { describe(): Promise<{ files(): Promise<{ name: string; content: string | Buffer }[]> }> };

/** The runtime with the files that the page would fetch. */
export async function loadSpice(): Promise<LoadedRuntime> {
  const script = pathToFileURL(path.resolve(import.meta.dirname, "../../../scripts/runtimes/spice.mjs")).href;
  const { describe } = (await import(/* @vite-ignore */ script)) as Described;
  const files = await (await describe()).files();
  const bytes = (name: string): ArrayBuffer => {
    const { content = "" } = files.find((file) => file.name === name) ?? {};
    return new Uint8Array(Buffer.from(content)).buffer;
  };
  return worker.load(
    { "spice.mjs": bytes("spice.mjs"), "spice.wasm": new WebAssembly.Module(bytes("spice.wasm")) },
    {
      write: () => undefined,
      importModule: async (source) => {
        const base64 = Buffer.from(source as ArrayBuffer).toString("base64");
        return (await import(/* @vite-ignore */ `data:text/javascript;base64,${base64}`)) as Record<string, unknown>;
      },
    },
  );
}

/** The type of each output port. */
export type Asked = Record<string, string>;

/** Calls a runtime with a netlist. */
export class Bench {
  constructor(readonly runtime: LoadedRuntime) {}

  async simulate(code: string, asked: Asked = {}, inputs: Record<string, unknown> = {}, memoryMb = 512): Promise<Outcome> {
    const outputs: DeclaredOutput[] = Object.entries(asked).map(([name, type]) => ({ name, type }));
    return this.runtime.call({ id: 1, codeId: 1, code, file: "circuit.cir", inputs, lists: [], outputs, memoryMb, timeoutMs: 60_000 });
  }

  /** The outputs of a netlist that is right. */
  async results(code: string, asked: Asked, inputs: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const outcome = await this.simulate(code, asked, inputs);
    if (!outcome.ok) throw new Error(`${outcome.error.message} (${outcome.error.hint ?? ""})`);
    return outcome.outputs;
  }

  /** The error of a netlist that is wrong. */
  async failure(code: string, asked: Asked = {}, inputs: Record<string, unknown> = {}): Promise<NodeError> {
    const outcome = await this.simulate(code, asked, inputs);
    if (outcome.ok) throw new Error("it worked");
    return outcome.error;
  }
}

/** Lines as a netlist. */
export const netlist = (...lines: string[]): string => lines.join("\n");
