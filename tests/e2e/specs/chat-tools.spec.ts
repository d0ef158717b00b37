// What a connected model calls: shown as it happens, within a budget, with nothing written before somebody accepts it.

import { type Piece, type Provider, startProvider } from "../support/provider";
import { expect, test } from "../support/test";

let provider: Provider | undefined;

test.afterEach(async ({ request }) => {
  await request.delete("/api/models/settings?user_id=local");
  await provider?.stop();
  provider = undefined;
});

async function connect(request: import("@playwright/test").APIRequestContext, answers: Parameters<typeof startProvider>[0]): Promise<Provider> {
  provider = await startProvider(answers);
  const set = await request.put("/api/models/settings", {
    data: { user_id: "local", provider: "compatible", url: provider.url, model: "fake-1", key: "sk-planted-0123456789abcdef" },
  });
  expect(set.ok(), await set.text()).toBe(true);
  return provider;
}

const notes = (name: string) =>
  `---\nname: ${name}\ndescription: how to write notes in the field\n---\n# ${name}\n\nWrite every thing down that you have seen there.\n\nKeep it short.\n`;

const editOf = (skill_id: string) => ({
  skill_id,
  reason: "The sentence says the same in fewer words",
  changes: [{ old: "Write every thing down that you have seen there.", new: "Write down what you saw." }],
});

const TASKS = {
  tasks: [
    { title: "Compare with other guidance", instructions: "Search for other guidance on writing.", skills: "writing guidance" },
    { title: "Add up an example", instructions: "Run `arithmetic` with 2 and 3.", skills: "arithmetic" },
  ],
};

/** The model splits the task, its subagents work, it reads the skill and proposes an edit. */
function working(body: { messages: { role: string; content: string }[]; tools?: { function: { name: string } }[] }): readonly Piece[] {
  const [system = "", ...said] = body.messages.map(({ content }) => content);
  const done = (text: string) => said.some((content) => content?.includes(text));
  if (!body.tools?.some((tool) => tool.function.name === "delegate")) {
    if (system.includes("Compare with other guidance")) {
      return done("skills and workflows match") ? [{ text: "Nothing else is about notes." }] : [{ tool: "search_skills", arguments: { query: "notes" } }];
    }
    return done("result: 5") ? [{ text: "2 + 3 is 5." }] : [{ tool: "run_workflow", arguments: { skill_id: "arithmetic", inputs: { a: 2, b: 3 } } }];
  }
  if (done("the person sees it")) return [{ text: "done" }];
  if (done("## Subagent 2")) return [{ text: "I propose a shorter sentence." }, { tool: "propose_skill_edit", arguments: editOf("field-notes") }];
  return [
    { text: "I read it and ask two subagents." },
    { tool: "read_skill", arguments: { skill_id: "field-notes" } },
    { tool: "delegate", arguments: TASKS },
  ];
}

