// Hostile skills: they try every door and get nowhere, and what runs beside and after them stays right.

import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { nodeOf, watchFrames } from "../support/bench";
import { type Canary, startCanary } from "../support/canary";
import { skill, type SkillType, workflow } from "../support/documents";
import { measureLag } from "../support/lag";
import { expect, test } from "../support/test";

const folder = path.resolve(fileURLToPath(import.meta.url), "../../fixtures/hostile");
const SECRET = "the-secret-of-the-page";

const hostile = readdirSync(folder).filter((file) => file.endsWith(".md")).map((file) => file.slice(0, -3));

let canary: Canary;

test.beforeAll(async ({ server }) => {
  canary = await startCanary();
  const honest = skill(
    "honest-js",
    "javascript",
    { inputs: ["name: after, type: any, description: Wait, required: false"], outputs: ["name: value, type: number, description: Sum"] },
    "function execute() {\n  return { value: [1, 2, 3].map((x) => x * 2).reduce((a, b) => a + b) };\n}",
  );
  for (const source of [honest, ...hostile.map((id) => readFileSync(path.join(folder, `${id}.md`), "utf8"))]) {
    const answer = await fetch(`${server.origin}/skills`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: "local", source }),
    });
    if (answer.status !== 201 && answer.status !== 409) throw new Error(await answer.text());
  }
});

test.afterAll(() => canary.stop());

test.beforeEach(({ watch }) => {
  canary.hits.length = 0;
  // What the sandbox refuses shows up on the console: that is the point.
  watch.expected.push(/.*/s);
});

/** Puts something into every storage of the page's origin that a skill could try to read. */
async function plantSecrets(page: import("@playwright/test").Page): Promise<void> {
  await page.evaluate(async (secret) => {
    localStorage.setItem("secret", secret);
    sessionStorage.setItem("secret", secret);
    document.cookie = `secret=${secret}`;
    document.title = secret;
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open(secret);
      opening.onsuccess = () => resolve(opening.result.close());
      opening.onerror = reject;
    });
    await navigator.storage.getDirectory().then((root) => root.getFileHandle(secret, { create: true }));
    (globalThis as Record<string, unknown>)["heard"] = [];
    new BroadcastChannel("llmos").onmessage = (event) => {
      ((globalThis as Record<string, unknown>)["heard"] as unknown[]).push(event.data);
    };
    new BroadcastChannel("llmos").postMessage(secret);
  }, SECRET);
}

test("the canary notices a visit", async () => {
  await fetch(`http://127.0.0.1:${canary.tcpPort}/control`);
  const sender = createSocket("udp4");
  await new Promise((resolve) => sender.send("control", canary.udpPort, "127.0.0.1", resolve));
  sender.close();
  await expect.poll(() => canary.hits).toEqual(["tcp: GET /control HTTP/1.1", "udp: 7 bytes"]);
});

for (const id of ["every-door-js", "every-door-py"]) {
  test(`${id} reaches no server, no storage and no page`, async ({ bench, page, store, watch }) => {
    const inputs = { tcp_port: canary.tcpPort, udp_port: canary.udpPort };
    const address = await store.addWorkflow(workflow(`doors-${id}`, [{ id: "doors", skill_id: id, inputs }]));
    await bench.open(address, 1);
    await plantSecrets(page);
    const trace = await bench.run();
    const node = nodeOf(trace, "doors");
    const report = (node.outputs["report"] ?? {}) as Record<string, string>;
    console.log(id, JSON.stringify(report, null, 1));
    expect(node.state, JSON.stringify(node.error)).toBe("success");
    expect(Object.keys(report).length).toBeGreaterThan(20);

    await page.waitForTimeout(500);
    expect(canary.hits, "visits to a server outside").toEqual([]);
    expect(JSON.stringify(trace)).not.toContain(SECRET);
    for (const door of ["indexed db", "indexed db names", "local storage", "caches", "cookies", "parent", "indexedDB", "localStorage"]) {
      if (door in report) expect(report[door], door).toMatch(/refused|absent|no answer|^error/);
    }
    if ("environment" in report) expect(report["environment"]).not.toMatch(/assets\.mjs|snapshot/);
    expect(await page.evaluate(() => (globalThis as Record<string, unknown>)["heard"])).toEqual([SECRET]);
    expect(page.url()).toContain(`doors-${id}`);
    // The page asked for nothing outside either; refused attempts never became requests.
    const asked = watch.foreign.filter((line) => line.includes(String(canary.tcpPort)));
    console.log(id, "attempts that the browser lists:", asked.length);
    watch.foreign.length = 0;
  });
}

