import { expect, test } from "vitest";

import { settled } from "./test/fakes";
import { done, payload, type Script, setUp, start } from "./test/script";
import type { Runner, RunPayload } from "./types";

/** A run of `a`, `b` and `c` in a row leaves all three results; the next one is to plan anew. */
async function afterFirstRun(): Promise<{ script: Script; runner: Runner; chain: RunPayload }> {
  const { script, page, runner } = setUp();
  const edge = (from: string, to: string) => ({ from: { node: from, port: "y" }, to: { node: to, port: "x" } });
  const plain = payload("a", "b", "c");
  const chain = { ...plain, workflow: { ...plain.workflow, edges: [edge("a", "b"), edge("b", "c")] } };
  script.keys = { a: "key-a", b: "key-b", c: "key-c" };
  script.first = ["a", "b", "c"].map((node) => start(node, { key: `key-${node}` }));
  let left = 3;
  script.answer = (events) => {
    left -= events.filter(({ type }) => type === "finished").length;
    return left === 0 ? [done("success")] : [];
  };
  const running = runner.run(chain);
  await settled();
  const worker = page.worker(1).ready();
  for (let i = 0; i < 3; i += 1) worker.done({ y: i });
  await running;
  script.first = [done("success")];
  script.options.length = 0;
  return { script, runner, chain };
}

test.each([
  ["only", { only: ["b"] }, ["a", "c"], ["b"]],
  ["from", { from: ["b"] }, ["a"], ["b", "c"]],
  ["targets", { targets: ["b"] }, ["a", "b", "c"], ["b"]],
])("with `%s`, kept results count for everything but what is to run again", async (_, options, cached, targets) => {
  const { script, runner, chain } = await afterFirstRun();
  await runner.run(chain, options);
  expect(script.options.at(-1)).toMatchObject({ cached, targets });
});

test("what a node gave outlives the next run", async () => {
  const { runner, chain } = await afterFirstRun();
  const kept = runner.outputs("b");
  await runner.run(chain, { fresh: true });
  expect(kept?.port("y")).toBe(1);
  expect(runner.outputs("b")).toBeUndefined();
});
