/**
 * Python packages on their way to a sandbox: which a skill needs is decided
 * by the engine, the files come from the host's cache and are counted again
 * before they are handed on.
 */

import type { Runtime } from "./registry";
import type { Sandbox } from "./sandbox";
import type { Engine, ExecutableSkill, RunPayload } from "./types";

/** One package of the cache; the server's `GET /packages` names them all. */
export type PackageFile = {
  name: string;
  version: string;
  file_name: string;
  sha256: string;
  size: number;
  [field: string]: unknown;
};

/** The lock of the cache, as Pyodide reads it. */
export type PackageLock = { info: Record<string, unknown>; packages: Record<string, PackageFile> };

/** What the engine says of one skill. */
export type Needed = {
  load: string[];
  versions: string[];
  chooses: boolean;
  error?: { message: string; hint: string };
};

/** What a skill needs beside its code; part of what a host hands to the pool. */
export type PackageNeeds = Needed & {
  /** The part of the lock that its sandbox may see. */
  lock: PackageLock;
};

/** Where a host keeps packages. */
export type PackageHost = {
  /** Which packages there are; `null` where nothing keeps any. */
  lock(): Promise<PackageLock | null>;
};

/** The packages that a worker is to load: the file `packages.json` among its files. */
export type PackageOrder = Pick<PackageNeeds, "load" | "lock" | "chooses">;

/** The name of a worker's file that says what to load. */
export const ORDER = "packages.json";

const NO_LOCK: PackageLock = { info: { abi_version: "", arch: "", platform: "", python: "", version: "" }, packages: {} };

/** The packages of the server that this page came from. */
export function servedPackages(base: string): PackageHost {
  return {
    async lock() {
      const response = await fetch(new URL("packages", base));
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`the package cache answered ${response.status}: run \`llmos packages verify\``);
      return (await response.json()) as PackageLock;
    },
  };
}

/** Says with each Python skill of a run what it needs. */
export async function withPackages(payload: RunPayload, engine: Engine, host: PackageHost | undefined): Promise<RunPayload> {
  if (!host || !engine.neededPackages || !Object.values(payload.skills).some(mayImport)) return payload;
  const lock = (await host.lock()) ?? NO_LOCK;
  const found = JSON.parse(engine.neededPackages(JSON.stringify(payload.skills), JSON.stringify(lock))) as Record<string, Needed>;
  return { ...payload, skills: withNeeds(payload.skills, found, lock) };
}

/** Says with each skill what was found out about it. */
export function withNeeds(skills: RunPayload["skills"], found: Record<string, Needed>, lock: PackageLock): RunPayload["skills"] {
  const all = Object.entries(skills).map(([id, skill]): [string, ExecutableSkill] => {
    const needed = found[id];
    return [id, needed ? { ...skill, needs: { ...needed, lock: visible(needed, lock) } } : skill];
  });
  return Object.fromEntries(all);
}

/** The skills as keys are made of them: with the versions that their code will meet. */
export function keyed(skills: RunPayload["skills"]): RunPayload["skills"] {
  const all = Object.entries(skills).map(([id, { needs, ...skill }]) => [id, needs ? { ...skill, packages: needs.versions } : skill]);
  return Object.fromEntries(all) as RunPayload["skills"];
}

/** A runtime with packages: its workers are of no use to skills that need others. */
export function equipped(runtime: Runtime, needs: PackageNeeds | undefined): Runtime {
  if (!needs || (needs.load.length === 0 && !needs.chooses)) return runtime;
  const { load, lock, chooses } = needs;
  const files = Object.values(lock.packages);
  const title = `${runtime.title} with ${load.join(", ")}`;
  // Hashes rather than versions: a file that was replaced is another one.
  const name = `${runtime.name}+${files.map(({ name: own, sha256 }) => `${own}-${sha256.slice(0, 12)}`).join("+")}`;
  const pool = { ...runtime.pool, live: Math.min(runtime.pool.live, 2), spare: 0 };
  return { ...runtime, name, title, pool, base: runtime, packages: { order: { load, lock, chooses }, files } };
}

/** Puts the packages of a runtime into a sandbox; answers the names that they have there. */
export async function keepPackages(
  { name: own, packages }: Runtime,
  sandbox: Sandbox,
  ports: { assetsBase: string; fetchPackage?: typeof fetchPackage },
  onProgress: (progress: { loaded: number; total: number }) => void,
): Promise<string[]> {
  const { order, files = [] } = packages ?? {};
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let loaded = 0;
  onProgress({ loaded, total });
  const names = files.map(async (file) => {
    const name = `${own}/${file.file_name}`;
    sandbox.keep({ name, buffer: await (ports.fetchPackage ?? fetchPackage)(file, ports.assetsBase), compile: false });
    loaded += file.size;
    onProgress({ loaded, total });
    return name;
  });
  const kept = await Promise.all(names);
  sandbox.keep({ name: `${own}/${ORDER}`, buffer: new TextEncoder().encode(JSON.stringify(order)).buffer, compile: false });
  return [...kept, `${own}/${ORDER}`];
}

/** Fetches the file of a package from the server and counts its hash. */
export async function fetchPackage(file: PackageFile, base: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(`packages/files/${file.sha256}/${file.file_name}`, base));
  if (!response.ok) throw new Error(`\`${file.name}\` cannot be fetched from the package cache: run \`llmos packages verify\``);
  const content = await response.arrayBuffer();
  await checkHash(file, content);
  return content;
}

/** Refuses a file that is not the one that the lock names. */
async function checkHash({ name, sha256 }: PackageFile, content: ArrayBuffer): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const got = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (got !== sha256) throw new Error(`the file of \`${name}\` is not the one that was kept: run \`llmos packages verify\``);
}

function visible({ load, chooses }: Needed, lock: PackageLock): PackageLock {
  const names = new Set(load);
  const packages = Object.entries(lock.packages).filter(([name]) => chooses || names.has(name));
  return { info: lock.info, packages: Object.fromEntries(packages) };
}

/** Whether it is worth asking: most skills import nothing. */
function mayImport({ type, code, packages }: ExecutableSkill): boolean {
  return (type === "python-wasm" || type === "qiskit") && ((packages?.length ?? 0) > 0 || /\bimport\b/.test(code));
}
