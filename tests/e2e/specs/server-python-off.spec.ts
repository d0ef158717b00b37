// Without the flag, no server runs Python: it refuses, and the page says which flag it is.

import { nodeOf } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

const OUT = "name: value, type: any, description: What came out";

test("a server without the flag refuses, and says which it is", async ({ bench, store, server }) => {
  const source = skill("where", "python-wasm", { outputs: [OUT] }, "def execute(inputs):\n    return {'value': 1}", "execution_mode: server-python");
  const saved = await fetch(`${server.origin}/skills`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ source }) });
  const { version } = (await saved.json()) as { version: string };
  const answer = await fetch(`${server.origin}/workflows/python`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ skill_id: "where", version }),
  });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
  await bench.open(await store.addWorkflow(workflow("refused", [{ id: "where", skill_id: "where" }])), 1);
  const { error } = nodeOf(await bench.run(60_000), "where");
  expect(error?.message).toBe("`where` asks for Python on the server, and no skill code runs there");
  expect(error?.hint).toContain("--allow-server-python");
});
