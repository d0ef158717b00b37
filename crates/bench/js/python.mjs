/**
 * Starts Python with and without the snapshot that the page's build makes, each
 * time in a fresh process of Node.js.
 */

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { median, print, time } from "./table.mjs";

const ui = fileURLToPath(new URL("../../../ui/", import.meta.url));
const STARTS = 5;

/** The snapshot that the page would load. */
function snapshotFile() {
  const runtimes = path.join(ui, "public/runtimes");
  const folder = fs.readdirSync(runtimes).find((name) => name.startsWith("pyodide-"));
  const { files } = JSON.parse(fs.readFileSync(path.join(runtimes, folder, "manifest.json"), "utf8"));
  return path.join(runtimes, folder, files.find(({ name }) => name === "snapshot.bin").file);
}

/** Starts it in this process, and prints how long that took. */
async function start(snapshot) {
  const { loadPyodide } = await import(pathToFileURL(path.join(ui, "node_modules/pyodide/pyodide.mjs")));
  const options = snapshot ? { _loadSnapshot: new Uint8Array(fs.readFileSync(snapshot)).buffer } : {};
  const begun = performance.now();
  const python = await loadPyodide(options);
  python.runPython("import json, math, random");
  console.log(performance.now() - begun);
  process.exit(0);
}

function started(...args) {
  const self = fileURLToPath(import.meta.url);
  const times = Array.from({ length: STARTS }, () => {
    const printed = execFileSync(process.execPath, [self, "start", ...args], { encoding: "utf8" });
    return Number(printed.trim().split("\n").at(-1));
  });
  return median(times);
}

if (process.argv[2] === "start") {
  await start(process.argv[3]);
} else {
  const [without, withIt] = [started(), started(snapshotFile())];
  print(
    ["Python", `ready, median of ${STARTS}`, "ratio"],
    [
      ["from nothing", time(without), "1.0"],
      ["from the snapshot", time(withIt), (withIt / without).toFixed(2)],
    ],
  );
}
