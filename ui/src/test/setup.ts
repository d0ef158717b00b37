import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// This DOM has no layout; lists that show what is in view need a size to look through.
const size = { offsetWidth: 800, offsetHeight: 600, clientWidth: 800, clientHeight: 600 };
for (const [name, value] of Object.entries(size)) {
  if (typeof HTMLElement !== "undefined") Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value });
}

afterEach(cleanup);
