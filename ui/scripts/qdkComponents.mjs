/**
 * A Vite plugin for the drawing components of `qsharp-lang`.
 *
 * `qdk/…` stands for their folder, which the package does not export. They
 * import a folder that is not shipped, where `dist` has the same modules, and
 * they are written for Preact.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";

const qdk = fileURLToPath(new URL("../node_modules/qsharp-lang", import.meta.url));
const components = path.join(qdk, "ux");

export function qdkComponents() {
  return {
    name: "llmos:qdk-components",
    enforce: "pre",
    config: () => ({
      resolve: {
        alias: [
          { find: /^qdk\/(.*)$/, replacement: `${components}/$1` },
          { find: /^(?:\.\.\/)+src\/data-structures\/(.*)$/, replacement: `${qdk}/dist/data-structures/$1` },
        ],
      },
    }),
    transform: {
      filter: { id: /qsharp-lang\/ux\/.*\.tsx$/ },
      handler: (code) => ({ code: `/** @jsxRuntime automatic @jsxImportSource preact */\n${code}`, map: null }),
    },
  };
}
