/**
 * Puts the files of the runtimes into `public/runtimes`, from where the server
 * hands them out: `node scripts/assets.mjs`. Does nothing when they are there.
 */

import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { makeSnapshot } from "./snapshot.mjs";

const ui = fileURLToPath(new URL("..", import.meta.url));

/** Every file has its hash in its name, so a browser may keep it for good. */
const PYODIDE_FILES = [
  { name: "pyodide.mjs" },
  { name: "pyodide.asm.mjs" },
  { name: "pyodide.asm.wasm", compile: true },
  { name: "python_stdlib.zip" },
];

/** Makes the folder of one Pyodide version. */
async function pyodide() {
  const source = path.join(ui, "node_modules/pyodide");
  const { version } = JSON.parse(await fs.readFile(path.join(source, "package.json"), "utf8"));
  const target = path.join(ui, `public/runtimes/pyodide-${version}`);
  const stamp = await hashOf([
    ...PYODIDE_FILES.map(({ name }) => path.join(source, name)),
    fileURLToPath(import.meta.url),
    fileURLToPath(new URL("snapshot.mjs", import.meta.url)),
  ]);
  if (await isCurrent(target, stamp)) return;

  console.log(`python: preparing Pyodide ${version}`);
  await removeOldVersions(path.dirname(target), "pyodide-");
  await fs.mkdir(target, { recursive: true });
  const files = [];
  for (const { name, compile } of PYODIDE_FILES) {
    files.push(await place(target, name, await fs.readFile(path.join(source, name)), compile));
  }
  console.log("python: making the start snapshot");
  files.push(await place(target, "snapshot.bin", Buffer.from(await makeSnapshot(source))));
  // Written last: an interrupted run leaves no manifest and is done again.
  await fs.writeFile(path.join(target, "manifest.json"), `${JSON.stringify({ stamp, files }, null, 2)}\n`);
}

async function place(target, name, content, compile) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const { name: stem, ext } = path.parse(name);
  const file = `${stem.replaceAll(".", "-")}-${hash}${ext}`;
  await fs.writeFile(path.join(target, file), content);
  return { name, file, bytes: content.length, ...(compile ? { compile } : {}) };
}

async function isCurrent(target, stamp) {
  try {
    const manifest = JSON.parse(await fs.readFile(path.join(target, "manifest.json"), "utf8"));
    await Promise.all(manifest.files.map(({ file }) => fs.access(path.join(target, file))));
    return manifest.stamp === stamp;
  } catch {
    return false;
  }
}

async function removeOldVersions(folder, prefix) {
  const names = await fs.readdir(folder).catch(() => []);
  const old = names.filter((name) => name.startsWith(prefix));
  await Promise.all(old.map((name) => fs.rm(path.join(folder, name), { recursive: true })));
}

async function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await fs.readFile(file));
  return hash.digest("hex");
}

await pyodide();
// Pyodide keeps Node.js alive.
process.exit(0);
