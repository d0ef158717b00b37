import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { BytesView } from "./BytesView";
import { Preview } from "./Preview";
import { TableView } from "./table/TableView";
import { TextView } from "./TextView";
import { TreeView } from "./TreeView";

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
  render(<TreeView value={{ energy: -1.5, trace: new Float64Array(250), other: { deep: "down" } }} />);
  expect(screen.getByText("-1.5")).toBeDefined();
  expect(screen.queryByText("deep")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: /other/ }));
  expect(screen.getByText('"down"')).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: /trace/ }));
  expect(screen.getAllByText("0").length).toBeGreaterThanOrEqual(100);
  await userEvent.click(screen.getByRole("button", { name: "100 more of 250" }));
  expect(screen.getByRole("button", { name: "50 more of 250" })).toBeDefined();
});

test("a long text comes in pages", async () => {
  render(<TextView text={"x".repeat(150_000)} />);
  expect(screen.getByRole("group").textContent?.length).toBeLessThan(70_000);
  await userEvent.click(screen.getByRole("button", { name: /More/ }));
  await userEvent.click(screen.getByRole("button", { name: /More/ }));
  expect(screen.queryByRole("button")).toBeNull();
});

test("bytes are shown as numbers and letters", () => {
  render(<BytesView bytes={new TextEncoder().encode("Hi\n")} />);
  expect(screen.getByText(/48 69 0a\s+Hi·/)).toBeDefined();
});

test.each([
  ["a number", -1.25, /^-1.25$/],
  ["a text", "hello", /^hello$/],
  ["nothing", undefined, /no value any more/],
])("a preview shows %s", async (_, value, text) => {
  render(<Preview title="Node › out" about={{ port: "out", type: "any" }} value={value} />);
  expect(await screen.findByText(text)).toBeDefined();
});

test("a preview offers a file for download, with its text", () => {
  const file = { name: "result.json", mime: "application/json", text: '{"a": 1}' };
  render(<Preview title="Export › file" about={{ port: "file", type: "file" }} value={file} />);
  expect(screen.getByRole("button", { name: "Download result.json" })).toBeDefined();
  expect(screen.getByText('{"a": 1}')).toBeDefined();
});

test("a picture has a description", () => {
  render(<Preview title="Draw › picture" about={{ port: "picture", type: "image" }} value="data:image/png;base64,AA==" />);
  expect(screen.getByRole("img", { name: "Output picture" })).toBeDefined();
});
