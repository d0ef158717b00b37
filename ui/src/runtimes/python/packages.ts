/**
 * Packages inside the sandbox. Their files were handed in with the worker;
 * nothing is fetched from anywhere, although Pyodide and micropip believe so.
 */

import { ORDER, type PackageFile, type PackageOrder } from "../../run/packages";
import type { RuntimeFile } from "../../run/protocol";

/** Where the interpreter believes its files are; nothing is fetched from there. */
export const NOWHERE = "http://sandbox.invalid/python/";

/** The part of Pyodide's interface that loads packages. */
type Loader = {
  loadPackage(names: string[], options: Record<string, unknown>): Promise<unknown>;
  loadedPackages: Record<string, string>;
  runPython(code: string): unknown;
};

const INFO = { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2", version: "314.0.7" };

/** What a worker is to load, or nothing. */
export function orderOf(files: Record<string, RuntimeFile>): PackageOrder | null {
  const file = files[ORDER];
  return file instanceof ArrayBuffer ? (JSON.parse(new TextDecoder().decode(file)) as PackageOrder) : null;
}

/** The lock that Pyodide starts with. */
export function lockOf(order: PackageOrder | null): string {
  return JSON.stringify({ info: INFO, packages: order?.lock.packages ?? {} });
}

/** Unpacks the packages of an order; fails when one is not there afterwards. */
export async function loadPackages(python: Loader, { load, chooses }: PackageOrder): Promise<void> {
  const told: string[] = [];
  await python.loadPackage(load, {
    messageCallback: () => undefined,
    errorCallback: (message: string) => void told.push(message),
  });
  const missing = load.filter((name) => !(name in python.loadedPackages));
  // Pyodide only mentions what it could not load.
  if (missing.length > 0) throw new Error(`${missing.join(", ")} cannot be unpacked: ${told.join("; ") || "the file is missing"}`);
  if (chooses) python.runPython(`import micropip\nmicropip.set_index_urls(["${NOWHERE}simple/{package_name}/"])`);
}

/** Answers what Pyodide and micropip ask for: files of this worker, and an index of them. */
export function answerFrom(files: Record<string, RuntimeFile>, order: PackageOrder | null, url: string): Response {
  const path = url.startsWith(NOWHERE) ? url.slice(NOWHERE.length) : url;
  const project = /^simple\/([a-z0-9-]+)\/$/.exec(path)?.[1];
  if (project !== undefined) return projectPage(order?.lock.packages[project]);
  const file = files[path.slice(path.lastIndexOf("/") + 1)];
  if (file instanceof ArrayBuffer) return new Response(file);
  // The compiled module needs no bytes, but the loader wants an answer.
  return new Response("", { status: file ? 200 : 404, headers: { "Content-Type": "application/wasm" } });
}

function projectPage(file: PackageFile | undefined): Response {
  if (!file) return new Response("", { status: 404 });
  const { name, file_name: filename, sha256, size, version } = file;
  const files = [{ filename, url: `${NOWHERE}${filename}`, hashes: { sha256 }, size }];
  const page = { meta: { "api-version": "1.1" }, name, versions: [version], files };
  return new Response(JSON.stringify(page), { headers: { "Content-Type": "application/vnd.pypi.simple.v1+json" } });
}
