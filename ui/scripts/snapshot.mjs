/**
 * Makes the memory snapshot that Python starts from in the browser.
 *
 * A snapshot holds an interpreter that has imported the modules below, so a
 * worker starts several times faster. It belongs to one build of Pyodide, and
 * its heap must not outgrow the one that Pyodide begins with: a larger one
 * cannot be restored.
 *
 * It also keeps what Node.js could not do when it was made: a call cannot be
 * suspended, so `asyncio.run` fails and `async def execute` is the way.
 */

import path from "node:path";
import { pathToFileURL } from "node:url";

/** What skills import most; everything else is imported on first use. */
const PRELOADED = [
  "abc", "array", "asyncio", "base64", "bisect", "calendar", "cmath", "collections", "contextlib", "copy", "csv",
  "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "html", "inspect", "io",
  "itertools", "json", "linecache", "math", "numbers", "operator", "pprint", "random", "re", "statistics", "string",
  "struct", "textwrap", "time", "traceback", "types", "typing", "uuid", "warnings", "weakref", "zlib",
];

const HEAP_LIMIT = 30 * 2 ** 20;

/** The snapshot of the Pyodide in `folder`, as bytes. */
export async function makeSnapshot(folder) {
  const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
  // Kept in the snapshot as the program's name: where this machine has its files is nobody's business.
  process.argv[1] = "python";
  const python = await loadPyodide({ indexURL: `${folder}/`, _makeSnapshot: true });
  python.runPython(`import ${PRELOADED.join(", ")}\nimport gc\ngc.collect()`);
  const heap = python._module.HEAP8.length;
  if (heap > HEAP_LIMIT) throw new Error(`the snapshot needs ${heap} bytes of heap, over the ${HEAP_LIMIT} that can be restored`);
  return python.makeMemorySnapshot();
}
