import { expect, test } from "vitest";

import { fileOf } from "./artifactFile";

test("an artifact is saved under the name that a commit gives it, or one that can be a file's", () => {
  const named = (kind: string, name: string, path?: string) => {
    const { name: file, mime } = fileOf({ kind, name, ...(path && { path }) }, "x");
    return `${file} ${mime}`;
  };
  expect(named("code", "vqe.py", "sessions/s1/vqe.py")).toBe("vqe.py text/x-python");
  expect(named("workflow", "Total of numbers", "sessions/s1/total-of-numbers.md")).toBe("total-of-numbers.md text/markdown");
  expect(named("workflow", "Total of numbers")).toBe("Total-of-numbers.md text/markdown");
  expect(named("plot", "../../x")).toBe("x.svg image/svg+xml");
  expect(named("file", "page.html")).toBe("page.html text/plain");
  expect(named("file", "\u202e/")).toBe("file.txt text/plain");
});
