// Sessions: what people see of a conversation that is kept, and what becomes of it in Git.

import type { APIRequestContext, Page } from "@playwright/test";

import { sayMany } from "../support/messages";
import { expect, test } from "../support/test";

/** How many messages the long session has; `LLMOS_SESSION_MESSAGES=10000` makes it as long as a session should stay fluid. */
const MESSAGES = Number(process.env["LLMOS_SESSION_MESSAGES"] ?? 3_000);

/** The most elements that a conversation has in the page, however long it is. */
const MOST_ELEMENTS = 1_500;

const chat = (page: Page) => page.getByRole("region", { name: "Chat" });

async function ask(page: Page, message: string): Promise<void> {
  await chat(page).getByRole("textbox", { name: "Message" }).fill(message);
  await page.keyboard.press("Enter");
  await expect(chat(page).getByRole("article", { name: message }).last().getByText(/^chat-\d{8}-/)).toBeVisible();
}

async function begin(request: APIRequestContext, name: string): Promise<string> {
  const made = await request.post("/api/sessions", { data: { user_id: "local", name } });
  expect(made.status(), await made.text()).toBe(201);
  return ((await made.json()) as { id: string }).id;
}

test.beforeEach(async ({ request }) => {
  const listed = await request.get("/api/sessions?user_id=local");
  for (const { id } of ((await listed.json()) as { sessions: { id: string }[] }).sessions) {
    await request.delete(`/api/sessions/${id}?user_id=local`);
  }
});

test("a conversation survives a reload and becomes a commit that reads well", async ({ page, server }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await ask(page, "histogram of random numbers");
  const bar = chat(page).getByRole("group", { name: "Session" });
  await expect(bar.getByText("uncommitted")).toBeVisible();

  await page.reload();
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await expect(chat(page).getByRole("article", { name: "histogram of random numbers" })).toBeVisible();
  await expect(chat(page).getByRole("button", { name: "Open on canvas" }).first()).toBeVisible();
  await bar.getByRole("button", { name: "Commit" }).click();
  await expect(bar.getByText("uncommitted")).toBeHidden();
  const message = server.git("log", "-1", "--format=%an%n%B%n[%(trailers)]");
  expect(message).toMatch(/^local\nsession: histogram of random numbers\n\nPrompt: histogram of random numbers\n\nStats:\n- 2 messages\n/);
  expect(message).toMatch(/\nArtifacts:\n- workflow: .* <sessions\/session-.*\.md>\n/);
  expect(message).toMatch(/\nTraces:\n- traces\/\d{4}\/\d\d\/\d\d\/chat-.*\.md\n/);
  expect(message).toContain("[]");
  const hash = server.git("log", "-1", "--format=%H").trim();
  await expect(bar.getByText(hash.slice(0, 8))).toBeVisible();
  expect(server.git("show", "--stat", "--format=", "HEAD")).toMatch(/sessions\/session-[^/]*\.md/);

  await ask(page, "spectrum of a noisy waveform");
  await expect(bar.getByText("uncommitted")).toBeVisible();
});

