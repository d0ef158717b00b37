// What the first page load brings, and what waits until it is needed.

import type { Request } from "@playwright/test";

import { expect, test } from "../support/test";

const LIMIT_BYTES = 500_000;

test("the first load is at most 500 KB of compressed JavaScript and WebAssembly", async ({ bench, page }) => {
  const loaded: Request[] = [];
  const open = new Set<Request>();
  page.on("request", (request) => open.add(request));
  page.on("requestfinished", (request) => loaded.push(request) && open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  await bench.open("/");
  await expect(bench.library.locator("[data-skill-id]").first()).toBeVisible();
  // The page hears of changes for as long as it is there.
  const isOpen = (request: Request) => !new URL(request.url()).pathname.endsWith("/events");
  await expect.poll(() => [...open].filter(isOpen).length).toBe(0);

  const sizes = await Promise.all(
    loaded.map(async (request) => {
      const type = (await request.response())?.headers()["content-type"] ?? "";
      return { url: new URL(request.url()).pathname, type, bytes: (await request.sizes()).responseBodySize };
    }),
  );
  const code = sizes.filter(({ type }) => /javascript|wasm/.test(type));
  const total = code.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`first load: ${total} bytes of code in ${code.length} files; ${sizes.reduce((sum, { bytes }) => sum + bytes, 0)} bytes in all`);
  expect(code.length).toBeGreaterThanOrEqual(2);
  expect(total).toBeGreaterThan(50_000);
  expect(total, JSON.stringify(code)).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(sizes.filter(({ url }) => url.includes("/runtimes/"))).toEqual([]);
});

test("a runtime comes with visible progress when it is first needed", async ({ bench, page }) => {
  await bench.open("/workflows/system/vqe-plot-export", 5);
  // Slow enough that progress can be seen.
  await page.route("**/runtimes/**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  const ended = await bench.startRun();
  await expect(page.getByRole("progressbar").or(page.getByText(/(loading|starting) python/i)).first()).toBeVisible();
  expect((await ended()).run.outcome).toBe("success");
});

test("API clients get JSON and browsers get the page at the same address", async ({ request, page, bench }) => {
  const json = await request.get("/workflows/csv-statistics?volume=system", { headers: { Accept: "application/json" } });
  expect(json.headers()["content-type"]).toContain("application/json");
  expect((await json.json()).workflow.nodes).toHaveLength(5);
  await bench.open("/workflows/system/csv-statistics", 5);
  await expect(page).toHaveTitle(/Air quality statistics|LLMos/);
});

test("a workflow that is not there is said to be missing, with a way on", async ({ page, watch }) => {
  watch.expected.push(/404/);
  await page.goto("/workflows/user/local/nothing-here");
  await expect(page.getByText(/nothing-here/).first()).toBeVisible();
  await expect(page.getByRole("alert").or(page.getByText(/no workflow|not found/i)).first()).toBeVisible();
});
