import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { MarkdownView } from "./MarkdownView";
import { markdownElements, safeLink } from "./markdown";

test.each([
  ["emphasis that never ends", "*a **b ".repeat(8_000)],
  ["links in links", `[${"a](".repeat(8_000)}`],
  ["pictures in pictures", "![".repeat(20_000)],
  ["quotes in quotes", `${"> ".repeat(20_000)}x`],
  ["lists in lists", `${"* ".repeat(5_000)}x`],
  ["code that never ends", "`a``b```".repeat(4_000)],
])("%s are told from prose in time that grows with the text alone", (_, text) => {
  render(<MarkdownView text={text} />);
  expect(screen.getByRole("group", { name: "Document" })).toBeDefined();
});

test("a document that is too large to be laid out is shown as its text", () => {
  render(<MarkdownView text={"*a* ".repeat(200_000)} />);
  expect(screen.getByText(/too large to be laid out/)).toBeDefined();
  expect(markdownElements("x ".repeat(500_000))).toBeUndefined();
  expect(markdownElements("*a* ".repeat(30_000))).toBeUndefined();
});

test("every kind of block and span becomes its element", () => {
  const text = [
    "# One\n\nSome *slanted*, **strong**, ~~gone~~ and `typed` words  \nin two lines.",
    "3. third\n4. fourth\n\n- [ ] open *task*\n- [X] closed\n\n> said\n\n---\n\n```js\nlet a = 1;\n```\n\n    indented",
    "| a | b |\n| - | - |\n| 1 | 2 |\n\n![dot](data:image/png;base64,AA==) \\*not slanted\\* &amp;",
  ].join("\n\n");
  const { container } = render(<MarkdownView text={text} />);
  const all = [...container.querySelectorAll("h1, em, strong, del, p > code, br, ol, li, blockquote, hr, pre, table, th[scope=col], td, img")];
  expect(all.map(({ tagName }) => tagName.toLowerCase())).toEqual([
    ..."h1 em strong del code br ol li li li em li blockquote hr pre pre table th th td td img".split(" "),
  ]);
  expect(container.querySelector("ol")?.getAttribute("start")).toBe("3");
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(["third", "fourth", "☐ open task", "☑ closed"]);
  expect([...container.querySelectorAll("pre")].map(({ textContent }) => textContent)).toEqual(["let a = 1;", "indented"]);
  expect(container.textContent).toContain("*not slanted* &");
});

test("links lead to the web or by mail only", () => {
  render(<MarkdownView text={"[a](javascript:alert(1)) [b](  https://b.example) [c](mailto:c@c.example) [d](/api) [e](data:text/html,x) [f](JaVaScRiPt&#58;x)"} />);
  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(["https://b.example", "mailto:c@c.example"]);
  expect(safeLink("\u0001javascript:x")).toBeUndefined();
});