test("sessions are listed, renamed, opened and deleted, and deleting asks first", async ({ page, request }) => {
  await begin(request, "First idea");
  await page.goto("/");
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await ask(page, "bell state counts");
  await chat(page).getByRole("button", { name: "Sessions" }).click();
  const list = chat(page).getByRole("region", { name: "Sessions" });
  const own = list.getByRole("group", { name: "user/local" });
  await expect(own.getByRole("listitem")).toHaveCount(2);
  await list.getByRole("button", { name: "Rename First idea" }).click();
  await list.getByLabel("Name of the session").fill("Better idea");
  await page.keyboard.press("Enter");
  await expect(own.getByText("Better idea")).toBeVisible();
  await list.getByRole("button", { name: "Delete bell state counts" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("nothing of it is left");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(own.getByRole("listitem")).toHaveCount(2);
  await list.getByRole("button", { name: "Delete bell state counts" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(own.getByRole("listitem")).toHaveCount(1);
  await list.getByRole("button", { name: /^Better idea/ }).click();
  await expect(chat(page).getByRole("group", { name: "Session" })).toContainText("Better idea");
  await expect(chat(page).getByRole("heading", { name: "Ask, and your skills answer" })).toBeVisible();
});

test("a session of thousands of messages opens at its end, goes back as one scrolls, and takes what is typed", async ({ page, request, server }) => {
  test.setTimeout(300_000);
  const id = await begin(request, "Long");
  const words = "with a few words more, so that it takes more than one line of the panel";
  await sayMany(server.origin, id, MESSAGES, (n) => (n % 2 ? `question ${n} of many` : `**answer** ${n} of many, ${words}\n\n- one\n- two`));
  await page.goto("/");
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await chat(page).getByRole("button", { name: "Sessions" }).click();
  await chat(page).getByRole("button", { name: /^Long/ }).click();
  const log = chat(page).getByRole("log", { name: "Conversation" });
  const elements = () => log.evaluate((element) => element.querySelectorAll("*").length);
  const question = (n: number) => log.getByText(`question ${n} of many`, { exact: true });
  await expect(question(MESSAGES - 1)).toBeInViewport();
  expect(await elements()).toBeLessThan(MOST_ELEMENTS);

  // Each time that it comes to its beginning the messages before that are read, and nothing jumps.
  const old = MESSAGES - 999;
  await log.focus();
  await expect(async () => {
    await page.keyboard.press("Home");
    await expect(question(old)).toBeVisible({ timeout: 400 });
  }).toPass({ timeout: 120_000, intervals: [50] });
  expect(await elements()).toBeLessThan(MOST_ELEMENTS);
  await expect(question(MESSAGES - 1)).toHaveCount(0);

  const field = chat(page).getByRole("textbox", { name: "Message" });
  await field.focus();
  const typed = "bell state counts";
  await page.keyboard.type(typed);
  await expect(field).toHaveValue(typed);
  expect(await elements()).toBeLessThan(MOST_ELEMENTS);
  await page.keyboard.press("Enter");
  const asked = log.getByRole("article", { name: typed });
  await expect(asked.getByText(/^chat-\d{8}-/)).toBeInViewport();
  await expect(chat(page).getByRole("group", { name: "Session" })).toContainText(`${(MESSAGES + 2).toLocaleString("en")} messages`);
});

test("an edited message takes the place of what came after it, which stays folded; the context and the artifacts are shown", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await ask(page, "histogram of random numbers");
  await ask(page, "bell state counts");
  const first = chat(page).getByRole("article", { name: "histogram of random numbers" });
  await first.getByRole("button", { name: "Edit this message and send it again" }).click();
  await expect(chat(page).getByText("This takes the place of an earlier message")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat(page).getByText("This takes the place of an earlier message")).toBeHidden();
  await first.getByRole("button", { name: "Edit this message and send it again" }).click();
  await chat(page).getByRole("button", { name: "What goes to the model" }).click();
  const context = chat(page).getByRole("region", { name: "What goes to the model" });
  await expect(context).toContainText("No model is connected");
  await expect(context.getByRole("listitem").first()).toBeVisible();
  await ask(page, "spectrum of a noisy waveform");
  const fold = chat(page).getByRole("button", { name: "2 earlier exchanges were replaced by what follows" });
  await expect(fold).toBeVisible();
  await expect(first).toHaveCount(0);
  await page.reload();
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await fold.focus();
  await page.keyboard.press("Enter");
  await expect(first).toBeVisible();
  await expect(chat(page).getByRole("article", { name: "bell state counts" })).toBeVisible();

  await chat(page).getByRole("button", { name: "What came of this session" }).click();
  const dialog = page.getByRole("dialog", { name: "What came of this session" });
  await dialog.getByRole("listitem").first().locator("summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Save" }).first().click()]);
  expect(download.suggestedFilename()).toMatch(/\.md$/);
});

test("the list and the bar are pictured in both themes @screenshots", async ({ page, request }) => {
  await begin(request, "VQE for H2, first attempts");
  await begin(request, "Filter design");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto("/");
    await page.getByRole("button", { name: "Chat", exact: true }).click();
    await ask(page, "plot the convergence of a VQE for H2");
    await chat(page).getByRole("button", { name: "Commit" }).click();
    await expect(chat(page).getByText("uncommitted")).toBeHidden();
    await page.screenshot({ path: `test-results/session-${colorScheme}.png` });
    await chat(page).getByRole("button", { name: "Sessions" }).click();
    await expect(chat(page).getByText("Filter design")).toBeVisible();
    const guide = colorScheme === "dark" ? "../../docs/images/guide-sessions.png" : "test-results/sessions-light.png";
    await page.screenshot({ path: guide });
    await page.evaluate(() => localStorage.clear());
  }
});
