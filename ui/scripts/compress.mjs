/**
 * Puts compressed twins (`.br`, `.gz`) beside the files of `dist`, so that the
 * server never compresses: `node scripts/compress.mjs`. A twin that would save
 * less than a twentieth is left out. Results are kept by content in `.cache`.
 */

import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";

const ui = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(ui, "dist");
const cache = path.join(ui, "node_modules/.cache/compress");

const TEXTUAL = new Set([".html", ".js", ".mjs", ".css", ".json", ".svg", ".wasm", ".map", ".txt", ".webmanifest", ".bin"]);
/** From this size on, the best quality costs more time than it is worth. */
const LARGE_BYTES = 2 * 2 ** 20;
/** Zip files and the like are compressed already; a little may still be gained. */
const WORTH = 0.95;

const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

const KINDS = [
  {
    ending: ".br",
    name: (large) => `brotli-${large ? 9 : 11}`,
    compress: (content, large) =>
      brotli(content, {
        params: {
          [BROTLI_PARAM_QUALITY]: large ? 9 : 11,
          [BROTLI_PARAM_LGWIN]: large ? 24 : 22,
          [BROTLI_PARAM_SIZE_HINT]: content.length,
        },
      }),
  },
  { ending: ".gz", name: () => "gzip-9", compress: (content) => gzip(content, { level: 9 }) },
];

async function main() {
  await fs.mkdir(cache, { recursive: true });
  const entries = await fs.readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && TEXTUAL.has(path.extname(entry.name)))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const jobs = files.flatMap((file) => KINDS.map((kind) => ({ file, kind })));
  const used = new Set();
  let plain = 0;
  let small = 0;
  await inParallel(os.availableParallelism(), jobs, async ({ file, kind }) => {
    const content = await fs.readFile(file);
    const { key, twin } = await twinOf(content, kind);
    used.add(key);
    const worthIt = twin.length < content.length * WORTH;
    if (worthIt) await fs.writeFile(file + kind.ending, twin);
    else await fs.rm(file + kind.ending, { force: true });
    if (kind.ending === ".br") {
      plain += content.length;
      small += worthIt ? twin.length : content.length;
    }
  });
  await forget(used);
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  console.log(`compressed ${files.length} files from ${mb(plain)} MB to ${mb(small)} MB`);
}

async function twinOf(content, kind) {
  const large = content.length >= LARGE_BYTES;
  const key = `${createHash("sha256").update(content).digest("hex")}.${kind.name(large)}`;
  const kept = path.join(cache, key);
  const known = await fs.readFile(kept).catch(() => null);
  if (known) return { key, twin: known };
  const twin = await kind.compress(content, large);
  // Renamed into place: an interrupted run leaves nothing half-written.
  await fs.writeFile(`${kept}.tmp`, twin);
  await fs.rename(`${kept}.tmp`, kept);
  return { key, twin };
}

async function forget(used) {
  const names = await fs.readdir(cache);
  await Promise.all(names.filter((name) => !used.has(name)).map((name) => fs.rm(path.join(cache, name))));
}

async function inParallel(width, items, work) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

await main();
