/**
 * The Node.js process behind `llmos run`: requests come on standard input,
 * notices go to standard output, and it ends when the command does.
 */

import fs from "node:fs/promises";
import os from "node:os";

import type { FetchedAsset, Manifest } from "../run/assets";
import { Pool } from "../run/pool";
import { builtInRuntimes } from "../run/registry";
import type { LoadProgress } from "../run/types";
import { FrameReader, frame } from "./frames";
import type { GpuSettings } from "./gpu";
import { HeadlessHost } from "./host";
import { PROTOCOL, type Notice, type Request } from "./protocol";
import { ThreadSandbox } from "./sandbox";

/** The heap of a worker for skills that state no need, in MB. */
const HEAP_MB = 1_024;
/** Of the machine's memory, the process may take this part. */
const MEMORY_SHARE = 0.8;

/** The folder that holds the runtimes; this file lies in a folder beside them. */
const base = new URL("../", import.meta.url);

const tell = (notice: Notice): void => void process.stdout.write(frame(notice));

/** Reads the files of a runtime where the page would fetch them. */
async function readAssets(
  manifestUrl: string,
  onAsset: (asset: FetchedAsset) => void,
  onProgress: (progress: Pick<LoadProgress, "loaded" | "total">) => void,
): Promise<string[]> {
  const { files } = JSON.parse(await fs.readFile(new URL(manifestUrl), "utf8")) as Manifest;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  await Promise.all(
    files.map(async ({ name, file, bytes, compile }) => {
      const content = await fs.readFile(new URL(file, manifestUrl));
      if (content.length !== bytes) throw new Error(`\`${file}\` is not as long as its manifest says`);
      loaded += bytes;
      onProgress({ loaded, total });
      const buffer = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) as ArrayBuffer;
      onAsset({ name, buffer, compile: compile ?? false });
    }),
  );
  return files.map(({ name }) => name);
}

function rss(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    // Where the wall hides it, each worker still has a limit of its own.
    return 0;
  }
}

/** What the command says of the graphics processor; nothing where no node needs one. */
function gpuSettings(): GpuSettings {
  const told = process.argv[2];
  return told === undefined ? { folder: null, drivers: {} } : (JSON.parse(told) as GpuSettings);
}

function main(): void {
  const registry = builtInRuntimes();
  const { folder, drivers } = gpuSettings();
  // Whoever looks for drivers reads them from the real environment, which is empty.
  Object.assign(process.env, drivers);
  const scripts = { skills: new URL("thread.mjs", import.meta.url), gpu: new URL("gpu.mjs", import.meta.url), webgpuFolder: folder };
  const limits = {
    heapMb: () => host.heapMb(HEAP_MB),
    totalBytes: os.totalmem() * MEMORY_SHARE,
    usedBytes: rss,
  };
  const pool = new Pool({
    openSandbox: (events) => new ThreadSandbox(scripts, limits, events),
    assetsBase: base.href,
    fetchAssets: readAssets,
    fetchPackage: (file) => host.packageFile(file),
    cores: os.availableParallelism(),
    now: () => performance.now(),
    every(ms, tick) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    budgetBytes: limits.totalBytes,
    onProgress: (progress) => tell({ t: "progress", progress }),
  });
  const host = new HeadlessHost({
    pool,
    registry,
    tell,
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  });
  const reader = new FrameReader();
  process.stdin.on("data", (chunk: Buffer) => {
    for (const request of reader.push(chunk)) host.handle(request as Request);
  });
  // The command is gone, or wants no more.
  process.stdin.on("end", () => process.exit(0));
  process.stdout.on("error", () => process.exit(0));
  tell({ t: "hello", protocol: PROTOCOL, node: process.version, runtime_versions: registry.versions() });
}

main();
