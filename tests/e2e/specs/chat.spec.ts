// The chat: with a provider on this machine, and with none. What people see, what is kept, and where a key goes.

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

import { headless } from "../support/headless";
import { type Provider, startProvider } from "../support/provider";
import { expect, test } from "../support/test";

const KEY = "sk-planted-0123456789abcdef";

/** What people ask for who have no model. */
const REQUESTS = [
  "plot the convergence of a VQE for H2",
  "histogram of random numbers",
  "frequency response of an RLC circuit as a Bode plot",
  "spectrum of a noisy waveform",
  "simulate a quantum circuit and show the probabilities",
  "edge detection on a test image",
  "solve the Lorenz equations",
  "Bell state counts",
  "monte carlo tolerances",
  "rotating cube animation",
];

type Answer = { response: string; trace_id: string; model: string | null; proposals: { workflow: object & { name: string } }[] };

let provider: Provider | undefined;

test.afterEach(async ({ request }) => {
  await request.delete("/api/models/settings?user_id=local");
  await provider?.stop();
  provider = undefined;
});

async function connect(request: import("@playwright/test").APIRequestContext, answers: Parameters<typeof startProvider>[0]): Promise<Provider> {
  provider = await startProvider(answers);
  const set = await request.put("/api/models/settings", {
    data: { user_id: "local", provider: "compatible", url: provider.url, model: "fake-1", key: KEY },
  });
  expect(set.ok(), await set.text()).toBe(true);
  return provider;
}

const GRAPH = {
  name: "Two numbers",
  nodes: [
    { id: "one", skill_id: "number-constant", inputs: { value: 2 } },
    { id: "sum", skill_id: "arithmetic", inputs: { b: 3 } },
  ],
  edges: [{ from: "one.value", to: "sum.a" }],
};

test("an answer streams into the page, and its trace has the tokens", async ({ page, request, server }) => {
  const fake = await connect(request, [[{ text: "Hello **wor" }, { pause: true }, { text: "ld**\n\n```python\nprint(1)\n```" }]]);
  await page.goto("/");
  // The keys are heard once the page is filled.
  await expect(page.getByRole("button", { name: "Chat" })).toBeVisible();
  await page.keyboard.press("Control+j");
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("write clean python code");
  await page.keyboard.press("Enter");
  await expect(chat.getByText("Hello")).toBeVisible();
  fake.resume();
  await expect(chat.locator("strong", { hasText: "world" })).toBeVisible();
  await expect(chat.getByText(/120 \+ 7 tokens, cost unknown/)).toBeVisible();
  await expect(chat.getByRole("button", { name: "Copy the code" })).toBeVisible();
  await expect(chat.getByText(/Python/).first()).toBeVisible();
  await chat.getByRole("button", { name: "This helped", exact: true }).click();
  await expect(chat.getByRole("button", { name: "This helped", exact: true })).toHaveAttribute("aria-pressed", "true");

  const trace = await chat.getByText(/^chat-\d{8}-/).innerText();
  await expect(async () => {
    const text = server.git("show", `HEAD:${await tracePath(server.git("ls-files", "traces"), trace)}`);
    expect(text).toContain("feedback: good");
    expect(text).toContain('"input": 120');
    expect(text).toContain('"output": 7');
  }).toPass();
  expect(fake.asked[0]?.authorization).toBe(`Bearer ${KEY}`);
});

test("stop ends the answer at the provider too, and keeps what was said", async ({ page, request }) => {
  const fake = await connect(request, [[{ text: "one " }, { pause: true }, { text: "two" }]]);
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("count");
  await chat.getByRole("button", { name: "Send" }).click();
  await expect(chat.getByText("one")).toBeVisible();
  await chat.getByRole("button", { name: "Stop" }).click();
  await expect(chat.getByText("Stopped")).toBeVisible();
  await expect.poll(() => fake.left()).toBe(true);
  await chat.getByRole("button", { name: "Edit this message and send it again" }).click();
  await expect(chat.getByRole("textbox", { name: "Message" })).toHaveValue("count");
});

