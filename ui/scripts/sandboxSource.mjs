/**
 * A Vite plugin for code that runs in the sandbox.
 *
 * `import source from "./python.ts?sandbox"` gives the text of a script that
 * serves the `worker` export of that file, `?script` that of one that starts
 * the file itself. The script is bundled on its own, because a blob worker
 * without network cannot import anything.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const SERVE = fileURLToPath(new URL("../src/run/worker/serve.ts", import.meta.url));
const ENTRY = "\0sandbox-entry";

export function sandboxSource() {
  let minify = true;
  return {
    name: "llmos:sandbox-source",
    enforce: "pre",
    configResolved(config) {
      minify = config.command === "build";
    },
    load: {
      filter: { id: /\?(sandbox|script)$/ },
      async handler(id) {
        const { code, modules } = await bundle(...id.split("?"), minify);
        for (const module of modules) this.addWatchFile(module);
        return { code: `export default ${JSON.stringify(code)};`, map: null, moduleType: "js" };
      },
    },
  };
}

/** Bundles one worker into a classic script. */
async function bundle(file, query, minify) {
  const start = query === "sandbox" ? `import { serve } from ${JSON.stringify(SERVE)}; serve(worker);` : "start();";
  const name = query === "sandbox" ? "worker" : "start";
  const entry = {
    name: "llmos:sandbox-entry",
    resolveId: (id) => (id === ENTRY ? id : null),
    load: (id) =>
      id === ENTRY
        ? `import { ${name} } from ${JSON.stringify(file)}; ${start}`
        : null,
  };
  const built = await build({
    configFile: false,
    publicDir: false,
    root: path.dirname(file),
    logLevel: "error",
    plugins: [entry],
    build: {
      write: false,
      target: "es2023",
      minify,
      modulePreload: false,
      rollupOptions: { input: ENTRY, output: { format: "iife", entryFileNames: "worker.js", banner: '"use strict";' } },
    },
  });
  const [chunk, ...others] = built.output.filter((output) => output.type === "chunk");
  if (!chunk || others.length > 0) throw new Error(`\`${file}\` does not fit into one sandbox script`);
  return { code: chunk.code, modules: chunk.moduleIds.filter((id) => !id.startsWith("\0")).map((id) => id.split("?")[0]) };
}
