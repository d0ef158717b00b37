// Programs that speak MCP, with a client that is not ours: what they find and run, who is let in, and what hostile
// requests get.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { ListToolsResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "@playwright/test";

import { call, connectHttp, connectStdio, llmos, makeKey, structured, text } from "../support/mcp";
import { type Server, startServer } from "../support/server";

const skill = (id: string, code: string, more = ""): string =>
  `---\nskill_id: ${id}\nname: ${id}\ndescription: Made for a test\ntype: javascript\n${more}inputs:\n  - {name: value, type: number, default: 2}\noutputs:\n  - {name: result, type: any}\n---\n\n\`\`\`javascript\n${code}\n\`\`\`\n`;

let server: Server;
let ana: { id: string; key: string };

test.beforeAll(async () => {
  server = await startServer();
  ana = makeKey(server.volumes, "ana", "--name", "Tests");
});

test.afterAll(async () => {
  await server.stop();
});

/** Saves a skill in the name of somebody. */
async function save(user: string, id: string, source: string): Promise<void> {
  const saved = await fetch(`${server.origin}/skills`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user_id: user, skill_id: id, source }),
  });
  expect(saved.status, await saved.text()).toBe(201);
}

test("a client lists and reads skills, as resources, prompts and by search", async () => {
  const client = await connectHttp(server.origin, ana.key);
  expect(client.getServerVersion()?.name).toBe("llmos-lite");
  expect(client.getServerCapabilities()).toMatchObject({ tools: {}, prompts: {}, resources: {} });
  expect(client.getServerCapabilities()?.tools?.listChanged ?? false).toBe(false);

  const { resources } = await client.listResources();
  expect(resources.length).toBeGreaterThan(60);
  const { contents } = await client.readResource({ uri: "skill://system/linear-fit.md" });
  const file = readFileSync(path.join(server.volumes, "system/skills/linear-fit.md"), "utf8");
  expect(contents).toEqual([{ uri: "skill://system/linear-fit.md", mimeType: "text/markdown", text: file }]);

  const { prompts } = await client.listPrompts();
  const coding = prompts.find((prompt) => prompt.name === "python-coding");
  expect(coding?.arguments?.map((argument) => [argument.name, argument.required])).toEqual([["task", false]]);
  const prompt = await client.getPrompt({ name: "python-coding", arguments: { task: "Count to three" } });
  const said = prompt.messages.map((message) => (message.content.type === "text" ? message.content.text : "")).join();
  expect(said).toContain("<skill>");
  expect(said).toContain("The task: Count to three");

  const found = await call(client, "search_skills", { query: "ground energy of hydrogen", limit: 5 });
  const { workflows } = found.structuredContent as { workflows: { skill_id: string; tool: string }[] };
  expect(workflows.map(({ tool }) => tool)).toContain("workflow_vqe-plot-export");
  const read = await call(client, "read_skill", { skill_id: "linear-fit" });
  expect(text(read)).toBe(file);
  await client.close();
});

