// Workflows without a browser: limits that hold, and no way out for hostile skills. That every example has the same
// results as in the page is part of examples.spec.ts.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startCanary } from "../support/canary";
import { ended, headless, program, softwareGpu, start } from "../support/headless";
import { expect, test } from "../support/test";

const here = path.dirname(fileURLToPath(import.meta.url));
const skills = path.resolve(here, "../fixtures/headless/skills");

const skill = (id: string, type: string, code: string, more = ""): string =>
  `---\nskill_id: ${id}\nname: ${id}\ntype: ${type}\n${more}inputs: []\noutputs:\n  - name: y\n    type: any\n---\n\`\`\`${type === "javascript" ? "javascript" : "python"}\n${code}\n\`\`\`\n`;

/** A folder with skills and a workflow with one node for each. */
function made(codes: Record<string, string>): { folder: string; document: object } {
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-skills-"));
  for (const [id, text] of Object.entries(codes)) writeFileSync(path.join(folder, `${id}.md`), text);
  const nodes = Object.keys(codes).map((id) => ({ id, skill_id: id }));
  return { folder, document: { workflow_id: "made", name: "Made", nodes, edges: [] } };
}

test("the same workflow has the same result hashes every time, and another value has another", async () => {
  const [first, again, other] = [
    await headless("vqe-plot-export"),
    await headless("vqe-plot-export"),
    await headless("vqe-plot-export", ["--input", "hamiltonian.bond_length=0.9"]),
  ];
  expect(first.code, first.stderr).toBe(0);
  expect(again.run.results).toEqual(first.run.results);
  expect(other.code, other.stderr).toBe(0);
  expect(other.run.results["exact"]?.["energy"]).not.toBe(first.run.results["exact"]?.["energy"]);
});

const sum = (code: string): string =>
  `---\nskill_id: sum\nname: Sum\ntype: javascript\ninputs:\n  - name: a\n    type: number\n  - name: b\n    type: number\n    default: 0\noutputs:\n  - name: total\n    type: number\n---\n\`\`\`javascript\n${code}\n\`\`\`\n`;
const SUMS = {
  workflow_id: "sums",
  name: "Sums",
  nodes: [
    { id: "shared", skill_id: "sum", inputs: { a: 10 } },
    { id: "first", skill_id: "sum", inputs: { a: 1 } },
    { id: "last", skill_id: "sum", inputs: {} },
  ],
  edges: [
    { from: { node: "first", port: "total" }, to: { node: "last", port: "a" } },
    { from: { node: "shared", port: "total" }, to: { node: "last", port: "b" } },
  ],
};

