/** Starts the real compiler and simulator for tests, and runs programs on it. */

import path from "node:path";
import { pathToFileURL } from "node:url";

import type { DeclaredOutput, LoadedRuntime, Outcome } from "../../run/protocol";
import type { NodeError } from "../../run/types";
import { worker } from "../quantum";

type Described = { describe(): Promise<{ files(): Promise<{ name: string; content: string | Buffer }[]> }> };

/** Calls a runtime with programs. */
export class Bench {
  printed = "";

  private constructor(readonly runtime: LoadedRuntime) {}

  /** The runtime with the files that the page would fetch. */
  static async start(): Promise<Bench> {
    const script = pathToFileURL(path.resolve(import.meta.dirname, "../../../scripts/runtimes/quantum.mjs")).href;
    const { describe } = (await import(/* @vite-ignore */ script)) as Described;
    const files = await (await describe()).files();
    const bytes = (name: string): ArrayBuffer => {
      const { content = "" } = files.find((file) => file.name === name) ?? {};
      return new Uint8Array(Buffer.from(content)).buffer;
    };
    let bench: Bench | null = null;
    const runtime = await worker.load(
      { "qsc.mjs": bytes("qsc.mjs"), "qsc.wasm": bytes("qsc.wasm") },
      {
        write: (_stream, text) => {
          if (bench) bench.printed += text;
        },
        importModule: async (source) => {
          const base64 = Buffer.from(source as ArrayBuffer).toString("base64");
          return (await import(/* @vite-ignore */ `data:text/javascript;base64,${base64}`)) as Record<string, unknown>;
        },
      },
    );
    bench = new Bench(runtime);
    return bench;
  }

  /** Runs a program; `asked` names the output ports. */
  async call(code: string, asked: string[], inputs: Record<string, unknown> = {}, memoryMb = 1_024): Promise<Outcome> {
    this.printed = "";
    const outputs: DeclaredOutput[] = asked.map((name) => ({ name, type: "any" }));
    return this.runtime.call({ id: 1, codeId: 1, code, file: "program", inputs, lists: [], outputs, memoryMb, timeoutMs: 60_000 });
  }

  /** The outputs of a program that is right. */
  async results(code: string, asked: string[], inputs: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const outcome = await this.call(code, asked, inputs);
    if (!outcome.ok) throw new Error(`${outcome.error.message} (${outcome.error.hint ?? ""})`);
    return outcome.outputs;
  }

  /** The error of a program that is wrong. */
  async failure(code: string, asked: string[] = ["result"], inputs: Record<string, unknown> = {}): Promise<NodeError> {
    const outcome = await this.call(code, asked, inputs);
    if (outcome.ok) throw new Error("it worked");
    return outcome.error;
  }
}
