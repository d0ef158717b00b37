// Python packages: real wheels, from a local index into the cache, from the cache into the sandbox, offline.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { nodeOf } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { addPackages, packages, packagesOf } from "../support/packages";
import { expect, test } from "../support/test";

const OUT = "name: value, type: string, description: What came out";
const python = (id: string, code: string, more = ""): string => skill(id, "python-wasm", { outputs: [OUT] }, code, more);

const SKILLS = [
  python(
    "integral",
    "import sympy\n\ndef execute(inputs):\n    x = sympy.symbols('x')\n    return {'value': str(sympy.integrate(sympy.sin(x)**2, (x, 0, sympy.pi)))}",
  ),
  python(
    "exact",
    "def execute(inputs):\n    import flint\n    m = flint.fmpz_mat([[1, 2], [3, 4]])\n    return {'value': f'{m.det()} {flint.fmpq(1, 3) + flint.fmpq(1, 6)}'}",
    "packages: [python-flint]",
  ),
  python(
    "chooses",
    "import micropip\n\nasync def execute(inputs):\n    await micropip.install('mpmath')\n    import mpmath\n    return {'value': str(mpmath.mpf(2) ** mpmath.mpf('0.5'))}",
  ),
  python("chooses-wrong", "import micropip\n\nasync def execute(inputs):\n    await micropip.install('nowhere')\n    return {'value': ''}"),
  python("circuit", "from qiskit import QuantumCircuit\n\ndef execute(inputs):\n    return {'value': ''}"),
  python("plain", "def execute(inputs):\n    return {'value': 'plain'}"),
];

// Unpacking and importing large packages takes its time on a busy machine.
test.describe.configure({ mode: "serial", timeout: 400_000 });
const PATIENCE_MS = 300_000;

test.beforeAll(async ({ server }) => {
  for (const source of SKILLS) {
    const answer = await fetch(`${server.origin}/skills`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: "local", source }),
    });
    if (answer.status !== 201 && answer.status !== 409) throw new Error(await answer.text());
  }
});

test("a node that needs a missing package says which command installs it, and others go on", async ({ bench, store, page }) => {
  const nodes = ["integral", "exact", "circuit", "plain"].map((id) => ({ id, skill_id: id }));
  await bench.open(await store.addWorkflow(workflow("without-packages", nodes)), 4);
  const trace = await bench.run(PATIENCE_MS);
  expect(nodeOf(trace, "plain").state).toBe("success");
  expect(nodeOf(trace, "integral").error?.hint).toContain("`llmos packages add sympy`");
  const { error } = nodeOf(trace, "exact");
  expect(error?.message).toBe("the package `python-flint` is not in the package cache");
  expect(error?.hint).toContain("`llmos packages add python-flint`");
  expect(nodeOf(trace, "circuit").error?.hint).toContain("`openqasm`");
  await bench.nodeById("exact").click();
  await expect(page.getByText("llmos packages add python-flint").first()).toBeVisible();
});

test("pure and compiled packages run without a network once they were added", async ({ bench, store, server }) => {
  const added = await addPackages(server, "sympy", "python-flint", "micropip");
  expect(added.stderr).toBe("");
  expect(added.stdout.match(/^added \S+ \S+/gm)).toEqual(["added micropip 0.11.1", "added mpmath 1.3.0", "added python-flint 0.9.0", "added sympy 1.14.0"]);

  const nodes = ["integral", "exact"].map((id) => ({ id, skill_id: id, timeout_ms: 200_000 }));
  await bench.open(await store.addWorkflow(workflow("with-packages", nodes)), 2);
  const trace = await bench.run(PATIENCE_MS);
  const value = (id: string): unknown => nodeOf(trace, id).outputs["value"];
  expect(nodeOf(trace, "integral").error).toBeUndefined();
  expect(value("integral")).toBe("pi/2");
  expect(value("exact")).toBe("-2 1/2");
  // Loading is no time of the node: unpacking alone takes longer than this.
  console.log(`exact ${nodeOf(trace, "exact").duration_ms} ms, integral ${nodeOf(trace, "integral").duration_ms} ms`);
  const again = await bench.run(PATIENCE_MS);
  expect(nodeOf(again, "integral").state).toBe("cached");
});

test("micropip installs from the cache, and from nowhere else", async ({ bench, store }) => {
  const nodes = ["chooses", "chooses-wrong"].map((id) => ({ id, skill_id: id, timeout_ms: 200_000 }));
  await bench.open(await store.addWorkflow(workflow("with-micropip", nodes)), 2);
  const trace = await bench.run(PATIENCE_MS);
  expect(String(nodeOf(trace, "chooses").outputs["value"])).toMatch(/^1\.41421356/);
  expect(nodeOf(trace, "chooses-wrong").error?.hint).toContain("`llmos packages add NAME`");
});

test("an installer finds an index of the cache", async ({ request, server }) => {
  const answer = await request.get("/packages/simple/sympy/");
  expect(answer.headers()["content-type"]).toBe("application/vnd.pypi.simple.v1+json");
  const [file] = ((await answer.json()) as { files: { url: string; filename: string }[] }).files;
  expect(file?.url.startsWith(`${server.origin}/packages/files/`)).toBe(true);
  const wheel = await request.get(file?.url ?? "");
  expect(wheel.status()).toBe(200);
  expect((await wheel.body()).length).toBe(6_299_353);
});

test("a file that went bad is never handed out; adding it again mends it", async ({ bench, store, server, request, watch }) => {
  const lock = JSON.parse(readFileSync(path.join(packagesOf(server), "lock.json"), "utf8")) as {
    packages: Record<string, { sha256: string; file_name: string }>;
  };
  const { sha256 = "", file_name = "" } = lock.packages["python-flint"] ?? {};
  expect(readdirSync(path.join(packagesOf(server), "files"))).toContain(sha256);
  const file = path.join(packagesOf(server), "files", sha256);
  const content = readFileSync(file);
  content[1000] = (content[1000] ?? 0) ^ 1;
  writeFileSync(file, content);

  const refused = await request.get(`/packages/files/${sha256}/${file_name}`);
  expect(refused.status()).toBe(500);
  expect(await refused.text()).toContain("llmos packages add python-flint");
  const verified = await packages(server, "verify");
  expect(verified.code).toBe(1);
  expect(verified.stdout).toContain("error: python-flint 0.9.0: the file of `python-flint` is not the one that was kept");

  watch.expected.push(/500 \(Internal Server Error\)/);
  await bench.open(await store.addWorkflow(workflow("bad-package", [{ id: "exact", skill_id: "exact" }])), 1);
  const { error } = nodeOf(await bench.run(PATIENCE_MS), "exact");
  expect(error?.message).toContain("`llmos packages verify`");

  expect((await addPackages(server, "python-flint")).code).toBe(0);
  expect((await packages(server, "verify")).code).toBe(0);
  const mended = nodeOf(await bench.run(PATIENCE_MS), "exact");
  expect(mended.outputs["value"]).toBe("-2 1/2");
});
