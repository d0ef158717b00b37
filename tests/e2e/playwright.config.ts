import { defineConfig } from "@playwright/test";

/** Writing pictures into `docs/images` is asked for, never a side effect of the tests. */
const screenshots = process.env["LLMOS_SCREENSHOTS"] !== undefined;

export default defineConfig({
  testDir: "specs",
  timeout: 150_000,
  expect: { timeout: 20_000 },
  // The machine's cores belong to the interpreters that the tests start.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  ...(screenshots ? { grep: /@screenshots/ } : { grepInvert: /@screenshots/ }),
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["LLMOS_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        // Kernels are computed in software here.
        "--enable-unsafe-webgpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Names of other machines do not exist: what a test needs is served on this one.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
      ],
    },
  },
});
