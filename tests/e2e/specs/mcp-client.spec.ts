// Tools of MCP servers elsewhere, with a server that is not ours: the reference server of the protocol, which is
// started over standard input and output and reached over HTTP.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "@playwright/test";

import { program } from "../support/headless";

const everything = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/package.json")),
  "dist/index.js",
);

let home: string;
let http: ChildProcess;

/** Runs a command as the owner of the home. */
function llmos(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, OWN_TOKEN: "t0ken", ANTHROPIC_API_KEY: "sk-ant-not-for-them" };
  const done = spawnSync(program(), [...args, "--volumes", home], { encoding: "utf8", env, input: "" });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

test.beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "llmos-mcp-client-"));
  const port = await freePort();
  http = spawn(process.execPath, [everything, "streamableHttp"], { env: { ...process.env, PORT: String(port) }, stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    http.once("exit", () => reject(new Error("the server ended")));
    http.stderr?.on("data", (data: Buffer) => data.toString().includes("listening on port") && resolve());
  });
  const servers = {
    everything: { command: process.execPath, args: [everything, "stdio"], env: { TOKEN: "${OWN_TOKEN}" } },
    web: { type: "http", url: `http://127.0.0.1:${port}/mcp`, headers: { "X-Token": "${OWN_TOKEN}" } },
  };
  writeFileSync(path.join(home, "mcp-servers.json"), JSON.stringify({ mcpServers: servers }), { mode: 0o600 });
});

test.afterAll(() => {
  http.kill();
  rmSync(home, { recursive: true, force: true });
});

test("nothing is started before it is asked for, and no secret is shown", () => {
  const listed = llmos("mcp", "tools");
  expect(listed.code, listed.stderr).toBe(0);
  expect(listed.stdout).toContain("everything: ");
  expect(listed.stdout).toContain("/mcp");
  expect(listed.stdout + listed.stderr).not.toContain("t0ken");
});

for (const server of ["everything", "web"]) {
  test(`the tools of ${server} are listed and called`, () => {
    const tools = llmos("mcp", "tools", server, "--json");
    expect(tools.code, tools.stderr).toBe(0);
    const all = tools.stdout.trim().split("\n").map((line) => JSON.parse(line) as { name: string; digest: string });
    expect(all.map((tool) => tool.name)).toContain("echo");
    expect(all.every((tool) => /^[0-9a-f]{64}$/.test(tool.digest))).toBe(true);

    const echo = llmos("mcp", "call", server, "echo", "--arguments", '{"message": "hello \\u001b[2J"}', "--yes");
    expect(echo.code, echo.stderr).toBe(0);
    expect(echo.stdout).toBe("Echo: hello [2J\n");
    expect(echo.stderr).toContain('"message"');

    const sum = llmos("mcp", "call", server, "get-sum", "--arguments", '{"a": 2, "b": 40}', "--yes");
    expect(sum.stdout).toContain("42");

    const image = llmos("mcp", "call", server, "get-tiny-image", "--yes");
    expect(image.stdout).toMatch(/\[an image `image\/png` of about \d+ bytes is left out\]/);

    const wrong = llmos("mcp", "call", server, "get-sum", "--arguments", '{"a": "two"}', "--yes");
    expect([1, 4]).toContain(wrong.code);
    expect(wrong.stdout + wrong.stderr).toMatch(/invalid|expected/i);
  });
}

test("a call that nobody allowed is not made", () => {
  const refused = llmos("mcp", "call", "everything", "echo", "--arguments", '{"message": "hello"}');
  expect(refused.code).toBe(4);
  expect(refused.stdout).toBe("");
  expect(refused.stderr).toContain("nothing was called");
});

test("a server that is started finds what its entry says, and none of the keys of the program", () => {
  const got = llmos("mcp", "call", "everything", "get-env", "--yes");
  expect(got.code, got.stderr).toBe(0);
  expect(got.stdout).toContain('"TOKEN": "t0ken"');
  expect(got.stdout).not.toContain("sk-ant-not-for-them");
  expect(got.stdout).not.toContain("ANTHROPIC");
});

test("a file that others can write starts nothing", () => {
  const file = path.join(home, "mcp-servers.json");
  chmodSync(file, 0o666);
  const refused = llmos("mcp", "tools", "everything");
  chmodSync(file, 0o600);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("others may write to it");
});
