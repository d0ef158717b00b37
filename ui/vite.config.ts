import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { qdkComponents } from "./scripts/qdkComponents.mjs";
import { sandboxSource } from "./scripts/sandboxSource.mjs";

/** Where `llmos serve` listens while the page is developed. */
const server = process.env.LLMOS_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), sandboxSource(), qdkComponents()],
  build: {
    target: "es2023",
    // The page's CSP allows no `data:` script and the server compresses per file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    // What a link to a session opens is a page of its own: nothing of the workbench is in it.
    rolldownOptions: { input: ["index.html", "shared.html"] },
  },
  // Its components import what only the plugin above finds.
  optimizeDeps: { exclude: ["qdk/circuit-vis/index.ts", "qdk/histogram.tsx"] },
  server: {
    // The server takes changes from its own page only, so the proxy speaks as that page.
    proxy: { "/api": { target: server, changeOrigin: true, headers: { origin: server } } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
