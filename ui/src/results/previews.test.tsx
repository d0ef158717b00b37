import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { HexView } from "./HexView";
import { Preview } from "./Preview";
import { TableView } from "./table/TableView";
import { TextView } from "./text/TextView";
import { TreeView } from "./tree/TreeView";

function column(index: number): string[] {
  return screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell")[index]?.textContent ?? "");
}

test("a table sorts by a column, back, and leaves empty cells last", async () => {
  const columns = [
    { name: "name", values: ["b10", "b9", "a"] },
    { name: "size", values: [2, null, 1] },
  ];
  render(<TableView table={{ columns }} name="t" />);
  expect(column(0)).toEqual(["b10", "b9", "a"]);
  await userEvent.click(screen.getByRole("button", { name: "size" }));
  expect(column(1)).toEqual(["1", "2", ""]);
  await userEvent.click(screen.getByRole("button", { name: /size/ }));
  expect(column(1)).toEqual(["2", "1", ""]);
  expect(screen.getByRole("columnheader", { name: /size/ }).getAttribute("aria-sort")).toBe("descending");
  await userEvent.click(screen.getByRole("button", { name: "name" }));
  expect(column(0)).toEqual(["a", "b9", "b10"]);
});

test("of a million rows only those in view are in the page", () => {
  render(<TableView table={{ columns: [{ name: "n", values: new Float64Array(1_000_000) }] }} name="t" />);
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("1000001");
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
});

test("a tree opens where it is asked to, a hundred entries at a time", async () => {
  render(<TreeView value={{ energy: -1.5, trace: new Float64Array(25_000), other: { deep: "down" } }} />);
  expect(screen.getByText("-1.5")).toBeDefined();
  expect(screen.queryByText("deep")).toBeNull();
  await userEvent.click(screen.getByRole("treeitem", { name: /other/ }));
  expect(screen.getByText('"down"')).toBeDefined();
  await userEvent.click(screen.getByRole("treeitem", { name: /trace/ }));
  expect(screen.getAllByRole("treeitem", { name: /…/ })).toHaveLength(3);
  await userEvent.click(screen.getByRole("treeitem", { name: "[10000 … 19999]" }));
  await userEvent.click(screen.getByRole("treeitem", { name: "[10200 … 10299]" }));
  expect(screen.getAllByText("0")).toHaveLength(100);
});

test("a tree is walked through with keys", () => {
  render(<TreeView value={{ a: { b: 1 }, c: 2 }} />);
  const [a] = screen.getAllByRole("treeitem");
  a?.focus();
  const press = (key: string) => document.activeElement && fireEvent.keyDown(document.activeElement, { key });
  const here = () => document.activeElement?.textContent;
  press("ArrowRight");
  press("ArrowRight");
  expect(here()).toBe("b1");
  press("ArrowDown");
  expect(here()).toBe("c2");
  press("Home");
  press("ArrowLeft");
  expect(screen.queryByText("b")).toBeNull();
});

test("a tree is searched where nobody looked, and shows what was found in its place", async () => {
  const deep = Array.from({ length: 5_000 }, (_, at) => ({ name: `part ${at}` }));
  render(<TreeView value={{ list: deep, other: 1 }} />);
  await userEvent.type(screen.getByRole("searchbox"), "part 4321");
  await userEvent.click(await screen.findByRole("button", { name: /list\[4321\]\.name/ }));
  expect(screen.getByRole("treeitem", { name: /name.*part 4321/ }).getAttribute("aria-selected")).toBe("true");
  expect(document.activeElement?.textContent).toContain("part 4321");
  expect(screen.getByText("list[4321].name")).toBeDefined();
});

test("of a long text only the lines in view are in the page, each with its number", () => {
  const text = Array.from({ length: 100_000 }, (_, at) => `line ${at + 1}`).join("\n");
  const { container } = render(<TextView text={text} />);
  expect(container.querySelectorAll("p").length).toBeLessThan(120);
  expect(screen.getByText("line 1")).toBeDefined();
});

