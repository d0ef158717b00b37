/**
 * Puts the files of the runtimes into `public/runtimes`, from where the server
 * hands them out: `node scripts/assets.mjs`, or with names of runtimes, which
 * prepares those alone. Does nothing where they are there.
 *
 * Every module of `runtimes/` is one: it exports `describe()`, see
 * `runtimeFolder.mjs`.
 */

import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { prepare } from "./runtimeFolder.mjs";

const folder = fileURLToPath(new URL("runtimes", import.meta.url));

const wanted = process.argv.slice(2);
const modules = (await fs.readdir(folder)).filter((name) => name.endsWith(".mjs")).sort();
const known = modules.map((name) => path.basename(name, ".mjs"));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`there is no runtime \`${unknown[0]}\`: there are ${known.join(", ")}`);

for (const name of wanted.length > 0 ? wanted : known) {
  const module = path.join(folder, `${name}.mjs`);
  const { describe } = await import(pathToFileURL(module).href);
  await prepare(module, await describe());
}
// Pyodide keeps Node.js alive.
process.exit(0);