/** The skill that tries every door of JavaScript, as one of another type. */
function everyDoor(): string {
  return readFileSync(path.join(folder, "every-door-js.md"), "utf8");
}

test("three.js reaches no server, no storage and no page while it builds a scene", async ({ bench, page, store, watch }) => {
  await store.addSkill(everyDoor().replaceAll("every-door-js", "every-door-threejs").replace("type: javascript", "type: threejs"));
  const inputs = { tcp_port: canary.tcpPort, udp_port: canary.udpPort };
  await bench.open(await store.addWorkflow(workflow("doors-threejs", [{ id: "doors", skill_id: "every-door-threejs", inputs }])), 1);
  await plantSecrets(page);
  const trace = await bench.run();
  const report = (nodeOf(trace, "doors").outputs["report"] ?? {}) as Record<string, string>;
  expect(Object.keys(report).length, JSON.stringify(nodeOf(trace, "doors").error)).toBeGreaterThan(20);
  await page.waitForTimeout(500);
  expect(canary.hits, "visits to a server outside").toEqual([]);
  expect(JSON.stringify(trace)).not.toContain(SECRET);
  expect(await page.evaluate(() => (globalThis as Record<string, unknown>)["heard"])).toEqual([SECRET]);
  watch.foreign.length = 0;
});

test("the frame that shows a scene reaches no server, no storage and no page", async ({ bench, page, store, watch }) => {
  const doors = /```javascript\n([\s\S]*?)```/.exec(everyDoor())?.[1]?.replace("async function execute(", "async function tryAll(") ?? "";
  const code = `${doors}
let told = null;
let begun = false;
function execute(inputs, { THREE, scene }) {
  scene.add(new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial()));
}
function animate({ time, inputs }) {
  if (time === 0) return;
  if (!begun) {
    begun = true;
    tryAll(inputs).then(({ report }) => { told = report; });
  }
  if (told) {
    const reached = Object.entries(told).filter(([, answer]) => !/^(refused|no answer|absent|undefined|error|close|null)/.test(answer));
    throw new Error(\`tried \${Object.keys(told).length} doors: \${JSON.stringify(reached)}\`);
  }
}`;
  const ports = { inputs: ["name: tcp_port, type: integer", "name: udp_port, type: integer"], outputs: ["name: scene, type: object"] };
  await store.addSkill(skill("every-door-frame", "threejs", ports, code));
  const inputs = { tcp_port: canary.tcpPort, udp_port: canary.udpPort };
  await bench.open(await store.addWorkflow(workflow("doors-frame", [{ id: "doors", skill_id: "every-door-frame", inputs }])), 1);
  await plantSecrets(page);
  await bench.run();
  const preview = await bench.show("doors", "scene");
  const alert = preview.getByRole("alert");
  await expect(alert).toContainText(/tried \d\d doors/, { timeout: 60_000 });
  const text = await alert.innerText();
  console.log("frame:", text);
  expect(text).not.toContain(SECRET);
  await page.waitForTimeout(500);
  expect(canary.hits, "visits to a server outside").toEqual([]);
  expect(await page.evaluate(() => (globalThis as Record<string, unknown>)["heard"])).toEqual([SECRET]);
  expect(page.url()).toContain("doors-frame");
  watch.foreign.length = 0;
});

test("a forger changes neither its own node's record nor another one", async ({ bench, store }) => {
  const address = await store.addWorkflow(
    workflow("forgery", [{ id: "forger", skill_id: "forger-js" }, { id: "honest", skill_id: "honest-js" }, { id: "later", skill_id: "honest-js" }], ["forger.value > later.after"]),
  );
  await bench.open(address, 3);
  const ended = await bench.startRun();
  const trace = await ended();
  expect(nodeOf(trace, "honest").outputs["value"]).toBe(12);
  const forger = nodeOf(trace, "forger");
  // It may answer truthfully or be stopped; a forged answer must not pass for its own.
  expect(JSON.stringify(trace.run.nodes.map(({ outputs }) => outputs))).not.toContain("666");
  if (forger.state === "success") {
    expect(forger.outputs["value"]).toBe(1);
    expect(nodeOf(trace, "later").outputs["value"]).toBe(12);
  }
});