test("workflows and skills are tools with typed arguments, and give the numbers that they should", async () => {
  const client = await connectHttp(server.origin, ana.key);
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,48}$/);
  const vqe = tools.find((tool) => tool.name === "workflow_vqe-plot-export");
  expect(vqe?.inputSchema.properties?.["bond_length"]).toMatchObject({ type: "number", default: 0.735 });

  const steps: [number, number | undefined, string | undefined][] = [];
  const ran = await client.callTool({ name: "workflow_vqe-plot-export", arguments: { bond_length: 0.735 } }, undefined, {
    onprogress: ({ progress, total, message }) => void steps.push([progress, total, message]),
  });
  expect(ran.isError, JSON.stringify(ran)).toBe(false);
  const vqeRun = structured(ran as never);
  expect(vqeRun.nodes?.["exact"]?.["energy"]).toBeCloseTo(-1.1373, 4);
  expect(vqeRun.nodes?.["vqe"]?.["eigenvalue"]).toBeCloseTo(-1.1373, 3);
  expect(steps.map(([progress, total]) => [progress, total])).toEqual([1, 2, 3, 4, 5].map((n) => [n, 5]));
  expect(steps.map(([, , message]) => message)).toContain("node export: success");

  // The run is a trace in the volume of the key's user.
  const id = vqeRun.trace_id ?? "";
  expect(id).toMatch(/^run-\d{8}-\d{6}-[0-9a-f]{8}$/);
  const trace = await fetch(`${server.origin}/traces/${id}?user_id=ana`).then((answer) => answer.json());
  expect(trace).toMatchObject({ volume: "user/ana", run: { outcome: "success", workflow_volume: "system" } });

  const csv = "x,y\n1,2\n2,4\n3,6.3\n";
  const statistics = await call(client, "workflow_csv-statistics", { value: csv, "relation-x_column": "x", y_column: "y" });
  expect(statistics.isError, text(statistics)).toBe(false);
  expect(structured(statistics).nodes?.["relation"]?.["slope"]).toBeCloseTo(2.15, 9);

  const divided = await call(client, "skill_arithmetic", { a: 6, b: 7, operation: "*" });
  expect(structured(divided).outcome, text(divided)).toBe("success");
  expect(Object.values(structured(divided).outputs)).toContain(42);
  await client.close();
});

test("a run that fails is an error of the tool that names node and cause", async () => {
  await save("ana", "throws", skill("throws", "function execute({ value }) { console.log('before', value); throw new Error('no such luck'); }"));
  await save("ana", "endless", skill("endless", "function execute() { for (;;); }", "timeout_ms: 1500\n"));
  await save("ana", "wide", skill("wide", "function execute() { return { result: 'x'.repeat(300000) }; }"));
  const client = await connectHttp(server.origin, ana.key);
  await client.listTools();

  const failed = await call(client, "skill_throws", { value: 5 });
  expect(failed.isError).toBe(true);
  expect(text(failed)).toContain("node `throws` (skill `throws`): exception: ");
  expect(text(failed)).toContain("no such luck");
  expect(text(failed)).toContain("throws| before 5");
  expect(structured(failed).errors).toMatchObject([{ node: "throws", skill_id: "throws", kind: "exception" }]);

  const late = await call(client, "skill_endless");
  expect(structured(late).errors).toMatchObject([{ node: "endless", kind: "timeout" }]);

  const wide = await call(client, "skill_wide");
  expect(wide.isError).toBe(false);
  expect(structured(wide).outputs["result"]).toMatchObject({ omitted: true, bytes: 300_002 });
  expect(text(wide).length).toBeLessThan(4_000);
  await client.close();
});

test("a call ends when the client cancels it, and when the time of the server is up", async () => {
  await save("ana", "patient", skill("patient", "function execute() { for (;;); }", "timeout_ms: 300000\n"));
  const client = await connectHttp(server.origin, ana.key);
  const traces = (): string[] => readdirSync(server.volumes, { recursive: true }).map(String).filter((file) => /users\/ana\/traces\/.*run-.*\.md$/.test(file));
  const before = traces().length;
  const abort = new AbortController();
  const running = client.callTool({ name: "skill_patient" }, undefined, { signal: abort.signal });
  setTimeout(() => abort.abort("enough"), 1_000);
  await expect(running).rejects.toThrow(/enough|abort/i);
  // Long before its own limit of five minutes and the server's.
  await expect.poll(() => traces().length, { timeout: 15_000 }).toBe(before + 1);

  const hasty = await connectStdio(["--volumes", server.volumes, "--user", "ana", "--tool-time-limit", "3"], tmpdir());
  const stopped = await call(hasty, "skill_patient");
  expect(stopped.isError).toBe(true);
  expect(text(stopped)).toContain("it was stopped after 3 s");
  expect(structured(stopped).outcome).toBe("cancelled");
  await hasty.close();
  await client.close();
});

