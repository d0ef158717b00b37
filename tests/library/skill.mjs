// Reads the skills of `library/` and runs their code the way the browser does: Python in Pyodide, JavaScript as it is,
// and everything else in the product's own runtimes.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { loadPyodide } from "pyodide";
import { parse } from "yaml";

import { call } from "./runtimes.mjs";

const library = path.resolve(fileURLToPath(import.meta.url), "../../../library");

/** Ids of all files in a folder of the library. */
export function ids(folder) {
  return readdirSync(path.join(library, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3))
    .sort();
}

/** Front matter and body of one file. */
export function read(folder, id) {
  const text = readFileSync(path.join(library, folder, `${id}.md`), "utf8");
  const [, front, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text);
  return { ...parse(front), body };
}

/** The first fenced block of one of the languages. */
export function block(body, ...languages) {
  return new RegExp(`^\`\`\`(?:${languages.join("|")})\n(.*?)^\`\`\``, "ms").exec(body)?.[1];
}

/** The languages of the code blocks, beside Python. */
export const LANGUAGES = {
  javascript: ["javascript"], threejs: ["javascript"], spice: ["spice"], ngspice: ["spice"],
  openqasm: ["openqasm"], qsharp: ["qsharp"], webgpu: ["wgsl"],
};

/** Runs one skill; inputs that are left out take their default. */
export async function run(id, inputs = {}) {
  const skill = read("skills", id);
  const known = new Set(skill.inputs.map(({ name }) => name));
  const unknown = Object.keys(inputs).find((name) => !known.has(name));
  if (unknown) throw new Error(`${id} has no input ${unknown}`);
  const defaults = skill.inputs.filter((port) => port.default !== undefined).map((port) => [port.name, port.default]);
  const complete = structuredClone({ ...Object.fromEntries(defaults), ...inputs });
  if (skill.type === "javascript") return javascript(id, skill, complete);
  if (skill.type === "python-wasm" || skill.type === "qiskit") return python(id, skill, complete);
  return call(skill, block(skill.body, ...LANGUAGES[skill.type]), complete);
}

async function javascript(id, skill, inputs) {
  const code = block(skill.body, "javascript", "js");
  const silent = { log() {} };
  return new Function("console", `"use strict";\n${code}\nreturn execute;\n//# sourceURL=${id}.js`)(silent)(inputs);
}

let interpreter;

/** Values cross as JSON, as in the browser: null is None, and typed arrays become `array.array`. */
const CALL = `
import array, json

def call(code, file, text):
    namespace = {"__name__": file}
    exec(compile(code, file, "exec"), namespace)
    restore = lambda value: array.array("d", value["float64"]) if "float64" in value else value
    return json.dumps(namespace["execute"](json.loads(text, object_hook=restore)), allow_nan=False)

call
`;

async function python(id, skill, inputs) {
  interpreter ??= loadPyodide({ stdout() {} }).then((pyodide) => pyodide.runPython(CALL));
  const call = await interpreter;
  const text = JSON.stringify(inputs, (_, value) => (value instanceof Float64Array ? { float64: [...value] } : value));
  return JSON.parse(call(block(skill.body, "python"), `${id}.py`, text));
}

/** A table from an object of lists. */
export function table(columns) {
  return { columns: Object.entries(columns).map(([name, values]) => ({ name, values })) };
}

/** An object of lists from a table. */
export function columns(value) {
  return Object.fromEntries(value.columns.map(({ name, values }) => [name, Array.from(values)]));
}

/** Numbers in [-1, 1] that are the same in every run. */
export function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
