// Starts the real `llmos` program on a free port with volumes of its own.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(fileURLToPath(import.meta.url), "../../../..");

/** A running `llmos serve`. */
export type Server = {
  origin: string;
  /** The process. */
  pid: number | undefined;
  /** The folder with all volumes. */
  volumes: string;
  /** Runs `git` in the volume of the local user. */
  git(...args: string[]): string;
  /** What the program has printed. */
  log(): string;
  stop(): Promise<void>;
};

/** Where the program is. */
export function program(): string {
  const program = process.env["LLMOS_BIN"] ?? path.join(repository, "target/debug/llmos");
  if (!existsSync(program)) throw new Error(`there is no ${program}; run \`cargo build -p llmos-cli\` or set LLMOS_BIN`);
  return program;
}

/** Starts the program and waits until it answers. */
export async function startServer(flags: readonly string[] = []): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-e2e-"));
  const volumes = path.join(folder, "volumes");
  const port = await freePort();
  const { LLMOS_USER: _user, LLMOS_VOLUMES_PATH: _volumes, LLMOS_PACKAGES_PATH: _packages, ...environment } = process.env;
  const child = spawn(program(), ["serve", "--host", "127.0.0.1", "--port", String(port), "--volumes", volumes, ...flags], {
    cwd: folder,
    env: { ...environment, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (printed += data.toString()));

  const origin = `http://127.0.0.1:${port}`;
  await untilReady(origin, child, () => printed);
  return {
    origin,
    pid: child.pid,
    volumes,
    git: (...args) => {
      const folder = path.join(volumes, "users/local");
      untilSettled(folder);
      return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
    },
    log: () => printed,
    async stop() {
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), 8_000);
        await gone;
        clearTimeout(late);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until Git has what was answered: the program holds Git's lock that long. */
function untilSettled(volume: string): void {
  const deadline = Date.now() + 20_000;
  while (existsSync(path.join(volume, ".git/index.lock"))) {
    if (Date.now() > deadline) throw new Error(`${volume} stays locked`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

async function untilReady(origin: string, child: ChildProcess, printed: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`llmos stopped with ${child.exitCode}:\n${printed()}`);
    const healthy = await fetch(`${origin}/health`).then((answer) => answer.ok, () => false);
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error(`llmos did not answer within 30 s:\n${printed()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