test("without a key that counts nobody is let in", async () => {
  const initialize = {
    jsonrpc: "2.0", id: 1, method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "x", version: "1" } },
  };
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${server.origin}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
      body: JSON.stringify(initialize),
    });
  const revoked = makeKey(server.volumes, "ana");
  expect((await post({ authorization: `Bearer ${revoked.key}` })).status).toBe(200);
  const open = await connectHttp(server.origin, revoked.key);
  llmos("key", "revoke", revoked.id, "--volumes", server.volumes);
  const wrong = ana.key.slice(0, -1) + (ana.key.endsWith("0") ? "1" : "0");
  const refused = [{}, ...[revoked.key, wrong, "", "x".repeat(10_000), "llmos_00000000_0"].map((key) => ({ authorization: `Bearer ${key}` })), { authorization: `Basic ${ana.key}` }];
  for (const headers of refused as Record<string, string>[]) {
    const answer = await post(headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="llmos"');
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "no-key", hint: expect.stringContaining("llmos key add") });
  }
  await expect(connectHttp(server.origin)).rejects.toThrow(/401|no-key|key/i);
  // A session that was open before the key was revoked gives no right.
  await expect(open.listTools()).rejects.toThrow();

  expect(llmos("key", "list", "--volumes", server.volumes)).toContain(ana.id);
  const kept = readFileSync(path.join(server.volumes, "api-keys.md"), "utf8");
  const secret = ana.key.slice(ana.key.lastIndexOf("_") + 1);
  expect(kept).not.toContain(secret);
  expect(server.log()).not.toContain(secret);
  const page = await post({ authorization: `Bearer ${ana.key}`, origin: "http://evil.example" });
  expect(page.status).toBe(403);
});

test("what belongs to somebody else is not there", async () => {
  await save("bob", "private-plan", skill("private-plan", "function execute() { return { result: 'secret-of-bob' }; }"));
  const client = await connectHttp(server.origin, ana.key);
  const bob = await connectHttp(server.origin, makeKey(server.volumes, "bob").key);
  expect((await bob.listTools()).tools.map((tool) => tool.name)).toContain("skill_private-plan");
  expect((await bob.readResource({ uri: "skill://user/bob/private-plan.md" })).contents).toHaveLength(1);

  expect((await client.listTools()).tools.map((tool) => tool.name)).not.toContain("skill_private-plan");
  expect(JSON.stringify(await client.listResources())).not.toContain("private-plan");
  await expect(call(client, "skill_private-plan")).rejects.toThrow(/there is no tool `skill_private-plan`/);
  for (const uri of ["skill://user/bob/private-plan.md", "skill://user/bob/not-there.md"]) {
    await expect(client.readResource({ uri })).rejects.toThrow(`there is no resource \`${uri}\``);
  }
  const read = await call(client, "read_skill", { skill_id: "private-plan", volume: "user/bob" });
  expect(read.isError).toBe(true);
  expect(text(read)).not.toContain("secret-of-bob");
  const found = await call(client, "search_skills", { query: "private plan" });
  expect(text(found)).not.toContain("private-plan");
  await client.close();
  await bob.close();
});

