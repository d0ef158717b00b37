// Sharing a session, taking it along, and going through it step by step: by keyboard alone.

import type { APIRequestContext, Page } from "@playwright/test";

import { expect, test } from "../support/test";

const chat = (page: Page) => page.getByRole("region", { name: "Chat" });

/** A session with a question, and an answer with a picture and a program. */
async function keep(request: APIRequestContext, name: string): Promise<string> {
  const made = await request.post("/api/sessions", { data: { user_id: "local", name, initial_message: "Plot a line" } });
  expect(made.status(), await made.text()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const artifacts = [
    { kind: "code", name: "line.py", content: "print('a line')\n" },
    { kind: "plot", name: "line.svg", content: '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><path d="M0 40 80 0" stroke="#0a7240"/></svg>' },
  ];
  const data = { user_id: "local", role: "assistant", content: "Here is **a line**.", artifacts };
  expect((await request.post(`/api/sessions/${id}/messages`, { data })).status()).toBe(201);
  return id;
}

/** Moves the focus with Tab until something is in focus. */
async function tabTo(page: Page, name: RegExp, most = 300): Promise<void> {
  for (let n = 0; n < most; n += 1) {
    const label = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return "";
      const own = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
      return element?.getAttribute("aria-label") ?? own ?? element?.textContent ?? "";
    });
    if (name.test(label.trim())) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${name}`);
}

async function openSession(page: Page, name: string): Promise<void> {
  await page.goto("/");
  // Keys are heard once the canvas is there.
  await expect(page.getByRole("heading", { name: "Build a workflow" })).toBeVisible();
  await page.keyboard.press("Control+j");
  await expect(chat(page).getByRole("textbox", { name: "Message" })).toBeFocused();
  await tabTo(page, /^Sessions$/);
  await page.keyboard.press("Enter");
  await expect(chat(page).getByRole("button", { name: new RegExp(`^${name}`) })).toBeVisible();
  await tabTo(page, new RegExp(`^${name}`));
  await page.keyboard.press("Enter");
  await expect(chat(page).getByRole("group", { name: "Session" })).toContainText(name);
}

test.beforeEach(async ({ request }) => {
  const listed = await request.get("/api/sessions?user_id=local");
  for (const { id } of ((await listed.json()) as { sessions: { id: string }[] }).sessions) {
    await request.delete(`/api/sessions/${id}?user_id=local`);
  }
});

test("a link is made by keyboard, shows the session to a stranger, and stops at once when it is revoked", async ({ page, request, browser, server, watch }) => {
  const id = await keep(request, "A line");
  await openSession(page, "A line");
  await tabTo(page, /^Share this session$/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Share this session" });
  await expect(dialog.getByText("Nobody but those who see its volume")).toBeVisible();
  await tabTo(page, /^Make a link$/);
  await page.keyboard.press("Enter");
  const field = dialog.getByRole("textbox", { name: "Link" });
  await expect(field).toBeFocused();
  const link = await field.inputValue();
  expect(link).toMatch(/\/shared#share_[0-9a-f]{8}_[0-9a-f]{64}$/);
  const token = link.split("#")[1] ?? "";
  expect(server.log()).not.toContain(token.split("_").at(-1));

  const context = await browser.newContext({ baseURL: server.origin });
  const stranger = await context.newPage();
  const asked: { url: string; referer: string | undefined }[] = [];
  stranger.on("request", (one) => asked.push({ url: one.url(), referer: one.headers()["referer"] }));
  const answer = await stranger.goto(link);
  expect(answer?.headers()["x-robots-tag"]).toContain("noindex");
  await expect(stranger.getByRole("heading", { name: "A line" })).toBeVisible();
  await expect(stranger.getByText("a line", { exact: true })).toBeVisible();
  await stranger.keyboard.press("Tab");
  await tabTo(stranger, /line\.svg/);
  await stranger.keyboard.press("Enter");
  await expect(stranger.getByRole("img", { name: "line.svg" })).toBeVisible();
  await expect(stranger.getByRole("textbox")).toHaveCount(0);
  const text = await stranger.evaluate(() => document.documentElement.outerHTML);
  for (const hidden of ["user/local", id, server.volumes, "chat-"]) expect(text).not.toContain(hidden);
  for (const { url: whole, referer } of asked) {
    const [url] = whole.split("#");
    expect(url).not.toContain(token);
    expect(referer ?? "").not.toContain("share_");
    expect(url).toMatch(/\/(shared|shared\/session\?.*|assets\/.*|favicon\.svg)$/);
  }

  await tabTo(page, /^Revoke /);
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Nobody but those who see its volume")).toBeVisible();
  watch.expected.push(/404/);
  await stranger.reload();
  await expect(stranger.getByRole("alert")).toContainText(/this link opens nothing/i);
  await expect(stranger.getByText("a line", { exact: true })).toHaveCount(0);
  await context.close();
});

test("a session is gone through by keys, from its commit, and the address names the step", async ({ page, request, server }) => {
  const id = await keep(request, "A line");
  const committed = await request.post(`/api/sessions/${id}/commit`, { data: { user_id: "local" } });
  const { commit_hash: commit } = (await committed.json()) as { commit_hash: string };
  const later = { user_id: "local", role: "assistant", content: "And again.", artifacts: [{ kind: "code", name: "line.py", content: "print('another')\n" }] };
  await request.post(`/api/sessions/${id}/messages`, { data: later });

  await page.goto(`/replay/user/local/${id}/${commit}/1`);
  const step = page.getByRole("region", { name: "Step" });
  await expect(step.getByText("Plot a line")).toBeVisible();
  await expect(page.getByText("1 of 2")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(step.getByText("a line", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/replay/user/local/${id}/${commit}/2$`));
  await tabTo(page, /line\.py/);
  await page.keyboard.press("Enter");
  await expect(step.getByText("print('a line')")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("2 of 2")).toBeVisible();
  await page.keyboard.press("Home");
  await expect(page.getByText("1 of 2")).toBeVisible();
  await page.reload();
  await expect(step.getByText("Plot a line")).toBeVisible();
  await page.keyboard.press(" ");
  await expect(page.getByText("2 of 2")).toBeVisible();
  await expect(page.getByRole("button", { name: "Play" })).toBeVisible();

  await page.goto(`/replay/user/local/${id}/now/3`);
  await expect(step.getByText("And again.")).toBeVisible();
  await expect(page.getByText("3 of 3")).toBeVisible();
  expect(server.git("cat-file", "-t", commit).trim()).toBe("commit");
});

