/** What a first visit loads, and how long it takes. */

import { count, median, size, time } from "./table.mjs";
import { withFreshPage, withServer } from "./workbench.mjs";

const VISITS = 5;

/** Which row a file belongs to. */
function kindOf(url, mime) {
  if (/javascript/.test(mime)) return "JavaScript";
  if (/wasm/.test(mime)) return "WebAssembly";
  if (/css/.test(mime)) return "styles";
  if (/font/.test(mime) || url.endsWith(".woff2")) return "fonts";
  if (/html/.test(mime)) return "HTML";
  return "other";
}

/** One visit: the bytes of each kind, and the milliseconds to each mark. */
async function visit(page, url) {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const files = new Map();
  network.on("Network.responseReceived", ({ requestId, response }) => {
    files.set(requestId, { kind: kindOf(response.url, response.mimeType), bytes: 0 });
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes = encodedDataLength;
  });
  await page.goto(url);
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  const usable = await page.evaluate(() => performance.now());
  await page.getByRole("region", { name: "Node library" }).locator("[data-skill-id]").first().waitFor();
  const filled = await page.evaluate(() => performance.now());
  await page.waitForLoadState("networkidle");
  const painted = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
  return { files: [...files.values()], painted, usable, filled };
}

/** The table of `cargo xtask bench load`. */
export async function load() {
  const visits = await withServer(async (address) => {
    const visits = [];
    for (let i = 0; i < VISITS; i += 1) {
      visits.push(await withFreshPage((page) => visit(page, `${address}/`)));
    }
    return visits;
  });
  const { files } = visits[0];
  const rows = ["HTML", "JavaScript", "WebAssembly", "styles", "fonts", "other"].map((kind) => {
    const some = files.filter((file) => file.kind === kind);
    return [kind, `${count(some.length)} files, ${size(some.reduce((sum, { bytes }) => sum + bytes, 0))}`];
  });
  const code = files.filter(({ kind }) => kind === "JavaScript" || kind === "WebAssembly");
  rows.push(["JavaScript and WebAssembly", size(code.reduce((sum, { bytes }) => sum + bytes, 0))]);
  rows.push(["first paint with content", time(median(visits.map(({ painted }) => painted)))]);
  rows.push(["Run button there", time(median(visits.map(({ usable }) => usable)))]);
  rows.push(["node library filled", time(median(visits.map(({ filled }) => filled)))]);
  return { columns: ["first visit", `figure, times as the median of ${VISITS}`], rows };
}
