import { render } from "@testing-library/react";
import { expect, it } from "vitest";

import { countUnseen, SafeText } from "./SafeText";

it("shows what a reader would not see, and nothing as markup", () => {
  const text = "safe <b>text</b>\n\tokay \u202e gnp.exe\u200b\u0000\u{e0041}";
  const { container } = render(<SafeText text={text} />);
  expect(container.textContent).toBe("safe <b>text</b>\n\tokay U+202E gnp.exeU+200BU+0000U+E0041");
  expect(container.querySelectorAll("mark")).toHaveLength(4);
  expect(container.querySelector("b")).toBeNull();
  expect(countUnseen(text)).toBe(4);
  expect(countUnseen("é 漢字 🤖")).toBe(0);
});