test("a poisoned interpreter is not shared: other nodes compute right", async ({ bench, store }) => {
  const table = { columns: [{ name: "v", values: [1, 2, 3, 4] }] };
  const address = await store.addWorkflow(
    workflow("poison", [
      { id: "poisoner", skill_id: "poisoner-py" },
      { id: "first", skill_id: "table-statistics", inputs: { table } },
    ]),
  );
  await bench.open(address, 2);
  await bench.run();
  const again = workflow("poison", [
    { id: "poisoner", skill_id: "poisoner-py" },
    { id: "first", skill_id: "table-statistics", inputs: { table } },
    { id: "second", skill_id: "table-statistics", inputs: { table: { columns: [{ name: "w", values: [2, 4, 6, 8] }] } } },
  ]);
  await store.addWorkflow({ ...again, workflow_id: "poison-again" });
  await bench.openFromList("poison-again");
  await expect(bench.nodes()).toHaveCount(3);
  const trace = await bench.run();
  const mean = (id: string) => {
    const { columns } = nodeOf(trace, id).outputs["statistics"] as { columns: { name: string; values: unknown[] }[] };
    return columns.find(({ name }) => name === "mean")?.values;
  };
  expect(mean("first")).toEqual([2.5]);
  expect(mean("second")).toEqual([5]);
});

