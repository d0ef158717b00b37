// Files of any size: what people do with them on the page, and what becomes of it in Git.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import { startProvider } from "../support/provider";
import { expect, test } from "../support/test";

const MIB = 1 << 20;

type Given = { name: string; mimeType: string; buffer: Buffer };

const text = (name: string, content: string, mimeType = "text/plain"): Given => ({ name, mimeType, buffer: Buffer.from(content) });
const own = (page: Page) => page.getByRole("region", { name: "Files of user/local" });
const uploads = (page: Page) => page.getByRole("region", { name: "Uploads" });
const row = (page: Page, name: string) => own(page).getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });

async function upload(page: Page, ...files: Given[]): Promise<void> {
  await page.getByLabel("Files to upload").setInputFiles(files);
}

async function saved(page: Page, link: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFileSync(await download.path());
}

async function remove(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(row(page, name)).toHaveCount(0);
}

test("a large file and a text go up, survive a reload, come back byte for byte and are deleted, each as a commit", async ({ page, server }) => {
  const large: Given = { name: "model.bin", mimeType: "application/octet-stream", buffer: randomBytes(20 * MIB) };
  const small = text("notes.txt", "Grüße aus Bern\n");
  await page.goto("/");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Files" }).click();
  await expect(page.getByText("No file is here yet")).toBeVisible();
  await upload(page, large, small);
  await expect(uploads(page).getByText("2 of 2 files uploaded")).toBeVisible({ timeout: 60_000 });
  await expect(uploads(page).getByRole("progressbar")).toHaveCount(0);

  await page.reload();
  await expect(row(page, "model.bin")).toContainText("20 MB");
  for (const { name, buffer } of [large, small]) {
    const came = await saved(page, page.getByRole("link", { name: `Download ${name}` }));
    expect(came.equals(buffer), `${name} comes back byte for byte`).toBe(true);
  }

  const hash = createHash("sha256").update(large.buffer).digest("hex");
  const pointer = server.git("show", "HEAD:files/model.bin.blob.md");
  expect(pointer).toContain(`blob: sha256:${hash}\nsize: ${20 * MIB}\nmedia_type: application/octet-stream\nname: model.bin\n`);
  expect(server.git("log", "--format=%an %s", "--", "files").trim().split("\n").toSorted()).toEqual([
    "local file: put files/model.bin.blob.md",
    "local file: put files/notes.txt.blob.md",
  ]);
  const sizes = server.git("cat-file", "--batch-all-objects", "--batch-check=%(objectsize)").trim().split("\n").map(Number);
  expect(Math.max(...sizes), "no content is in Git").toBeLessThan(MIB);

  await remove(page, "model.bin");
  expect(server.git("log", "-1", "--format=%an %s")).toBe("local file: delete files/model.bin.blob.md\n");
  expect(server.git("ls-tree", "-r", "--name-only", "HEAD", "files")).toBe("files/notes.txt.blob.md\n");
  await remove(page, "notes.txt");
  await expect(page.getByText("No file is here yet")).toBeVisible();
});

