import { expect, test } from "vitest";

import { refusalOf } from "./mode";
import { fakeSkill } from "./test/fakes";

test("a skill that must run on the server is refused with what to do", () => {
  const refused = refusalOf(fakeSkill("heavy", { execution_mode: "server-python" }));
  expect(refused?.message).toContain("`heavy` asks for Python on the server");
  expect(refused?.hint).toContain("execution_mode: browser-wasm");
});

test.each([undefined, null, "browser-wasm", "hybrid"])("a skill of mode %s runs here", (execution_mode) => {
  expect(refusalOf(fakeSkill("light", execution_mode === undefined ? {} : { execution_mode }))).toBeNull();
});
