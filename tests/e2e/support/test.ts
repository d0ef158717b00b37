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

/** The program that runs now: it belongs to one file of specs, and ends when the next file asks for its own. */
class Programs {
  private current: { key: string; server: Server } | undefined;

  async of(file: string, flags: readonly string[]): Promise<Server> {
    const key = [file, ...flags].join("\0");
    if (this.current?.key !== key) {
      await this.stop();
      this.current = { key, server: await startServer(flags) };
    }
    return this.current.server;
  }

  async stop(): Promise<void> {
    const ended = this.current;
    this.current = undefined;
    await ended?.server.stop();
  }
}

type Fixtures = {
  /** What `llmos serve` is started with, besides the port and the volumes. */
  flags: string[];
  server: Server;
  bench: Bench;
  store: Store;
  watch: Watch;
};

export const test = base.extend<Fixtures, { programs: Programs }>({
  programs: [
    async ({}, use) => {
      const programs = new Programs();
      await use(programs);
      await programs.stop();
    },
    { scope: "worker" },
  ],
  flags: [[], { option: true }],
  server: async ({ programs, flags }, use, info) => use(await programs.of(info.file, flags)),
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
