/**
 * The files of SPICE: ngspice, taken out of `eecircuit-engine`.
 *
 * That package is one script of 20 MB with the WebAssembly in it twice and
 * model cards of several foundries. Taken are the WebAssembly and the script
 * that Emscripten made for it; the product has its own way to drive it.
 */

import fs from "node:fs/promises";
import path from "node:path";

import { installed } from "../runtimeFolder.mjs";

const BEGIN = "//#region src/spice.js";
const END = "//#endregion";
const WASM = /data:application\/wasm;base64,([A-Za-z0-9+/=]+)/;

/** What is changed in the script; each place must be there exactly once. */
const CHANGES = [
  // A page's command loop waits for the next command here, and as long as it likes.
  [/t\.handleThings && await new Promise\(\(e\) => \{\s*t\.handleThings\(\);\s*\}\);/, "t.handleThings && await t.handleThings();"],
  // An end in the middle of a command is told to the owner instead of nobody.
  [
    /handleAsync: \(e\) => J\.handleSleep\(async \(t\) => \{\s*t\(await e\(\)\);\s*\}\)/,
    "handleAsync: (e) => J.handleSleep(async (n) => { try { n(await e()); } catch (error) { t.onLost(error); } })",
  ],
  // Asks its owner for input, not a `window` that it puts into the global object.
  [/typeof globalThis < "u" && \(globalThis\.window \|\| \(globalThis\.window = \{\}\), globalThis\.window\.prompt = function\(e\) \{[^}]*\}\), /, ""],
  [/if \(globalThis\.window\?\.prompt && \(e = window\.prompt\("Input: "\), /, 'if (t.getInput && (e = t.getInput(), '],
];

export async function describe() {
  const { folder, version } = await installed("eecircuit-engine");
  const source = path.join(folder, "dist/eecircuit-engine.mjs");
  return {
    prefix: "spice",
    version,
    sources: [source],
    async files() {
      const { script, wasm } = extract(await fs.readFile(source, "utf8"));
      return [
        { name: "spice.mjs", content: script },
        { name: "spice.wasm", content: wasm, compile: true },
      ];
    },
  };
}

/** The script as a module of its own, and the WebAssembly as bytes. */
export function extract(text) {
  const from = text.indexOf(BEGIN);
  const region = text.slice(from, text.indexOf(END, from));
  const base64 = WASM.exec(region)?.[1];
  if (from < 0 || !base64) throw new Error("`eecircuit-engine` is not built as expected: its simulator was not found");
  let script = region.replaceAll(new RegExp(WASM, "g"), "spice.wasm");
  for (const [place, instead] of CHANGES) {
    if (script.split(place).length !== 2) throw new Error(`\`eecircuit-engine\` is not built as expected: ${place}`);
    script = script.replace(place, instead);
  }
  return { script: `${script}\nexport default e;\n`, wasm: Buffer.from(base64, "base64") };
}