test("hostile arguments get clear errors, and the server goes on", async () => {
  const client = await connectHttp(server.origin, ana.key);
  const long = "a".repeat(10_000);
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ["skill_arithmetic", { a: "6", b: 7 }, /input `a` takes `number`, and this is of type `string`\nhint: give a number/],
    ["skill_arithmetic", { a: { "$ref": "file:///etc/passwd" }, b: 1 }, /takes `number`/],
    ["skill_arithmetic", { a: 1, b: 1, timeout_ms: 1e9 }, /has no input `timeout_ms`\nhint: it takes `a`/],
    ["skill_arithmetic", { [long]: 1 }, /has no input `a{60}…`/],
    ["search_skills", {}, /missing field `query`/],
    ["search_skills", { query: "x", limit: 1e9 }, /`limit` must be 1 to 50/],
    ["search_skills", { query: 5 }, /invalid type/],
    ["read_skill", { skill_id: "../../members" }, /is no id of a skill/],
    ["read_skill", { skill_id: "x", volume: "user/../.." }, /is no volume/],
    ["read_skill", { skill_id: long }, /is no id of a skill/],
  ];
  for (const [name, args, message] of wrong) {
    const refused = await call(client, name, args);
    expect(refused.isError, name).toBe(true);
    expect(text(refused)).toMatch(message);
    expect(text(refused).length).toBeLessThan(1_000);
  }
  for (const name of ["nothing", "skill_../../etc/passwd", "skill_", `skill_${long}`, "workflow_\u0000", "search_skills\n"]) {
    await expect(call(client, name)).rejects.toThrow(/-32602.*there is no tool/);
  }
  for (const uri of ["file:///etc/passwd", "skill://system/../../api-keys.md", "skill://system/%2e%2e/x.md", "skill://user/ana/../bob/x.md", `skill://system/${long}.md`, "skill://system/workflows/x.md"]) {
    await expect(client.readResource({ uri })).rejects.toThrow(/there is no resource/);
  }
  for (const name of ["linear-fit", "../x", long]) await expect(client.getPrompt({ name })).rejects.toThrow(/there is no prompt/);
  await expect(client.listTools({ cursor: "from-x" })).rejects.toThrow(/cursor/);
  expect((await client.listTools()).tools.length).toBeGreaterThan(10);
  await client.close();
});

test("a client that starts the program needs no key, and what it runs is run for whoever started it", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-mcp-"));
  try {
    const client = await connectStdio(["--no-trace"], folder);
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toContain("skill://system/csv-reader.md");
    const ran = await call(client, "workflow_vqe-plot-export");
    expect(structured(ran).nodes?.["exact"]?.["energy"]).toBeCloseTo(-1.1373, 4);
    expect(structured(ran).trace_id).toBeUndefined();
    await client.close();
    expect(readdirSync(folder).filter((name) => !name.startsWith("."))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** `LLMOS_MCP_SKILLS=10000` tries the full size; the time goes into making and parsing the files. */
const MANY = Number(process.env["LLMOS_MCP_SKILLS"] ?? "1500");

test("many skills come in pages, each once, and each can be called", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-mcp-"));
  try {
    const volume = path.join(folder, "volumes/users/local");
    const skills = path.join(volume, "skills");
    mkdirSync(skills, { recursive: true });
    const long = `${"long-".repeat(18)}end`;
    for (let n = 0; n < MANY; n++) {
      const id = `many-${String(n).padStart(5, "0")}`;
      writeFileSync(path.join(skills, `${id}.md`), skill(id, "function execute({ value }) { return { result: value }; }"));
    }
    writeFileSync(path.join(skills, `${long}.md`), skill(long, "function execute({ value }) { return { result: value * 3 }; }"));
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", volume, "-c", "user.name=Local", "-c", "user.email=local@llmos.local", ...args], { encoding: "utf8" });
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "many skills");

    const client = await connectStdio([], folder);
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      // Not `listTools`, which makes a validator for each tool and takes most of the time for it.
      const page = await client.request({ method: "tools/list", params: cursor === undefined ? {} : { cursor } }, ListToolsResultSchema);
      names.push(...page.tools.map((tool) => tool.name));
      expect(page.tools.length).toBeLessThanOrEqual(100);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith("skill_many-"))).toHaveLength(MANY);
    expect(pages).toBeGreaterThan(MANY / 100);
    const cut = names.find((name) => name.startsWith("skill_long-")) ?? "";
    expect(cut).toHaveLength(48);
    expect(structured(await call(client, cut, { value: 7 })).outputs).toEqual({ result: 21 });
    const last = structured(await call(client, "skill_many-00999"));
    expect(last.outputs).toEqual({ result: 2 });
    expect(git("log", "-1", "--format=%an %B")).toContain(`Trace: ${last.trace_id}`);
    expect(text(await call(client, "search_skills", { query: "many-00711" }))).toContain("skill_many-00711");
    await client.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
