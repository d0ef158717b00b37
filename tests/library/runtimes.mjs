// The product's own runtimes for circuits, quantum programs and scenes, bundled out of `ui/` and run in this process.
// Python and JavaScript need none of this, see skill.mjs.

import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ui = path.resolve(fileURLToPath(import.meta.url), "../../../ui");
const vite = createRequire(path.join(ui, "package.json")).resolve("vite");

/** Which runtime runs a type of skill. */
const RUNTIMES = { spice: "spice", ngspice: "spice", openqasm: "quantum", qsharp: "quantum", threejs: "threejs" };
const loaded = new Map();

/** Calls one skill and gives its outputs; fails with its message and its hint. */
export async function call(skill, code, inputs) {
  const name = RUNTIMES[skill.type];
  if (!name) throw new Error(`the tests cannot run a skill of type ${skill.type}`);
  if (!loaded.has(name)) loaded.set(name, load(name));
  const { runtime, codes } = await loaded.get(name);
  if (!codes.has(code)) codes.set(code, codes.size + 1);
  const outputs = skill.outputs.map(({ name: port, type }) => ({ name: port, type }));
  const outcome = await runtime.call({
    id: 1, codeId: codes.get(code), code, file: skill.skill_id, inputs, lists: [], outputs, memoryMb: skill.memory_mb,
  });
  if (outcome.ok) return outcome.outputs;
  throw new Error([outcome.error.message, outcome.error.hint].filter(Boolean).join("; "));
}

async function load(name) {
  const { worker } = await bundled(name);
  const host = { write() {}, importModule: (source) => importText(typeof source === "string" ? source : Buffer.from(source)) };
  return { runtime: await worker.load(await files(name), host), codes: new Map() };
}

/** The sandbox's half of a runtime as a module. */
async function bundled(name) {
  const { build } = await import(pathToFileURL(vite).href.replace(/index\.cjs$/, "dist/node/index.js"));
  const built = await build({
    configFile: false,
    publicDir: false,
    root: ui,
    logLevel: "error",
    ssr: { noExternal: true },
    build: { write: false, ssr: true, target: "node20", rollupOptions: { input: path.join(ui, `src/runtimes/${name}.ts`), output: { codeSplitting: false } } },
  });
  return importText(built.output[0].code);
}

function importText(text) {
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

/** The files that the page would fetch. */
async function files(name) {
  const script = path.join(ui, `scripts/runtimes/${name}.mjs`);
  const module = await import(pathToFileURL(script).href).catch((error) => {
    if (error.code === "ERR_MODULE_NOT_FOUND" && name === "threejs") return null;
    throw error;
  });
  if (!module) return {};
  const list = await (await module.describe()).files();
  return Object.fromEntries(
    list.map(({ name: file, content, compile }) => {
      const bytes = new Uint8Array(Buffer.from(content)).buffer;
      return [file, compile ? new WebAssembly.Module(bytes) : bytes];
    }),
  );
}