test("words of a text are found, counted and gone through", async () => {
  render(<TextView text={"Red green\nred (RED)\n"} />);
  await userEvent.type(screen.getByRole("searchbox"), "red");
  expect(await screen.findByText("1 of 3")).toBeDefined();
  expect(screen.getAllByText(/^red$/i, { selector: "mark" })).toHaveLength(3);
  await userEvent.keyboard("{Enter}{Enter}");
  expect(screen.getByText("3 of 3")).toBeDefined();
  await userEvent.keyboard("{Enter}");
  expect(screen.getByText("1 of 3")).toBeDefined();
});

test("bytes are shown as numbers and letters", () => {
  render(<HexView bytes={new TextEncoder().encode("Hi\n")} />);
  expect(screen.getByRole("group", { name: "Bytes" }).textContent).toMatch(/^00000000\s+48 69 0a\s+Hi·$/);
});

test("a byte that is not there is told", async () => {
  render(<HexView bytes={new Uint8Array(10)} />);
  await userEvent.type(screen.getByRole("textbox", { name: "Go to byte" }), "0x10{Enter}");
  expect(screen.getByRole("status").textContent).toContain("the last is 9");
});

test.each([
  ["a number", -1.25, /^-1.25$/],
  ["a text", "hello", /^hello$/],
  ["nothing", undefined, /no value any more/],
])("a preview shows %s", async (_, value, text) => {
  render(<Preview title="Node › out" about={{ port: "out", type: "any" }} value={value} />);
  expect(await screen.findByText(text)).toBeDefined();
});

test("a file of JSON is offered as data, as text and for download", async () => {
  const file = { name: "result.json", mime: "application/json", text: '{"a": 1}' };
  render(<Preview title="Export › file" about={{ port: "file", type: "file" }} value={file} />);
  expect(screen.getByRole("button", { name: "Download result.json" })).toBeDefined();
  expect(await screen.findByRole("treeitem", { name: /a.*1/ })).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Text" }));
  expect(await screen.findByText('{"a": 1}')).toBeDefined();
});

test("a file that only says it is JSON is told, and can be seen as text", async () => {
  render(<Preview title="t" about={{ port: "file", type: "file" }} value={{ name: "x.json", mime: "application/json", text: "{" }} />);
  expect(await screen.findByText(/says it is JSON, but it is not/)).toBeDefined();
});

test("a Markdown file is rendered, and nothing in it becomes markup or a script", async () => {
  const text = '# Title\n\n**bold** [bad](javascript:alert(1)) [good](https://example.org)\n\n<img src=x onerror=alert(1)>\n\n- [x] done\n\n![far](https://example.org/a.png)\n\n| a |\n| - |\n| 1 |';
  const { container } = render(<Preview title="t" about={{ port: "file", type: "file" }} value={{ name: "notes.md", mime: "text/markdown", text }} />);
  expect(await screen.findByRole("heading", { name: "Title" })).toBeDefined();
  expect(container.querySelector("img, script")).toBeNull();
  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(["https://example.org"]);
  expect(screen.getByText(/<img src=x/)).toBeDefined();
  expect(screen.getByText(/☑/)).toBeDefined();
  expect(screen.getByRole("cell", { name: "1" })).toBeDefined();
});

test("a CSV file is a table with numbers where it has numbers", async () => {
  const text = 'name;size\r\n"a;""b""";1,5\r\nc;\r\n';
  render(<Preview title="t" about={{ port: "file", type: "file" }} value={{ name: "x.csv", mime: "text/csv", text }} />);
  expect(await screen.findByRole("table")).toBeDefined();
  expect(column(0)).toEqual(['a;"b"', "c"]);
  expect(column(1)).toEqual(["1,5", ""]);
});

test("a picture has a description", async () => {
  render(<Preview title="Draw › picture" about={{ port: "picture", type: "image" }} value="data:image/png;base64,AA==" />);
  expect(await screen.findByRole("img", { name: "Output picture" })).toBeDefined();
});
