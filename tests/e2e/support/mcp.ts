// An MCP client that is not ours: the official SDK, over both ways in.

import { execFileSync } from "node:child_process";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

import { cache, program } from "./headless";

/** Makes a key with `llmos key add`. */
export function makeKey(volumes: string, user: string, ...flags: string[]): { id: string; key: string } {
  return JSON.parse(llmos("key", "add", user, "--json", "--volumes", volumes, ...flags)) as { id: string; key: string };
}

/** Runs a command and returns its standard output. */
export function llmos(...args: string[]): string {
  return execFileSync(program(), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Connects over HTTP, with a key or without. */
export async function connectHttp(origin: string, key?: string): Promise<Client> {
  const client = new Client({ name: "llmos-tests", version: "1.0.0" });
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", origin), { requestInit: { headers } }) as never);
  return client;
}

/** Starts `llmos mcp` and connects over its standard input and output. */
export async function connectStdio(args: string[], cwd: string): Promise<Client> {
  const client = new Client({ name: "llmos-tests", version: "1.0.0" });
  const env = { PATH: process.env["PATH"] ?? "", HOME: cwd, LLMOS_CACHE: cache };
  await client.connect(new StdioClientTransport({ command: program(), args: ["mcp", ...args], cwd, env, stderr: "inherit" }));
  return client;
}

/** Calls a tool; the client checks the result against the schema that the tool declares. */
export async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: args })) as CallToolResult;
}

/** The text of a result. */
export function text(result: CallToolResult): string {
  return result.content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}

/** What a run gave. */
export type Structured = {
  outcome: string;
  outputs: Record<string, unknown>;
  nodes?: Record<string, Record<string, unknown>>;
  errors?: { node: string; skill_id: string; kind: string; message: string }[];
  trace_id?: string;
  notes?: string[];
};

export function structured(result: CallToolResult): Structured {
  return result.structuredContent as Structured;
}