test("a session is taken along as Markdown and as JSON by keyboard", async ({ page, request }) => {
  await keep(request, "A line");
  await openSession(page, "A line");
  for (const [name, begins] of [
    [/^\.md$/, "---\nsession_id: session-"],
    [/^\.json$/, '{\n  "format": "llmos-session",\n  "version": 1,'],
  ] as const) {
    await tabTo(page, name);
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    const stream = await download.createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString().startsWith(begins)).toBe(true);
  }
});

test("the link's page, the dialog and the replay are pictured in both themes @screenshots", async ({ page, request, server }) => {
  test.setTimeout(300_000);
  const id = await keep(request, "A line for the report");
  const share = await request.post(`/api/sessions/${id}/shares`, { data: { user_id: "local", ends_at: "2999-01-01T00:00:00Z" } });
  const { link } = (await share.json()) as { link: string };
  const committed = await request.post(`/api/sessions/${id}/commit`, { data: { user_id: "local" } });
  const { commit_hash: commit } = (await committed.json()) as { commit_hash: string };
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      const shot = (name: string) => page.screenshot({ path: `test-results/${name}-${colorScheme}-${width}.png` });
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.goto(`${server.origin}${link}`);
      await page.getByText("line.svg").click();
      await shot("shared");
      await page.goto(`/replay/user/local/${id}/${commit}/2`);
      await page.getByText("line.svg").click();
      await expect(page.getByRole("img", { name: "line.svg" })).toBeVisible();
      await shot("replay");
      await page.goto("/replay");
      await expect(page.getByText("A line for the report")).toBeVisible();
      await shot("replay-choice");
      await page.goto("/");
      await page.getByRole("button", { name: "Chat", exact: true }).click();
      await chat(page).getByRole("button", { name: "Sessions" }).click();
      await shot("sessions");
      await chat(page).getByRole("button", { name: /^A line for/ }).click();
      await expect(chat(page).getByRole("group", { name: "Session" })).toBeVisible();
      await shot("session");
      await chat(page).getByRole("button", { name: "Share this session" }).click();
      await page.getByRole("button", { name: "Make a link" }).click();
      await expect(page.getByRole("group", { name: "New link" })).toBeVisible();
      await shot("share");
      await page.evaluate(() => localStorage.clear());
    }
  }
});
