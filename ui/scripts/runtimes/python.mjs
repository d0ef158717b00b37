/** The files of Python: Pyodide, and the snapshot that it starts from. */

import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { installed } from "../runtimeFolder.mjs";
import { makeSnapshot } from "../snapshot.mjs";

const FILES = [
  { name: "pyodide.mjs" },
  { name: "pyodide.asm.mjs" },
  { name: "pyodide.asm.wasm", compile: true },
  { name: "python_stdlib.zip" },
];

export async function describe() {
  const { folder, version } = await installed("pyodide");
  const inFolder = (name) => path.join(folder, name);
  return {
    prefix: "pyodide",
    version,
    sources: [...FILES.map(({ name }) => inFolder(name)), fileURLToPath(new URL("../snapshot.mjs", import.meta.url))],
    async files() {
      const copied = FILES.map(async (file) => ({ ...file, content: await fs.readFile(inFolder(file.name)) }));
      const snapshot = { name: "snapshot.bin", content: Buffer.from(await makeSnapshot(folder)) };
      return [...(await Promise.all(copied)), snapshot];
    },
  };
}
