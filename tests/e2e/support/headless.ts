// Runs a workflow with `llmos run`, as a terminal or a CI job does.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(fileURLToPath(import.meta.url), "../../../..");

/** What `llmos run --json` prints. */
export type HeadlessRun = {
  outcome: "success" | "error" | "cancelled";
  duration_ms: number;
  trace_id?: string;
  nodes: Record<
    string,
    {
      state: string;
      attempts: number;
      duration_ms: number | null;
      error?: { kind: string; message: string; hint?: string };
      outputs?: Record<string, unknown>;
      logs?: string[];
    }
  >;
  results: Record<string, Record<string, string>>;
  runs?: { index: number; values: Record<string, unknown>; state: string; nodes: Record<string, string>; outputs: Record<string, unknown> }[];
  replay?: { equal: boolean; differences: { node: string; port?: string; path?: string; then: unknown; now: unknown }[] };
};

/** How the command ended. */
export type Ended = {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The object on standard output, where there is one. */
  run: HeadlessRun;
};

/** Where unpacked runtimes are kept while the tests run. */
export const cache = path.join(tmpdir(), "llmos-e2e-cache");

export function program(): string {
  const found = process.env["LLMOS_BIN"] ?? path.join(repository, "target/debug/llmos");
  if (!existsSync(found)) throw new Error(`there is no ${found}; run \`cargo build -p llmos-cli\` or set LLMOS_BIN`);
  return found;
}

/** What gives a run the graphics processor that is computed in software inside of Chromium. */
export function softwareGpu(): Record<string, string> {
  const drivers = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome", "/usr/lib64/chromium-browser"];
  const found = drivers.map((folder) => path.join(folder, "vk_swiftshader_icd.json")).find((file) => existsSync(file));
  if (!found) throw new Error(`there is no vk_swiftshader_icd.json in any of ${drivers.join(", ")}`);
  return { LLMOS_WEBGPU: path.join(repository, "tests/e2e/node_modules/webgpu"), VK_DRIVER_FILES: found };
}

/** Starts the command with nothing of this machine's settings. */
export function start(args: readonly string[], { cwd = tmpdir(), env = {} }: { cwd?: string; env?: Record<string, string> } = {}): ChildProcess {
  return spawn(program(), args, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, LLMOS_CACHE: cache, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end of a command. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    code,
    stdout,
    stderr,
    get run() {
      return JSON.parse(stdout) as HeadlessRun;
    },
  };
}

/** Runs a workflow, a file or an id or the document itself, to its end. */
export async function headless(workflow: string | object, args: readonly string[] = [], options: { env?: Record<string, string> } = {}): Promise<Ended> {
  const cwd = mkdtempSync(path.join(tmpdir(), "llmos-headless-"));
  try {
    const named = typeof workflow === "string" ? workflow : "workflow.json";
    if (typeof workflow !== "string") writeFileSync(path.join(cwd, named), JSON.stringify(workflow));
    return await ended(start(["run", named, "--json", ...args], { cwd, ...options }));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

type Difference = { path: string; page: unknown; headless: unknown };

/** Where two results differ by more than one part in 10^9. */
export function differences(page: unknown, other: unknown, at = ""): Difference[] {
  if (typeof page === "number" && typeof other === "number") {
    const near = Object.is(page, other) || Math.abs(page - other) <= 1e-9 * Math.max(1, Math.abs(page), Math.abs(other));
    return near ? [] : [{ path: at, page, headless: other }];
  }
  if (typeof page !== "object" || typeof other !== "object" || page === null || other === null) {
    return page === other ? [] : [{ path: at, page, headless: other }];
  }
  const keys = new Set([...Object.keys(page), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differences((page as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], `${at}/${key}`));
}
