// Python on the server: allowed by a flag, walled in, and reached from the page by nodes that ask for it.

import { nodeOf } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

test.use({ flags: ["--allow-server-python"] });

const OUT = "name: value, type: any, description: What came out";
const python = (id: string, mode: string, body: string, more = ""): string =>
  skill(id, "python-wasm", { outputs: [OUT] }, `def execute(inputs):\n${body.replace(/^/gm, "    ")}`, `execution_mode: ${mode}${more}`);

const SKILLS: [string, string][] = [
  ["where", python("where", "server-python", "import sys\nprint('from', sys.platform)\nreturn {'value': [sys.platform, 2**70, float('inf')]}")],
  ["tells", python("tells", "hybrid", "import sys\nif sys.platform == 'emscripten':\n    while True: pass\nreturn {'value': sys.platform}", "\ntimeout_ms: 3000")],
  ["stays", python("stays", "hybrid", "import sys\nreturn {'value': sys.platform}")],
  ["endless", python("endless", "server-python", "while True: pass", "\ntimeout_ms: 1500")],
  ["sleeps", python("sleeps", "server-python", "import time\ntime.sleep(100)\nreturn {'value': 1}", "\ntimeout_ms: 200000")],
];

const ATTACKS: [string, string][] = [
  ["passwd", "return {'value': open('/etc/passwd').read()}"],
  ["canary", "return {'value': open(inputs['path']).read()}"],
  ["environment", "return {'value': open('/proc/%d/environ' % __import__('os').getppid()).read()}"],
  ["socket", "import socket\nreturn {'value': str(socket.create_connection(('127.0.0.1', inputs['port']), 1))}"],
  ["shell", "import subprocess\nreturn {'value': subprocess.check_output(['id']).decode()}"],
  ["write", "open(inputs['path'] + '.written', 'w').write('x')\nreturn {'value': 'written'}"],
  ["signal", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nreturn {'value': 'killed'}"],
];

const BOMB = "import os\nn = 0\nfor _ in range(1000):\n    try:\n        os.fork(); n += 1\n    except OSError: pass\nreturn {'value': n}";

const versions = new Map<string, string>();

test.describe.configure({ mode: "serial", timeout: 200_000 });

test.beforeAll(async ({ server }) => {
  const attacks = [...ATTACKS, ["bomb", BOMB] as const].map(([id, body]) => [`attack-${id}`, python(`attack-${id}`, "server-python", body)] as const);
  for (const [id, source] of [...SKILLS, ...attacks]) {
    const answer = await fetch(`${server.origin}/skills`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: "local", source }),
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(text);
    versions.set(id, (JSON.parse(text) as { version: string }).version);
  }
});

type Result = { outputs?: Record<string, unknown>; error?: { kind: string; message: string } };

/** Asks the route as a program would. */
async function ask(origin: string, skill_id: string, inputs: object, signal?: AbortSignal): Promise<Result> {
  const answer = await fetch(`${origin}/workflows/python`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: "local", skill_id, version: versions.get(skill_id), inputs, timeout_ms: 20_000, memory_mb: 128 }),
    ...(signal && { signal }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Result;
}

test("nodes run where they ask to, and a hybrid one goes on on the server when its time is up", async ({ bench, store }) => {
  const nodes = ["where", "tells", "stays", "endless"].map((id) => ({ id, skill_id: id }));
  await bench.open(await store.addWorkflow(workflow("places", nodes)), 4);
  const trace = await bench.run(150_000);
  const where = nodeOf(trace, "where");
  expect(where.outputs["value"]).toEqual(["linux", { $bigint: String(2n ** 70n) }, { $number: "Infinity" }]);
  expect(where.logs.map(({ text }) => text)).toEqual(["from linux"]);
  const tells = nodeOf(trace, "tells");
  expect(tells.outputs["value"]).toBe("linux");
  expect(tells.logs.map(({ text }) => text)).toEqual(["longer than 3000 ms in the browser: it runs again on the server"]);
  expect(nodeOf(trace, "stays").outputs["value"]).toBe("emscripten");
  expect(nodeOf(trace, "endless").error?.kind).toBe("timeout");
  await expect(await bench.showLog()).toContainText("it runs again on the server");

  const again = await bench.run(150_000);
  for (const id of ["where", "tells"]) expect(nodeOf(again, id).state).toBe("cached");
});

test("whatever a skill tries, it reads, writes, reaches and starts nothing", async ({ server }) => {
  const { writeFileSync, existsSync } = await import("node:fs");
  const path = `${server.volumes}/canary.txt`;
  writeFileSync(path, "canary-7f3a");
  const port = Number(new URL(server.origin).port);
  for (const [id] of ATTACKS) {
    const { outputs, error } = await ask(server.origin, `attack-${id}`, { path, port });
    expect(outputs, id).toBeUndefined();
    expect(error?.message, id).toMatch(/^(PermissionError|OSError)\b/);
    expect(JSON.stringify(error), id).not.toContain("canary-7f3a");
  }
  expect(existsSync(`${path}.written`)).toBe(false);
  expect((await ask(server.origin, "attack-bomb", {})).outputs).toEqual({ value: 0 });
  expect((await fetch(`${server.origin}/health`)).ok).toBe(true);
});

test("a client that goes away ends its skill", async ({ server }) => {
  const { execFileSync } = await import("node:child_process");
  const children = (): string => execFileSync("sh", ["-c", `pgrep -P ${server.pid} || true`], { encoding: "utf8" }).trim();
  const abort = new AbortController();
  const asked = ask(server.origin, "sleeps", {}, abort.signal).catch(() => undefined);
  await expect.poll(children).not.toBe("");
  abort.abort();
  await asked;
  await expect.poll(children).toBe("");
});
