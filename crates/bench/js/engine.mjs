/** Plans and drives runs with the engine, in Node.js and in a page of Chromium; see `flow.mjs`. */

import fs from "node:fs";
import http from "node:http";

import { measure } from "./flow.mjs";
import { count, print, time } from "./table.mjs";
import { withFreshPage } from "./workbench.mjs";

const PKG = new URL("../../../ui/src/engine/pkg/", import.meta.url);

/** What the page may load. */
const FILES = {
  "/llmos_wasm.js": { at: new URL("llmos_wasm.js", PKG), mime: "text/javascript" },
  "/llmos_wasm_bg.wasm": { at: new URL("llmos_wasm_bg.wasm", PKG), mime: "application/wasm" },
  "/flow.mjs": { at: new URL("flow.mjs", import.meta.url), mime: "text/javascript" },
  "/table.mjs": { at: new URL("table.mjs", import.meta.url), mime: "text/javascript" },
};

async function inNode() {
  const engine = await import(new URL("llmos_wasm.js", PKG));
  const module = fs.readFileSync(new URL("llmos_wasm_bg.wasm", PKG));
  const begun = performance.now();
  engine.initSync({ module });
  const ready = performance.now() - begun;
  return { ready, runs: measure(engine) };
}

/** The same in a page, which compiles the engine while it loads. */
function inChromium() {
  return withFiles((address) =>
    withFreshPage(async (page) => {
      await page.goto(address);
      return page.evaluate(async () => {
        const { measure } = await import("/flow.mjs");
        const engine = await import("/llmos_wasm.js");
        const begun = performance.now();
        await engine.default({ module_or_path: "/llmos_wasm_bg.wasm" });
        const ready = performance.now() - begun;
        return { ready, runs: measure(engine) };
      });
    }),
  );
}

/** Serves the files to a page, isolated as the workbench is: its clock is fine only then. */
async function withFiles(work) {
  const server = http.createServer((request, response) => {
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    const file = FILES[request.url];
    response.setHeader("content-type", file?.mime ?? "text/html");
    if (file) response.end(fs.readFileSync(file.at));
    else response.writeHead(request.url === "/" ? 200 : 404).end("<!doctype html>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function rows(where, { ready, runs }) {
  const times = new Map(runs.map(({ n, planned }) => [n, planned]));
  return runs.map(({ n, planned, driven }) => {
    const smaller = times.get(n / 10);
    const growth = smaller === undefined ? "–" : `× ${(planned / smaller).toFixed(1)}`;
    return [where, count(n), time(planned), growth, time(driven), time(driven / n), time(ready)];
  });
}

print(
  ["engine in", "chain of nodes", "plan", "×10 nodes", "drive", "drive per node", "engine ready"],
  [...rows("Node.js", await inNode()), ...rows("Chromium", await inChromium())],
);