test("a sweep runs once for each value, and what the values do not reach runs once", async () => {
  const { folder } = made({ sum: sum("function execute({ a, b }) { if (a === 3) throw new Error('three'); return { total: a + b }; }") });
  try {
    const each = await headless(SUMS, ["--skills", folder, "--sweep", "first.a=1:2:2", "--sweep", "first.b=5,7"]);
    expect(each.code, each.stderr).toBe(0);
    const row = ({ values, outputs }: NonNullable<typeof each.run.runs>[number]) => [values["first.a"], values["first.b"], outputs["last.total"]];
    expect(each.run.runs?.map(row)).toEqual([[1, 5, 16], [1, 7, 18], [2, 5, 17], [2, 7, 19]]);
    expect(Object.keys(each.run.nodes)).toHaveLength(1 + 2 * 4);
    expect(each.run.runs?.[0]?.nodes["shared"]).toBeUndefined();
    expect(each.stderr).toContain("4 of 4 runs");

    const step = await headless(SUMS, ["--skills", folder, "--sweep", "first.a=2,3", "--sweep", "first.b=0:1:2", "--zip"]);
    expect(step.run.runs?.map(({ state }) => state)).toEqual(["success", "skipped"]);
    expect(step.code).toBe(1);
    const part = await headless(SUMS, ["--skills", folder, "--sweep", "first.a=1,10,100", "--target", "first"]);
    expect(part.run.runs?.map(({ outputs }) => outputs)).toEqual([{ "first.total": 1 }, { "first.total": 10 }, { "first.total": 100 }]);

    writeFileSync(path.join(folder, "sums.json"), JSON.stringify(SUMS));
    const table = await ended(start(["run", "sums.json", "--skills", folder, "--sweep", "first.a=1:100:3:log"], { cwd: folder }));
    expect(table.stdout.split("\n").map((line) => line.split(/\s+/))).toEqual([
      ["run", "state", "first.a", "last.total"], ["1", "success", "1", "11"], ["2", "success", "10", "20"], ["3", "success", "100", "110"], [""],
    ]);
    const wrong = await headless(SUMS, ["--skills", folder, "--sweep", "first.c=1,2"]);
    expect(wrong.stderr).toMatch(/no input `first.c`\nhint: /);
    expect(wrong.code).toBe(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a trace is run again with the skills as they were, and differences are told", async () => {
  const { folder } = made({});
  const volumes = path.join(folder, "volumes");
  const user = path.join(volumes, "users/local");
  const git = (...args: string[]) => execFileSync("git", ["-C", user, "-c", "user.name=T", "-c", "user.email=t@t.invalid", ...args], { encoding: "utf8" });
  const keep = (code: string) => {
    writeFileSync(path.join(user, "skills/sum.md"), sum(code));
    git("add", "-A");
    git("commit", "-qm", "skill: sum");
  };
  try {
    execFileSync("git", ["init", "-q", "-b", "main", user]);
    mkdirSync(path.join(user, "skills"));
    keep("function execute({ a, b }) { return { total: a + b }; }");
    const first = await headless(SUMS, ["--volumes", volumes, "--save-trace"]);
    expect(first.code, first.stderr).toBe(0);
    const again = async (id = first.run.trace_id ?? "") => ended(start(["run", "--json", "--trace", id, "--volumes", volumes], { cwd: folder }));
    git("reset", "-q", "--hard");
    keep("function execute({ a, b }) { return { total: a * b }; }");
    const same = await again();
    expect(same.code, same.stderr).toBe(0);
    expect(same.run.replay).toMatchObject({ equal: true, n_outputs: 3, differences: [] });
    expect(same.run.results).toEqual(first.run.results);

    keep("function execute() { return { total: Math.random() }; }");
    const clock = await headless(SUMS, ["--volumes", volumes, "--save-trace"]);
    const other = await again(clock.run.trace_id);
    expect(other.code, other.stderr).toBe(1);
    expect(other.run.replay?.equal).toBe(false);
    expect(other.run.replay?.differences.map(({ node, port, path: at }) => [node, port, at])).toContainEqual(["shared", "total", "$"]);
    const told = await ended(start(["run", "--trace", clock.run.trace_id ?? "", "--volumes", volumes], { cwd: folder }));
    expect(told.stderr).toMatch(/different: shared\.total: 0\.\d+ then, 0\.\d+ now/);
    const unknown = await again("run-20200101-000000-00000000");
    expect(unknown.code).toBe(4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a wrong input is refused with what would be right, and code 2", async () => {
  const cases: [string, RegExp][] = [
    ["hamiltonain.bond_length=1", /no node `hamiltonain`[^]*did you mean `hamiltonian`/],
    ["hamiltonian.bond_lenght=1", /did you mean `bond_length`/],
    ["hamiltonian.bond_length=far", /no value for `hamiltonian.bond_length`[^]*takes `number`/],
    ["vqe.hamiltonian={}", /gets its value from another node/],
    ["nonsense", /names no input/],
  ];
  for (const [input, message] of cases) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
    const { code, stderr } = await headless("vqe-plot-export", ["--input", input]);
    expect(stderr).toMatch(message);
    expect(code, input).toBe(2);
  }
});

test("hostile skills find no network, no files, no processes and no environment", async () => {
  const canary = await startCanary();
  try {
    const document = {
      workflow_id: "probes",
      name: "Probes",
      nodes: [
        { id: "js", skill_id: "js-probe", inputs: { port: canary.tcpPort } },
        { id: "py", skill_id: "py-probe", inputs: { port: canary.tcpPort } },
      ],
      edges: [],
    };
    const { run, stderr } = await headless(document, ["--skills", skills], { env: { LLMOS_SECRET: "s3cret" } });
    expect(run.outcome, stderr).toBe("success");
    for (const node of ["js", "py"]) {
      const found = run.nodes[node]?.outputs?.["found"] as Record<string, string>;
      expect(Object.keys(found).length).toBeGreaterThan(12);
      for (const [probe, answer] of Object.entries(found)) expect(answer, `${node}: ${probe}`).toMatch(/^refused: /);
      expect(JSON.stringify(found)).not.toContain("s3cret");
    }
    expect(canary.hits).toEqual([]);
  } finally {
    await canary.stop();
  }
});

/** Hands every function of the worker what Node.js would describe by asking it, and keeps what is of another realm. */
const LIAR = `function execute() {
  const found = [];
  const look = (value, from) => {
    if ((typeof value === "object" || typeof value === "function") && value !== null && !(value instanceof Object)) found.push(from);
  };
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  // Node.js asks what has no constructor how it wants to be described.
  const like = (prototype, from) => Object.create(prototype, { [inspect]: { value: (...given) => { given.forEach((one) => look(one, from)); return ""; } } });
  const bare = (from) => like(null, from);
  const fake = (from) => like(Uint8Array.prototype, from);
  const tries = {
    encode: (x) => new TextEncoder().encodeInto("a", x),
    decode: (x) => new TextDecoder().decode(x),
    label: (x) => new TextDecoder(x),
    url: (x) => new URL(x, x),
    random: (x) => crypto.getRandomValues(x),
    timer: (x) => setTimeout(x, x),
    clear: (x) => clearTimeout(x),
    load: (x) => llmosImportModule(x, x),
  };
  let refused = 0;
  for (const [from, attempt] of Object.entries(tries)) {
    for (const make of [bare, fake]) {
      try { look(attempt(make(from)), from); } catch (error) { refused += 1; look(error, from); }
    }
  }
  return { total: found.length * 1000 + Math.min(refused, 1) };
}`;

test("skills get hold of no object of Node.js by what they hand to it", async () => {
  const { folder, document } = made({ sum: sum(LIAR) });
  try {
    const { run, stderr } = await headless(document, ["--skills", folder, "--input", "sum.a=1"]);
    expect(run.outcome, stderr).toBe("success");
    expect(run.nodes["sum"]?.outputs?.["total"]).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("programs for 3D, circuits and quantum computers find no way out either", async () => {
  const canary = await startCanary();
  const text = (id: string, type: string, fence: string, code: string, outputs = "  - name: found\n    type: any\n"): string =>
    `---\nskill_id: ${id}\nname: ${id}\ntype: ${type}\ninputs: []\noutputs:\n${outputs}---\n\`\`\`${fence}\n${code}\n\`\`\`\n`;
  const wave = "  - name: waveforms\n    type: table\n";
  const { folder, document } = made({
    "spice-include": text("spice-include", "spice", "spice", "* include\n.include /etc/passwd\nv1 a 0 1\nr1 a 0 1\n.op\n.end", wave),
    "spice-shell": text("spice-shell", "spice", "spice", "* shell\nv1 a 0 1\nr1 a 0 1\n.control\nshell cat /etc/passwd\n.endc\n.op\n.end", wave),
    "qasm-include": text("qasm-include", "openqasm", "openqasm", 'OPENQASM 3.0;\ninclude "/etc/passwd";\nqubit q;', "  - name: counts\n    type: any\n"),
  });
  const probe = readFileSync(path.join(skills, "js-probe.md"), "utf8");
  writeFileSync(path.join(folder, "three-probe.md"), probe.replace("skill_id: js-probe", "skill_id: three-probe").replace("type: javascript", "type: threejs"));
  const { nodes } = document as { nodes: object[] };
  nodes.push({ id: "three", skill_id: "three-probe", inputs: { port: canary.tcpPort } });
  try {
    const result = await headless(document, ["--skills", folder]);
    const { stdout, stderr } = result;
    expect(stdout, stderr).not.toBe("");
    const { run } = result;
    const found = run.nodes["three"]?.outputs?.["found"] as Record<string, string>;
    expect(Object.keys(found ?? {}).length, stderr).toBeGreaterThan(12);
    for (const [name, answer] of Object.entries(found)) expect(answer, name).toMatch(/^refused: /);
    for (const id of ["spice-include", "spice-shell", "qasm-include"]) {
      console.log(`${id}: ${run.nodes[id]?.error?.message}`);
      expect(run.nodes[id]?.state, id).toBe("error");
    }
    expect(stdout + stderr).not.toContain("root:");
    expect(canary.hits).toEqual([]);
  } finally {
    await canary.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the wall alone keeps a whole Node.js from network, files, processes and signals", async () => {
  test.skip(process.platform !== "linux", "there is a wall on Linux only");
  const canary = await startCanary();
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-wall-"));
  try {
    const target = path.join(folder, "written");
    const probes = `
      const found = {};
      const attempt = async (name, probe) => { try { found[name] = String(await probe()); } catch (error) { found[name] = "refused: " + error.code; } };
      const fs = require("fs"), net = require("net"), dgram = require("dgram"), { spawnSync } = require("child_process");
      (async () => {
        await attempt("passwd", () => fs.readFileSync("/etc/passwd", "utf8").length);
        await attempt("home", () => fs.readdirSync("/root").length);
        await attempt("environ", () => fs.readFileSync("/proc/" + process.ppid + "/environ", "utf8").length);
        await attempt("write", () => fs.writeFileSync(${JSON.stringify(target)}, "x"));
        await attempt("chmod", () => fs.chmodSync(${JSON.stringify(folder)}, 0));
        await attempt("spawn", () => { const { error, status } = spawnSync(process.execPath, ["-v"]); if (error) throw error; return status; });
        await attempt("tcp", () => new Promise((yes, no) => net.connect(${canary.tcpPort}, "127.0.0.1").on("connect", yes).on("error", no)));
        await attempt("udp", () => new Promise((yes, no) => { const s = dgram.createSocket("udp4"); s.on("error", no); s.send("x", ${canary.udpPort}, "127.0.0.1", (e) => (e ? no(e) : yes())); }));
        await attempt("listen", () => new Promise((yes, no) => net.createServer().on("error", no).listen(0, yes)));
        await attempt("kill", () => process.kill(process.ppid, 0));
        await attempt("env", () => { if (Object.keys(process.env).length > 0) return JSON.stringify(process.env); throw { code: "EMPTY" }; });
        console.log(JSON.stringify(found));
      })();`;
    const node = execFileSync("node", ["-p", "process.execPath"], { encoding: "utf8" }).trim();
    const libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", path.resolve(node, "../../lib")];
    const wall = { read: libraries, execute: [node, "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"], strict: false, required: true, limits: {} };
    const child = start(["behind-wall", String(process.pid), JSON.stringify(wall), node, "--openssl-config=/dev/null", "-e", probes]);
    const { stdout, stderr } = await ended(child);
    const found = JSON.parse(stdout || "{}") as Record<string, string>;
    expect(Object.keys(found), stderr).toHaveLength(11);
    for (const [probe, answer] of Object.entries(found)) expect(answer, probe).toMatch(/^refused: /);
    expect(existsSync(target)).toBe(false);
    expect(canary.hits).toEqual([]);
  } finally {
    await canary.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

const KERNEL = `@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&y)) { y[id.x] = a[id.x] * a[id.x]; }
}`;
const kernel = (id: string, code: string, more = ""): string =>
  `---\nskill_id: ${id}\nname: ${id}\ntype: webgpu\n${more}inputs:\n  - name: a\n    type: array\noutputs:\n  - name: y\n    type: array\n---\n\`\`\`wgsl\n${code}\n\`\`\`\n`;

test("kernels run, an endless one is stopped, and beside them hostile skills find nothing more", async () => {
  test.setTimeout(120_000);
  const canary = await startCanary();
  const endless = KERNEL.replace("y[id.x] = ", "while (y[id.x] < 1.0) { y[id.x] *= 0.5; } y[id.x] = ");
  const { folder } = made({ square: kernel("square", KERNEL), endless: kernel("endless", endless, "timeout_ms: 2000\n") });
  writeFileSync(path.join(folder, "js-probe.md"), readFileSync(path.join(skills, "js-probe.md")));
  const nodes = [
    { id: "square", skill_id: "square", inputs: { a: [1, -2, 3.5] } },
    { id: "endless", skill_id: "endless", inputs: { a: [1] } },
    { id: "again", skill_id: "square", inputs: { a: [8] } },
    { id: "js", skill_id: "js-probe", inputs: { port: canary.tcpPort } },
  ];
  try {
    const env = { ...softwareGpu(), LLMOS_SECRET: "s3cret" };
    const { run, stderr } = await headless({ workflow_id: "kernels", name: "Kernels", nodes, edges: [] }, ["--skills", folder], { env });
    expect(run.nodes["square"]?.outputs, stderr).toEqual({ y: [1, 4, 12.25] });
    expect(run.nodes["again"]?.outputs, stderr).toEqual({ y: [64] });
    expect(run.nodes["endless"]?.error?.message ?? run.nodes["endless"]?.error?.kind).toMatch(/took more steps|2000 ms|2 s/);
    const found = run.nodes["js"]?.outputs?.["found"] as Record<string, string>;
    expect(Object.keys(found).length).toBeGreaterThan(12);
    for (const [probe, answer] of Object.entries(found)) expect(answer, probe).toMatch(/^refused: /);
    expect(canary.hits).toEqual([]);
  } finally {
    await canary.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("without a package or a driver for the graphics processor there is a message that says what to install", async () => {
  const { folder } = made({ square: kernel("square", KERNEL) });
  const document = { workflow_id: "kernels", name: "Kernels", nodes: [{ id: "square", skill_id: "square", inputs: { a: [1] } }], edges: [] };
  try {
    const bare = await headless(document, ["--skills", folder]);
    expect(bare.run.nodes["square"]?.error).toMatchObject({ kind: "load", message: expect.stringContaining("npm package `webgpu`"), hint: expect.stringContaining("npm install webgpu") });
    expect(bare.code).toBe(1);
    const driverless = await headless(document, ["--skills", folder], { env: { ...softwareGpu(), VK_DRIVER_FILES: "/nowhere/icd.json" } });
    expect(driverless.run.nodes["square"]?.error).toMatchObject({ kind: "load", hint: expect.stringContaining("VK_DRIVER_FILES") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("endless loops and memory hogs are stopped, and the other nodes go on", async () => {
  test.setTimeout(120_000);
  const limits = "timeout_ms: 1500\nmemory_mb: 64\n";
  const { folder, document } = made({
    "js-loop": skill("js-loop", "javascript", "function execute() { for (;;); }", limits),
    "py-loop": skill("py-loop", "python-wasm", "def execute(inputs):\n    while True: pass", limits),
    "js-hog": skill("js-hog", "javascript", "function execute() { const all = []; for (;;) all.push({ a: [1, 2, 3] }); }", "timeout_ms: 60000\nmemory_mb: 64\n"),
    "py-hog": skill("py-hog", "python-wasm", "def execute(inputs):\n    all = []\n    while True: all.append(bytearray(1 << 20))", "timeout_ms: 60000\nmemory_mb: 64\n"),
    fine: skill("fine", "javascript", "function execute() { return { y: 1 }; }"),
    "fine-py": skill("fine-py", "python-wasm", "def execute(inputs):\n    return {'y': 2}"),
  });
  try {
    const { run, code, stderr } = await headless(document, ["--skills", folder]);
    const kinds = Object.fromEntries(Object.entries(run.nodes).map(([id, node]) => [id, node.error?.kind ?? node.state]));
    expect(kinds, stderr).toEqual({
      "js-loop": "timeout",
      "py-loop": "timeout",
      "js-hog": "memory",
      "py-hog": "memory",
      fine: "success",
      "fine-py": "success",
    });
    expect(code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a failure says what and where, and what depends on it is skipped", async () => {
  const { folder, document } = made({
    raises: skill("raises", "python-wasm", "def execute(inputs):\n    return {'y': 1 / 0}"),
    misspelt: skill("misspelt", "javascript", "function execute() {\n  return { y: 1 +* 2 };\n}"),
  });
  try {
    const { run, code } = await headless(document, ["--skills", folder]);
    expect(run.nodes["raises"]?.error?.message).toMatch(/^ZeroDivisionError[^]*raises.py", line 2/);
    expect(run.nodes["misspelt"]?.error?.message).toMatch(/^SyntaxError[^]*misspelt.js:2/);
    expect(code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("Ctrl-C cancels the run, the trace says so, and nothing is left running", async () => {
  const { folder, document } = made({ endless: skill("endless", "javascript", "console.log('begun'); function execute() { for (;;); }") });
  const volumes = path.join(folder, "volumes");
  writeFileSync(path.join(folder, "workflow.json"), JSON.stringify(document));
  try {
    const child = start(["run", "workflow.json", "--json", "--save-trace", "--skills", folder, "--volumes", volumes], { cwd: folder });
    const end = ended(child);
    await new Promise<void>((resolve) => child.stderr?.on("data", (data: Buffer) => data.includes("begun") && resolve()));
    child.kill("SIGINT");
    const { code, run, stderr } = await end;
    expect(code, stderr).toBe(130);
    expect(run.outcome).toBe("cancelled");
    const git = (...args: string[]) => execFileSync("git", ["-C", path.join(volumes, "users/local"), ...args], { encoding: "utf8" });
    expect(git("log", "-1", "--format=%s")).toBe("trace: made cancelled\n");
    await expect.poll(() => running(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a command that is killed takes its Node.js with it", async () => {
  test.skip(process.platform !== "linux", "it is looked up in /proc");
  const { folder, document } = made({ endless: skill("endless", "javascript", "console.log('begun'); function execute() { for (;;); }") });
  writeFileSync(path.join(folder, "workflow.json"), JSON.stringify(document));
  try {
    const child = start(["run", "workflow.json", "--skills", folder], { cwd: folder, env: { LLMOS_CACHE: path.join(folder, "cache") } });
    await new Promise<void>((resolve) => child.stderr?.on("data", (data: Buffer) => data.includes("begun") && resolve()));
    expect(running(folder)).not.toEqual([]);
    child.kill("SIGKILL");
    await expect.poll(() => running(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The processes that were started with a file of this folder. */
function running(folder: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(`${folder}/cache`);
    } catch {
      return false;
    }
  });
}

test("without Node.js the command says what to install", async () => {
  const { code, stderr } = await headless("csv-statistics", [], { env: { PATH: "/nowhere" } });
  expect(stderr).toMatch(/error: Node\.js was not found\nhint: install Node\.js 20\.19/);
  expect(code).toBe(5);
});

test("outputs are written as files of their kind", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "llmos-output-"));
  try {
    const { code, stderr } = await headless("csv-statistics", ["--output", folder]);
    expect(code, stderr).toBe(0);
    const names = readdirSync(folder);
    expect(names).toContain("statistics.statistics.csv");
    expect(readFileSync(path.join(folder, "statistics.statistics.csv"), "utf8")).toMatch(/^column,count/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the program is the one that was built", () => {
  expect(execFileSync(program(), ["--version"], { encoding: "utf8" })).toMatch(/^llmos \d/);
});
