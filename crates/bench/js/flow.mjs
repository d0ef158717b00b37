/**
 * Plans and drives runs with the engine as the browser loads it: WebAssembly,
 * with JSON at its rim. The host gives each node its result at once.
 *
 * Node.js and a page both load this file as it is.
 */

import { median } from "./table.mjs";

/** How many nodes the chains have. */
const SIZES = [100, 1_000, 5_000, 10_000, 100_000];

const PORT = { description: "", required: false };
const ADD = {
  skill_id: "add",
  name: "Add",
  description: "Adds two numbers.",
  type: "javascript",
  execution_mode: "browser-wasm",
  category: null,
  tags: [],
  version: "0".repeat(40),
  author: null,
  volume: "system",
  inputs: [
    { ...PORT, name: "a", type: "number", default: 1 },
    { ...PORT, name: "b", type: "number", default: 1 },
  ],
  outputs: [{ ...PORT, name: "sum", type: "number", required: true }],
  estimated_time_ms: null,
  memory_mb: null,
  timeout_ms: null,
  packages: [],
  deterministic: true,
  code: "function execute({ a, b }) {\n  return { sum: a + b };\n}\n",
};
const SKILLS = JSON.stringify({ add: ADD });

/** A chain of `n` nodes. */
function chain(n) {
  const nodes = Array.from({ length: n }, (_, i) => ({ id: `n${i}`, skill_id: "add", inputs: {} }));
  const edges = nodes.slice(1).map((node, i) => ({
    from: { node: `n${i}`, port: "sum" },
    to: { node: node.id, port: "a" },
  }));
  return { workflow_id: "made", name: "Made", description: "", tags: [], nodes, edges };
}

/** Runs to the end and returns how many nodes were started. */
function drive(run) {
  let commands = JSON.parse(run.start());
  let started = 0;
  for (;;) {
    const events = [];
    for (const command of commands) {
      if (command.type === "done") {
        if (command.outcome !== "success") throw new Error(`the run ended with ${command.outcome}`);
        return started;
      }
      if (command.type !== "start") continue;
      started += 1;
      const { node, attempt } = command;
      events.push({ type: "started", node, attempt });
      events.push({ type: "finished", node, attempt, outputs: { sum: "number" } });
    }
    if (events.length === 0) throw new Error("the run has no end");
    commands = JSON.parse(run.handle(JSON.stringify(events)));
  }
}

/** The median of up to five timings, and of one where a single one is long. */
function timed(prepare, work) {
  const times = [];
  do {
    const input = prepare();
    const from = performance.now();
    work(input);
    times.push(performance.now() - from);
  } while (times.length < 5 && times[0] < 5000);
  return median(times);
}

/** Measures chains of every size with the engine, which is loaded: milliseconds each. */
export function measure({ planWorkflow, Run }) {
  return SIZES.map((n) => {
    const doc = JSON.stringify(chain(n));
    const planned = timed(() => doc, (doc) => planWorkflow(doc, SKILLS));
    const driven = timed(
      () => new Run(doc, SKILLS, JSON.stringify({ cached: [], runtime_versions: {} })),
      (run) => {
        if (drive(run) !== n) throw new Error("not every node was started");
        run.free();
      },
    );
    return { n, planned, driven };
  });
}
