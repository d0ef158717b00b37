/** A server on empty volumes and a browser with an empty profile, both stopped at the end. */

import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const tests = new URL("../../../tests/e2e/package.json", import.meta.url);
const { chromium } = createRequire(tests)("@playwright/test");

/** Starts the server, calls `work` with its address, and stops it. */
export async function withServer(work) {
  const volumes = temporary("volumes");
  const port = await freePort();
  const args = ["serve", "--port", String(port), "--volumes", volumes];
  const server = spawn(process.env.LLMOS_BIN, args, { stdio: "ignore" });
  try {
    const address = `http://127.0.0.1:${port}`;
    await answering(`${address}/health`, server);
    return await work(address);
  } finally {
    server.kill();
    fs.rmSync(volumes, { recursive: true, force: true });
  }
}

/** Opens a browser that has seen nothing, calls `work` with a page, and closes it. */
export async function withFreshPage(work) {
  const profile = temporary("profile");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.LLMOS_CHROMIUM ?? "/usr/bin/chromium",
    viewport: { width: 1440, height: 900 },
    args: ["--no-sandbox", "--disable-gpu", "--enable-unsafe-webgpu", "--disable-background-networking"],
  });
  try {
    return await work(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

/** Sends JSON, and fails with what the server says unless it agrees. */
export async function post(url, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Reads JSON, and fails unless the server agrees. */
export async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function answering(url, server) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the server stopped with ${server.exitCode}`);
    const ready = await fetch(url).then((answer) => answer.ok, () => false);
    if (ready) return;
    await wait(50);
  }
  throw new Error("the server does not answer");
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function temporary(name) {
  return fs.mkdtempSync(path.join(os.tmpdir(), `llmos-bench-${name}-`));
}
