// The `test` that every spec uses: one program per file of specs, a page that is watched, and what the watch must not find.

import { test as base, expect } from "@playwright/test";

import { Bench } from "./bench";
import { Store } from "./documents";
import { type Server, startServer } from "./server";

/** What the page did besides what the test looked at. */
export type Watch = {
  /** Requests to anything but the program itself. */
  foreign: string[];
  /** Errors on the console, exceptions that nobody caught, and what the content security policy refused. */
  complaints: string[];
  /** Patterns of complaints that a test expects. */
  expected: RegExp[];
};

type Fixtures = { bench: Bench; store: Store; watch: Watch };

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
  watch: [
    async ({ context, server }, use) => {
      const watch: Watch = { foreign: [], complaints: [], expected: [] };
      context.on("request", (request) => {
        const url = request.url();
        const own = url.startsWith(`${server.origin}/`) || /^(blob|data|about):/.test(url);
        if (!own) watch.foreign.push(`${request.method()} ${url}`);
      });
      context.on("console", (message) => {
        const text = message.text();
        if (message.type() === "error" || /content security policy/i.test(text)) watch.complaints.push(text);
      });
      context.on("weberror", (error) => watch.complaints.push(String(error.error())));
      await context.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) => {
          console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use(watch);
      expect(watch.foreign, "requests that leave the program").toEqual([]);
      const unexpected = watch.complaints.filter((text) => !watch.expected.some((pattern) => pattern.test(text)));
      expect(unexpected, "complaints on the console").toEqual([]);
    },
    { auto: true },
  ],
  bench: async ({ page }, use) => use(new Bench(page)),
  store: async ({ request }, use) => use(new Store(request)),
});

export { expect };