test("a workflow of a model is mended by it, opens on the canvas and runs", async ({ bench, page, request }) => {
  const wrong = { ...GRAPH, nodes: [{ id: "one", skill_id: "no-such-skill" }] };
  const fake = await connect(request, [[{ call: wrong }], [{ text: "Here it is." }, { call: GRAPH }]]);
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByLabel("Message").fill("add two and three");
  await page.keyboard.press("Enter");
  await expect(chat.getByText(/it tries again/)).toBeVisible();
  await chat.getByRole("button", { name: "Open on canvas" }).click();
  await expect(bench.nodes()).toHaveCount(2);
  expect(fake.asked).toHaveLength(2);
  await page.keyboard.press("Control+j");
  const trace = await bench.run();
  expect(trace.run.outcome).toBe("success");
  expect(trace.run.nodes.find(({ node }) => node === "sum")?.outputs["result"]).toBe(5);
});

test("a key is in no file, no answer, no log and no trace", async ({ page, request, server }) => {
  await connect(request, [[{ text: "fine" }]]);
  const seen: string[] = [];
  for (const url of ["/api/models/settings?user_id=local", "/traces?user_id=local", "/api/config"]) {
    seen.push(await (await request.get(url)).text());
  }
  seen.push(await (await request.post("/chat", { data: { user_id: "local", message: "hello there" } })).text());
  await provider?.stop();
  seen.push(await (await request.post("/chat", { data: { user_id: "local", message: "hello again" } })).text());
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  await page.getByRole("button", { name: "Model settings" }).first().click();
  await expect(page.getByRole("dialog").getByText(/ends in …cdef/)).toBeVisible();
  seen.push(await page.content(), server.log(), server.git("log", "-p"));
  for (const file of files(path.dirname(server.volumes))) seen.push(readFileSync(file, "latin1"));
  for (const text of seen) expect(text).not.toContain("sk-planted");
});

test("with no model, ten requests are answered by workflows that run", async ({ request }) => {
  test.setTimeout(600_000);
  for (const message of REQUESTS) {
    const answered = await request.post("/chat", { data: { user_id: "local", message } });
    expect(answered.ok(), await answered.text()).toBe(true);
    const { response, model, proposals } = (await answered.json()) as Answer;
    expect(model).toBeNull();
    expect(response).toContain("No model is connected");
    const best = proposals[0];
    expect(best, message).toBeDefined();
    const { code, stderr, run } = await headless(best?.workflow ?? {});
    expect(code, `${message}: ${stderr}`).toBe(0);
    expect(run.outcome, message).toBe("success");
  }
});

test("with no model, trying a sample opens and runs a workflow in the page", async ({ bench, page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  // One node, of a skill that the page knows already: nothing more is learned before it is shown.
  await page.getByRole("button", { name: "Try now: Frequency response of an RLC circuit" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await expect(chat.getByText(/No model is connected/)).toBeVisible();
  await chat.getByRole("button", { name: "Open and run" }).first().click();
  await expect(bench.nodes().first()).toBeInViewport({ ratio: 1 });
  await bench.allAre("success");
});

test("the picture of the guide @screenshots", async ({ bench, page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Chat" }).click();
  const chat = page.getByRole("region", { name: "Chat" });
  await chat.getByRole("textbox").first().fill("plot the convergence of a VQE for H2");
  await page.keyboard.press("Enter");
  await chat.getByRole("button", { name: "Open and run" }).first().click();
  await expect(bench.nodes().first()).toBeVisible();
  await bench.allAre("success");
  await expect(page.getByRole("region", { name: "Results" }).locator("canvas").first()).toBeVisible();
  await page.screenshot({ path: "../../docs/images/guide-chat.png" });
});

test("what makes no sense is refused with a hint", async ({ request }) => {
  const cases: [object, number][] = [
    [{ message: "x", max_skills: -1 }, 400],
    [{ message: "" }, 400],
    [{ message: 5 }, 400],
    [{ message: "x".repeat(100_000) }, 400],
    [{ message: "x".repeat(3_000_000) }, 413],
  ];
  for (const [data, status] of cases) {
    const refused = await request.post("/chat", { data });
    expect(refused.status()).toBe(status);
    expect(((await refused.json()) as { hint: string }).hint).toBeTruthy();
  }
});

async function tracePath(listing: string, trace: string): Promise<string> {
  const found = listing.split("\n").find((file) => file.endsWith(`/${trace}.md`));
  expect(found, `${trace} is in the volume`).toBeDefined();
  return found ?? "";
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}
