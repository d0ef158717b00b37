// A package index on this machine, and the command that fills the cache from it.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { program, type Server } from "./server";
import { fetchWheels, WHEELS } from "./wheels.mjs";

/** What a command printed, and how it ended. */
export type Said = { code: number; stdout: string; stderr: string };

/** The folder of the packages of a server. */
export const packagesOf = (server: Server): string => path.join(path.dirname(server.volumes), "packages");

/** Runs `llmos packages` for the cache of a server. */
export async function packages(server: Server, ...args: string[]): Promise<Said> {
  const all = ["packages", ...args, "--packages", packagesOf(server)];
  return promisify(execFile)(program(), all).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

/** Adds packages from an index that is gone afterwards. */
export async function addPackages(server: Server, ...names: string[]): Promise<Said> {
  const index = await startIndex();
  try {
    return await packages(server, "add", ...names, "--index", index.url, "--distribution", "none");
  } finally {
    await index.stop();
  }
}

/** An index of real wheels. */
async function startIndex(): Promise<{ url: string; stop(): Promise<void> }> {
  fetchWheels();
  const files = readdirSync(WHEELS).filter((file) => file.endsWith(".whl"));
  const web = createServer((request, response) => {
    const [, folder, name = ""] = (request.url ?? "").split("/");
    if (folder === "files" && files.includes(name)) return response.end(readFileSync(path.join(WHEELS, name)));
    const own = files.filter((file) => file.split("-")[0]?.replaceAll("_", "-") === name);
    if (folder !== "simple" || own.length === 0) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": "text/html" });
    return response.end(own.map((file) => `<a href="/files/${file}#sha256=${hashOf(file)}">${file}</a>`).join("\n"));
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const address = web.address();
  if (typeof address !== "object" || !address) throw new Error("the index has no port");
  return {
    url: `http://127.0.0.1:${address.port}/simple/`,
    stop: () => new Promise((resolve) => web.close(() => resolve())),
  };
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(path.join(WHEELS, file))).digest("hex");
}
