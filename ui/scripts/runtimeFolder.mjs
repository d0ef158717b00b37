/**
 * Makes the folder of one runtime: its files, and a manifest that names them.
 *
 * A folder is made elsewhere and moved into place whole, so neither an
 * interrupted run nor two at the same time leave a mixture of old and new.
 */

import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ui = fileURLToPath(new URL("..", import.meta.url));
const runtimes = path.join(ui, "public/runtimes");
const workshop = path.join(ui, "node_modules/.cache/runtimes");

/** How often to try again when another run moved its folder there first. */
const ATTEMPTS = 5;

/** The folder and the version of an installed package. */
export async function installed(name) {
  const folder = path.join(ui, "node_modules", name);
  const { version } = JSON.parse(await fs.readFile(path.join(folder, "package.json"), "utf8"));
  return { folder, version };
}

/**
 * Makes `public/runtimes/<prefix>-<version>` unless it is there and made from
 * the same sources.
 *
 * `sources` are the files that decide the outcome, beside `module` itself.
 * `files()` gives `{name, content, compile?}` for each file to place; `compile`
 * marks WebAssembly, which the page compiles once for all workers.
 */
export async function prepare(module, { prefix, version, sources, files }) {
  const target = path.join(runtimes, `${prefix}-${version}`);
  const stamp = await hashOf([...sources, module, fileURLToPath(import.meta.url)]);
  if (await isCurrent(target, stamp)) return;

  console.log(`${prefix}: preparing version ${version}`);
  const made = path.join(workshop, `${prefix}-${randomUUID()}`);
  await fs.mkdir(made, { recursive: true });
  try {
    const placed = [];
    for (const file of await files()) placed.push(await place(made, file));
    await fs.writeFile(path.join(made, "manifest.json"), `${JSON.stringify({ stamp, files: placed }, null, 2)}\n`);
    await moveInto(target, made, stamp);
  } finally {
    await fs.rm(made, { recursive: true, force: true });
  }
  await removeOldVersions(prefix, path.basename(target));
}

/** Writes a file under a name with its hash in it, so a browser may keep it for good. */
async function place(folder, { name, content, compile }) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const { name: stem, ext } = path.parse(name);
  const file = `${stem.replaceAll(".", "-")}-${hash}${ext}`;
  await fs.writeFile(path.join(folder, file), content);
  return { name, file, bytes: Buffer.byteLength(content), ...(compile ? { compile } : {}) };
}

async function moveInto(target, made, stamp) {
  await fs.mkdir(path.dirname(target), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    // Another run was faster: its folder stays, somebody may be reading it.
    if (await isCurrent(target, stamp)) return;
    const aside = path.join(workshop, `old-${randomUUID()}`);
    await fs.rename(target, aside).catch(unlessMissing);
    await fs.rm(aside, { recursive: true, force: true });
    try {
      return await fs.rename(made, target);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function unlessMissing(error) {
  if (error.code !== "ENOENT") throw error;
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

async function removeOldVersions(prefix, current) {
  const names = await fs.readdir(runtimes);
  const old = names.filter((name) => name.startsWith(`${prefix}-`) && name !== current);
  await Promise.all(old.map((name) => fs.rm(path.join(runtimes, name), { recursive: true, force: true })));
}

async function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await fs.readFile(file));
  return hash.digest("hex");
}