for (const id of hostile.filter((name) => name.startsWith("hostile-"))) {
  test(`${id} gets nowhere, and bystanders find their world unchanged`, async ({ bench, store, watch }) => {
    const takesTarget = readFileSync(path.join(folder, `${id}.md`), "utf8").includes("name: target");
    const inputs = takesTarget ? { target: `http://127.0.0.1:${canary.tcpPort}/` } : {};
    const output = /outputs:\s+- \{ ?name: (\w+)/.exec(readFileSync(path.join(folder, `${id}.md`), "utf8"))?.[1] ?? "value";
    const address = await store.addWorkflow(
      workflow(
        `beside-${id}`,
        [
          { id: "hostile", skill_id: id, inputs },
          { id: "beside-js", skill_id: "bystander-js" },
          { id: "after-js", skill_id: "bystander-js" },
          { id: "beside-py", skill_id: "bystander-python" },
          { id: "after-py", skill_id: "bystander-python" },
        ],
        [`hostile.${output} > after-js.after`, `hostile.${output} > after-py.after`],
      ),
    );
    await bench.open(address, 5);
    const trace = await bench.run();
    for (const [name, verdict] of Object.entries((nodeOf(trace, "hostile").outputs["attempts"] ?? {}) as Record<string, string>)) {
      expect(verdict, name).toMatch(/^denied/);
    }
    for (const witness of ["beside-js", "after-js", "beside-py", "after-py"]) {
      const { state, outputs } = nodeOf(trace, witness);
      if (witness.startsWith("beside") || state === "success") expect(outputs, witness).toMatchObject({ clean: true, found: [] });
    }
    expect(canary.hits).toEqual([]);
    watch.foreign.length = 0;
  });
}

/** Ways to take all the memory there is, beside those that are files. */
const HOGS: [string, SkillType, string, RegExp][] = [
  ["hog-texts", "javascript", "const kept = [];\n  for (let i = 0; ; i += 1) kept.push(`${i}`.repeat(1e6));", /over the memory limit of 64 MB/],
  ["hog-lists", "javascript", "const kept = [];\n  for (;;) kept.push(new Array(1e6).fill(kept.length));", /over the memory limit of 64 MB/],
  ["hog-buffers", "javascript", "const kept = [];\n  for (;;) kept.push(new Uint8Array(2 ** 22).slice().fill(1));", /over the memory limit of 64 MB/],
  ["hog-wasm", "javascript", "const memory = new WebAssembly.Memory({ initial: 1 });\n  for (;;) memory.grow(256);", /over the memory limit of 64 MB/],
  ["hog-scene", "threejs", "const kept = [];\n  for (;;) kept.push(new Float32Array(2 ** 22).fill(1));", /over the memory limit of 64 MB/],
  // Objects are counted by nobody but the browser. The time ends them here: were it the browser,
  // then by ending the process of the sandbox, which Playwright takes for the page.
  ["hog-objects", "javascript", "const kept = [];\n  for (let i = 0; ; i += 1) kept.push({ i, text: [i, i, i, i, i, i] });", /memory|stopped after 4000 ms/],
];

for (const [id, type, body, message] of HOGS) {
  test(`${id} is stopped, and the other node goes on`, async ({ bench, store }) => {
    test.slow();
    const code = `function execute() {\n  ${body}\n}`;
    await store.addSkill(skill(id, type, { outputs: ["name: value, type: any"] }, code, `memory_mb: 64\ntimeout_ms: ${id === "hog-objects" ? 4_000 : 12_000}`));
    await bench.open(await store.addWorkflow(workflow(`stop-${id}`, [{ id: "hog", skill_id: id }, { id: "honest", skill_id: "honest-js" }])), 2);
    const trace = await bench.run();
    const { error, duration_ms } = nodeOf(trace, "hog");
    console.log(`${id}: ${error?.kind} after ${duration_ms} ms: ${error?.message.split("\n")[0]}`);
    expect(error?.message).toMatch(message);
    expect(nodeOf(trace, "honest").outputs["value"]).toBe(12);
    expect(nodeOf(await bench.run(), "honest").outputs["value"]).toBe(12);
  });
}

const ENDLESS: [SkillType, string][] = [
  ["javascript", "function execute() {\n  for (;;);\n}"],
  ["python-wasm", "def execute(inputs):\n    while True:\n        pass"],
  ["threejs", "function execute() {\n  for (;;);\n}"],
];

for (const [type, code] of ENDLESS) {
  test(`an endless loop in ${type} is stopped, and the other node goes on`, async ({ bench, store, page }) => {
    const id = `endless-${type}`;
    await store.addSkill(skill(id, type, { outputs: ["name: value, type: any"] }, code, "timeout_ms: 1500"));
    await bench.open(await store.addWorkflow(workflow(id, [{ id: "endless", skill_id: id }, { id: "honest", skill_id: "honest-js" }])), 2);
    const lag = measureLag();
    const stop = await watchFrames(page);
    const trace = await bench.run();
    const { longestGapMs } = await stop();
    expect(nodeOf(trace, "endless").error?.kind).toBe("timeout");
    expect(nodeOf(trace, "honest").outputs["value"]).toBe(12);
    expect(longestGapMs).toBeLessThan(1_000 + 10 * lag());
  });
}

for (const id of ["hog-js", "hog-py"]) {
  test(`${id} is stopped, the page stays, and the next node runs`, async ({ bench, store, page }) => {
    const address = await store.addWorkflow(
      workflow(`stop-${id}`, [{ id: "hog", skill_id: id }, { id: "honest", skill_id: "honest-js" }]),
    );
    await bench.open(address, 2);
    const stop = await watchFrames(page);
    const trace = await bench.run();
    const { longestGapMs } = await stop();
    const hog = nodeOf(trace, "hog");
    console.log(`${id}: ${hog.state} ${hog.error?.kind} after ${hog.duration_ms} ms, longest frame gap ${Math.round(longestGapMs)} ms`);
    expect(hog.state).toBe("error");
    expect(hog.error?.message).toMatch(/memory|crash|stopped|limit/i);
    expect(nodeOf(trace, "honest").outputs["value"]).toBe(12);
  });
}

test("a shouter does not take the page down", async ({ bench, store, page }) => {
  await bench.open(await store.addWorkflow(workflow("shouting", [{ id: "shouter", skill_id: "shouter-js" }])), 1);
  const lag = measureLag();
  const stop = await watchFrames(page);
  const trace = await bench.run();
  const { longestGapMs } = await stop();
  const slackMs = 10 * lag();
  console.log(`shouter: longest frame gap ${Math.round(longestGapMs)} ms, ${nodeOf(trace, "shouter").logs.length} lines kept`);
  expect(nodeOf(trace, "shouter").error?.kind).toBe("timeout");
  expect(longestGapMs).toBeLessThan(2_000 + slackMs);
});
