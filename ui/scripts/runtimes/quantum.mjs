/** The files of OpenQASM and Q#: the compiler and simulator of `qsharp-lang`. */

import fs from "node:fs/promises";
import path from "node:path";

import { installed } from "../runtimeFolder.mjs";

/** What is changed in the script; each place must be there exactly so often. */
const CHANGES = [
  // Random numbers come from a generator that its owner seeds.
  ["globalThis.crypto.getRandomValues(getArrayU8FromWasm0(arg0, arg1));", "fillRandom(getArrayU8FromWasm0(arg0, arg1));", 1],
  // A second instance may replace the first: its seed is only read when it starts.
  ["    if (wasm !== undefined) return wasm;\n", "", 2],
];

const OWN = `
let fillRandom = (bytes) => globalThis.crypto.getRandomValues(bytes);
export function setRandom(fill) { fillRandom = fill; }
`;

export async function describe() {
  const { folder, version } = await installed("qsharp-lang");
  const script = path.join(folder, "lib/web/qsc_wasm.js");
  const wasm = path.join(folder, "lib/web/qsc_wasm_bg.wasm");
  return {
    prefix: "quantum",
    version,
    sources: [script, wasm],
    async files() {
      return [
        { name: "qsc.mjs", content: change(await fs.readFile(script, "utf8")) },
        // Not compiled ahead: a worker writes the memory limit into it first.
        { name: "qsc.wasm", content: await fs.readFile(wasm) },
      ];
    },
  };
}

function change(text) {
  for (const [place, instead, times] of CHANGES) {
    if (text.split(place).length !== times + 1) throw new Error(`\`qsharp-lang\` is not built as expected: ${place}`);
    text = text.replaceAll(place, instead);
  }
  return text + OWN;
}
