// Netlists and quantum programs that ask for files, programs and servers: nothing leaves, and each is told why.

import { nodeOf } from "../support/bench";
import { type Canary, startCanary } from "../support/canary";
import { skill, type SkillType, workflow } from "../support/documents";
import { expect, test } from "../support/test";

let canary: Canary;
test.beforeAll(async () => {
  canary = await startCanary();
});
test.afterAll(() => canary.stop());
test.beforeEach(() => {
  canary.hits.length = 0;
});

/** Lines of a netlist that reach out, and what is said of them; `URL` is the canary's. */
const NETLISTS: [line: string, message: RegExp][] = [
  [".include URL/models.lib", /^line 2: `\.include` is not allowed: there are no files to read/],
  [".include /etc/passwd", /^line 2: `\.include` is not allowed/],
  [".INC '../../etc/passwd'", /^line 2: `\.inc` is not allowed/],
  [".lib URL/models.lib tt", /^line 2: `\.lib` is not allowed: there are no files to read/],
  [".lib /etc/passwd tt", /^line 2: `\.lib` is not allowed/],
  [".control\nshell curl URL\nsource URL/x.cir\nwrs2p /tmp/x\nload URL\n.endc", /^line 2: `\.control` is not allowed: a netlist here has no commands/],
  ["shell curl URL", /^line 2: /],
  ["source URL/x.cir", /^line 2: /],
  ["wrs2p /tmp/x", /^line 2: /],
  ["write /tmp/x all", /^line 2: /],
  ["load URL", /^line 2: /],
  [".shell curl URL", /^line 2: `\.shell` is not allowed/],
  [".exec curl URL", /^line 2: `\.exec` is not allowed/],
  [".pre_osdi URL/a.osdi", /^line 2: `\.pre_osdi` is not allowed/],
  [".codemodel /tmp/a.cm", /^line 2: `\.codemodel` is not allowed/],
  ["a1 %v([b]) filesrc\n.model filesrc filesource (file=\"/etc/passwd\")", /^line 2: code models/],
  [".output x = v(a); shell curl URL", /./],
  [".output x = load(\"URL\")", /^line 2: an expression cannot contain `"`/],
  [".meas op x find v(a) `curl URL`", /^line 2: an expression cannot contain ```/],
  ["r2 a 0 {{value}}", /^line 2: the input `value` contains a line break, which a netlist input may not/],
];

const QSHARP = (line: string) => `${line}\noperation Main() : Int {\n    return 1;\n}`;
const PROGRAMS: [type: SkillType, code: string, message: RegExp][] = [
  ["openqasm", 'include "URL/gates.inc";\nqubit q;', /^line 1, column 1: .*gates\.inc/],
  ["openqasm", 'include "/etc/passwd";\nqubit q;', /^line 1, column 1: .*passwd/],
  ["openqasm", 'include "../../stdgates.inc";\nqubit q;', /^line 1, column 1: .*stdgates\.inc/],
  ["openqasm", 'defcalgrammar "URL/grammar";\nqubit q;', /^line 1/],
  ["qsharp", QSHARP('import "URL/Library.qs";'), /^line 1/],
  ["qsharp", QSHARP("import File.System.*;"), /^line 1/],
  ["qsharp", QSHARP("open System.IO;"), /^line 1/],
  ["qsharp", "operation Main() : Int {\n    return System.Net.Get(\"URL\");\n}", /^line 2/],
];

test("netlists reach no file, no program and no server", async ({ bench, store }) => {
  const url = `http://127.0.0.1:${canary.tcpPort}`;
  const inputs = { inputs: ["name: value, type: string"], outputs: ["name: v_a, type: number"] };
  for (const [at, [line]] of NETLISTS.entries()) {
    const code = `* probe\n${line.replaceAll("URL", url)}\nv1 a 0 1\nr1 a 0 1k\n.op`;
    // oxlint-disable-next-line no-await-in-loop -- each is a commit
    await store.addSkill(skill(`netlist-${at}`, "spice", inputs, code));
  }
  const nodes = NETLISTS.map((_, at) => ({ id: `n${at}`, skill_id: `netlist-${at}`, inputs: { value: `1k\n.include ${url}/x` } }));
  await bench.open(await store.addWorkflow(workflow("netlists-out", nodes)), nodes.length);
  const trace = await bench.run(120_000);
  for (const [at, [line, message]] of NETLISTS.entries()) {
    const { state, outputs, error } = nodeOf(trace, `n${at}`);
    console.log(`${line.split("\n")[0]}: ${error?.message.split("\n")[0] ?? JSON.stringify(outputs)}`);
    // What stands behind `;` is a comment: the netlist is harmless, and simulated.
    if (line.includes("; shell")) expect(outputs["v_a"], line).toBe(1);
    else expect([state, error?.message ?? ""], line).toEqual(["error", expect.stringMatching(message)]);
  }
  expect(JSON.stringify(trace)).not.toContain("root:");
  expect(canary.hits, "visits to a server outside").toEqual([]);
});

test("quantum programs reach no file and no server", async ({ bench, store }) => {
  test.slow();
  const url = `http://127.0.0.1:${canary.tcpPort}`;
  for (const [at, [type, code]] of PROGRAMS.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- each is a commit
    await store.addSkill(skill(`program-${at}`, type, { outputs: ["name: result, type: any"] }, code.replaceAll("URL", url), "timeout_ms: 120000"));
  }
  const nodes = PROGRAMS.map((_, at) => ({ id: `p${at}`, skill_id: `program-${at}` }));
  await bench.open(await store.addWorkflow(workflow("programs-out", nodes)), nodes.length);
  const trace = await bench.run(240_000);
  for (const [at, [, code, message]] of PROGRAMS.entries()) {
    const { state, error } = nodeOf(trace, `p${at}`);
    console.log(`${code.split("\n")[0]}: ${error?.message.split("\n")[0]} (${error?.hint})`);
    expect([state, error?.message ?? ""], code).toEqual(["error", expect.stringMatching(message)]);
  }
  expect(JSON.stringify(trace)).not.toContain("root:");
  expect(canary.hits, "visits to a server outside").toEqual([]);
});