test("a file whose name is markup, and that holds a script, is a text and a picture and does nothing", async ({ page, server, watch }) => {
  // The page reads through a drawing before it shows one: the browser says that its handlers would be refused.
  watch.expected.push(/inline event handler|script-src-attr inline/);
  const name = '<img src=x onerror=document.title="harm">.svg';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="parent.document.title='harm'">
    <script>top.document.title = "harm"</script><rect width="40" height="40" fill="red"/></svg>`;
  await page.goto("/files");
  await upload(page, text(name, svg, "image/svg+xml"), text("page.html", "<script>document.title = 'harm'</script>", "text/html"));
  await expect(uploads(page).getByText("2 of 2 files uploaded")).toBeVisible();
  await expect(row(page, name)).toBeVisible();
  expect(server.git("ls-tree", "-r", "--name-only", "-z", "HEAD", "files").split("\0")).toContain(
    "files/_img src=x onerror=document.title=_harm__.svg.blob.md",
  );
  await own(page).getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Show it all the same" }).click();
  await expect(dialog.getByRole("img")).toBeVisible();
  await expect(dialog.getByText("40 × 40 pixels")).toBeVisible();
  await page.keyboard.press("Escape");
  await own(page).getByRole("button", { name: "page.html", exact: true }).click();
  await expect(dialog.getByText("<script>document.title")).toBeVisible();
  await page.keyboard.press("Escape");
  // Opened by its address it is saved, not shown.
  const href = await page.getByRole("link", { name: "Download page.html" }).getAttribute("href");
  const answer = await page.request.get((href ?? "").replace("&download=true", ""));
  expect(answer.headers()["content-type"]).toBe("application/octet-stream");
  expect(answer.headers()["content-security-policy"]).toContain("sandbox");
  await expect(page).toHaveTitle("Files – LLMos-Lite");
  for (const one of [name, "page.html"]) await remove(page, one);
});

test("a name that is taken asks: replaced, kept beside, or left", async ({ page, server }) => {
  await page.goto("/files");
  await upload(page, text("data.csv", "n,v\n1,2\n", "text/csv"));
  await expect(row(page, "data.csv")).toBeVisible();
  await upload(page, text("data.csv", "n,v\n1,3\n", "text/csv"));
  await uploads(page).getByRole("button", { name: "Keep both of data.csv" }).click();
  await expect(row(page, "data (2).csv")).toBeVisible();
  await upload(page, text("data.csv", "n,v\n1,4\n", "text/csv"));
  await uploads(page).getByRole("button", { name: "Replace data.csv" }).click();
  await expect(uploads(page).getByText("3 of 3 files uploaded")).toBeVisible();
  expect(await saved(page, page.getByRole("link", { name: "Download data.csv" }))).toEqual(Buffer.from("n,v\n1,4\n"));
  expect(server.git("log", "--oneline", "--", "files/data.csv.blob.md").trim().split("\n")).toHaveLength(2);

  await own(page).getByRole("button", { name: "data.csv", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "data.csv" });
  await expect(dialog.getByRole("grid").or(dialog.getByRole("table"))).toBeVisible();
  await expect(dialog.getByText(/^local, .* commit [0-9a-f]{7}$/)).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();
  for (const one of ["data.csv", "data (2).csv"]) await remove(page, one);
});

test("an upload can be cancelled, what is too large is refused before it is sent, and a drop works", async ({ page, watch }) => {
  await page.goto("/files");
  // The body never leaves, so it is still on its way when somebody cancels.
  await page.route("**/api/blobs?*", (route) => (route.request().method() === "POST" ? undefined : route.continue()));
  await upload(page, text("slow.txt", "slow"));
  await uploads(page).getByRole("button", { name: "Cancel slow.txt" }).click();
  await expect(uploads(page)).toHaveCount(0);
  await page.unroute("**/api/blobs?*");

  watch.expected.push(/413 \(Payload Too Large\)/);
  await page.evaluate(() => {
    const large = new File(["x"], "large.bin");
    Object.defineProperty(large, "size", { value: 2 ** 31 });
    const dropped = new File(["dropped"], "dropped.txt", { type: "text/plain" });
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(dropped);
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], files: [large, dropped] } });
    document.body.dispatchEvent(event);
  });
  await expect(uploads(page).getByRole("alert")).toContainText("It has more than 1073741824 bytes");
  await expect(row(page, "dropped.txt")).toBeVisible();
  await remove(page, "dropped.txt");
});

test("a model reads the file that is attached to a message", async ({ page, request }) => {
  const path = "files/rows.csv.blob.md";
  const provider = await startProvider((_body, nth) =>
    nth === 1 ? [{ tool: "read_file", arguments: { volume: "user/local", path } }] : [{ text: "It has two rows." }],
  );
  try {
    await request.put("/api/models/settings", { data: { user_id: "local", provider: "compatible", url: provider.url, model: "fake-1", key: "sk-test" } });
    await page.goto("/");
    await page.getByRole("button", { name: "Chat", exact: true }).click();
    const chat = page.getByRole("region", { name: "Chat" });
    await chat.getByLabel("Files to attach").setInputFiles([text("rows.csv", "n\n1\n2\n", "text/csv")]);
    const message = chat.getByRole("textbox", { name: "Message" });
    await expect(message).toHaveValue(`\`${path}\` of volume \`user/local\` `);
    await expect(message).toBeFocused();
    await page.keyboard.type("How many rows?");
    await page.keyboard.press("Enter");
    await expect(chat.getByText("It has two rows.")).toBeVisible();
    expect(JSON.stringify(provider.asked[1]?.body.messages)).toContain("the file `rows.csv` of 6 bytes:\\n\\nn\\n1\\n2");
  } finally {
    await request.delete("/api/models/settings?user_id=local");
    await provider.stop();
  }
});

test("an output of a run is kept as a file", async ({ bench, page, server }) => {
  await bench.open("/workflows/system/csv-statistics", 5);
  await bench.run();
  await bench.show("statistics", "statistics");
  await bench.results.getByRole("button", { name: /^Save .* to Files$/ }).click();
  await page.getByRole("button", { name: "Open Files" }).click();
  await expect(own(page).getByRole("button", { name: /^statistics\./ })).toBeVisible();
  expect(server.git("ls-tree", "-r", "--name-only", "HEAD", "files")).toMatch(/^files\/statistics\.\w+\.blob\.md$/m);
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`the page of files has no accessibility fault in the ${colorScheme} theme, and is walked through by keys`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/files");
    await upload(page, text("a b.txt", "hello"), text("a b.txt", "again"));
    await expect(uploads(page).getByText("1 of 2 files uploaded, 1 to decide")).toBeVisible();
    await expect(row(page, "a b.txt")).toBeVisible();
    const faults = async () => {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    };
    expect(await faults()).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, "nothing is cut off").toBeLessThanOrEqual(390);
    await row(page, "a b.txt").getByRole("button", { name: "a b.txt", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "a b.txt" }).getByText("hello")).toBeVisible();
    expect(await faults()).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(row(page, "a b.txt").getByRole("button", { name: "a b.txt", exact: true })).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Copy path" })).toBeFocused();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).press("Enter");
    await expect(row(page, "a b.txt")).toHaveCount(0);
  });
}