test("calls are shown as they happen, and an edit is saved when it is accepted", async ({ page, request, server }) => {
  test.setTimeout(120_000);
  const made = await request.post("/skills", { data: { user_id: "local", skill_id: "field-notes", source: notes("Field notes") } });
  expect(made.ok(), await made.text()).toBe(true);
  await connect(request, working);
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("make my field notes shorter");
  await page.keyboard.press("Enter");

  const calls = chat.getByRole("list", { name: "Calls of the model" });
  await expect(calls.getByText("read_skill")).toBeVisible();
  const second = chat.getByRole("region", { name: "Subagent 2" });
  await expect(second).toContainText("Add up an example");
  await expect(second.getByText("run_workflow")).toBeVisible();
  const edit = chat.getByRole("region", { name: "Proposed edit of Field notes" });
  await expect(edit.getByText("Write down what you saw.")).toBeVisible({ timeout: 60_000 });
  await expect(second.getByText("done")).toBeVisible();
  await expect(chat.getByText(/6 of 24 requests · 5 of 40 calls/)).toBeVisible();
  await second.getByText("run_workflow").click();
  await expect(second.getByText("result: 5")).toBeVisible();

  const file = () => server.git("show", "HEAD:skills/field-notes.md");
  expect(file(), "nothing was written").toContain("every thing down");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await edit.scrollIntoViewIfNeeded();
    await chat.screenshot({ path: `test-results/chat-tools-${scheme}.png` });
  }
  await edit.getByRole("button", { name: "Accept edit" }).click();
  await expect(edit.getByText(/Saved in user\/local as commit [0-9a-f]{8}/)).toBeVisible();
  await expect.poll(file).toContain("Write down what you saw.");

  const trace = await chat.getByText(/^chat-\d{8}-/).innerText();
  const kept = (await (await request.get(`/traces/${trace}?user_id=local`)).json()) as {
    calls: { tool: string; subagent?: number; state: string }[];
    subagents: { title: string; answer: string }[];
  };
  expect(kept.calls.map(({ tool, state }) => `${tool} ${state}`).toSorted()).toEqual([
    "delegate done",
    "propose_skill_edit done",
    "read_skill done",
    "run_workflow done",
    "search_skills done",
  ]);
  expect(kept.subagents.map(({ answer }) => answer)).toEqual(["Nothing else is about notes.", "2 + 3 is 5."]);
});

test("an edit of what somebody changed meanwhile is not saved over it", async ({ page, request, server, watch }) => {
  watch.expected.push(/409/);
  const made = await request.post("/skills", { data: { user_id: "local", skill_id: "lab-notes", source: notes("Lab notes") } });
  expect(made.ok(), await made.text()).toBe(true);
  await connect(request, [[{ tool: "propose_skill_edit", arguments: editOf("lab-notes") }]]);
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("make my lab notes shorter");
  await page.keyboard.press("Enter");
  const edit = chat.getByRole("region", { name: "Proposed edit of Lab notes" });
  await expect(edit.getByRole("button", { name: "Accept edit" })).toBeVisible();
  const other = await request.put("/skills/lab-notes", {
    data: { user_id: "local", source: notes("Lab notes").replace("every thing down", "nothing down") },
  });
  expect(other.ok(), await other.text()).toBe(true);
  await edit.getByRole("button", { name: "Accept edit" }).click();
  await expect(edit.getByRole("alert")).toBeVisible();
  expect(server.git("show", "HEAD:skills/lab-notes.md")).toContain("nothing down");
  await edit.getByRole("button", { name: "Dismiss" }).click();
  await expect(edit.getByText("Dismissed: nothing was saved")).toBeVisible();
});

test("stop in the middle of a run ends it, and the trace says so", async ({ page, request }) => {
  const loop = "---\nskill_id: endless\nname: Endless\ndescription: never ends\ntype: javascript\nexecution_mode: browser-wasm\ntimeout_ms: 100000\ninputs: []\noutputs:\n  - name: value\n    type: number\n---\n\n```javascript\nfunction execute() {\n  for (;;) {}\n}\n```\n";
  const made = await request.post("/skills", { data: { user_id: "local", skill_id: "endless", source: loop } });
  expect(made.ok(), await made.text()).toBe(true);
  await connect(request, [[{ tool: "run_workflow", arguments: { skill_id: "endless" } }]]);
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("run the endless one");
  await page.keyboard.press("Enter");
  await expect(chat.getByText("running", { exact: true })).toBeVisible();
  await chat.getByRole("button", { name: "Stop" }).click();
  await expect(chat.getByText("stopped", { exact: true })).toBeVisible();
  await expect(async () => {
    const { traces } = (await (await request.get("/traces?user_id=local")).json()) as { traces: { trace_id: string }[] };
    const id = traces.find(({ trace_id }) => trace_id.startsWith("chat-"))?.trace_id ?? "";
    const kept = (await (await request.get(`/traces/${id}?user_id=local`)).json()) as { outcome: string; calls: { state: string }[] };
    expect([kept.outcome, kept.calls[0]?.state]).toEqual(["cancelled", "cancelled"]);
  }).toPass();
});
