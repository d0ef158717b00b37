/**
 * Builds what `llmos run` hands to Node.js into `dist/headless`, after the page:
 * `node scripts/headless.mjs`. The runtimes are those of the page.
 */

import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

import { sandboxSource } from "./sandboxSource.mjs";

const ui = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(ui, "dist");
const target = path.join(dist, "headless");

async function bundle() {
  await build({
    configFile: false,
    publicDir: false,
    root: ui,
    logLevel: "error",
    plugins: [sandboxSource()],
    // Node.js may read nothing but these files.
    ssr: { noExternal: true },
    build: {
      outDir: target,
      emptyOutDir: true,
      target: "node20",
      ssr: true,
      minify: true,
      modulePreload: false,
      rollupOptions: {
        input: { main: path.join(ui, "src/headless/main.ts"), thread: path.join(ui, "src/headless/thread.ts"), gpu: path.join(ui, "src/headless/gpu.ts") },
        output: { format: "es", entryFileNames: "[name].mjs", chunkFileNames: "chunk-[name]-[hash].mjs" },
      },
    },
  });
}

/** Everything that has to lie on a disk before Node.js can run it, with hashes. */
async function list() {
  const files = [];
  for (const folder of ["headless", "runtimes"]) {
    const entries = await fs.readdir(path.join(dist, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || /\.(br|gz)$/.test(entry.name) || (folder === "headless" && entry.name === "manifest.json")) continue;
      const file = path.join(entry.parentPath, entry.name);
      const content = await fs.readFile(file);
      const sha256 = createHash("sha256").update(content).digest("hex");
      files.push({ path: path.relative(dist, file).replaceAll(path.sep, "/"), bytes: content.length, sha256 });
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return files;
}

await bundle();
const files = await list();
const key = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
await fs.writeFile(path.join(target, "manifest.json"), `${JSON.stringify({ key, files }, null, 1)}\n`);
// Pyodide, which a runtime may have loaded, keeps Node.js alive.
process.exit(0);
