import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import type { Column } from "../value";
import { kindOf, statsOf } from "./columns";
import { matcherOf } from "./filter";
import { arrange, type Sort } from "./order";
import { TableView } from "./TableView";

const CITIES: Column[] = [
  { name: "city", values: ["Bern", "Oslo", "berlin", null, "Öland"] },
  { name: "size", values: [10, 9, NaN, 2, -1.5] },
];

function rows(columns: Column[], sort?: Sort, filter?: { column: number; text: string }): number[] {
  const work = arrange(columns, columns[0]?.values.length ?? 0, sort, filter);
  let step = work.next();
  while (!step.done) step = work.next();
  return Array.from(step.value ?? []);
}

function shown(index: number): string[] {
  return screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell")[index]?.textContent ?? "");
}

test.each([
  [[3, -1, 2.5, -0.001, 1e300, -1e300, 0], [5, 1, 3, 6, 2, 0, 4]],
  [["b10", "b9", "a", "B1"], [2, 3, 1, 0]],
  [["ö", "z", "o"], [2, 0, 1]],
  [["x", 5, null, 1, "a"], [3, 1, 4, 0, 2]],
  [[true, false, true], [1, 0, 2]],
  [[1, 1, 1], [0, 1, 2]],
])("%j sorts to rows %j", (values, order) => expect(rows([{ name: "v", values }], { column: 0, down: false })).toEqual(order));

test("downwards is the reverse, but missing cells stay last and equal ones in order", () => {
  expect(rows([{ name: "v", values: [2, null, 1, 2, NaN] }], { column: 0, down: true })).toEqual([0, 3, 2, 1, 4]);
  expect(rows([{ name: "v", values: ["x", 5, null, 1, "a"] }], { column: 0, down: true })).toEqual([0, 4, 1, 3, 2]);
});

test("a million numbers and many texts sort as people would", { timeout: 30_000 }, () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const values = Float64Array.from({ length: 1_000_000 }, () => (random() - 0.5) * 1e6);
  const order = rows([{ name: "v", values }], { column: 0, down: false });
  expect(order.filter((row, at) => at > 0 && (values[order[at - 1] ?? 0] ?? NaN) > (values[row] ?? NaN))).toEqual([]);
  const words = Array.from({ length: 50_000 }, () => `item ${Math.floor(random() * 1e6)}`);
  const byWord = rows([{ name: "w", values: words }], { column: 0, down: false }).map((at) => Number(words[at]?.slice(5)));
  expect(byWord).toEqual(byWord.toSorted((a, b) => a - b));
});

test("long work tells how far it is", () => {
  const work = arrange([{ name: "w", values: Array.from({ length: 100_000 }, (_, at) => `w${at % 977}`) }], 100_000, { column: 0, down: false }, undefined);
  const steps: number[] = [];
  for (let step = work.next(); !step.done; step = work.next()) steps.push(step.value);
  expect(steps.length).toBeGreaterThan(20);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

test.each([
  ["er", -1, [0, 2]],
  ["ER", 0, [0, 2]],
  ["> 2", 1, [0, 1]],
  ["<= 2", 1, [3, 4]],
  ["= oslo", 0, [1]],
  ["!= oslo", 0, [0, 2, 3, 4]],
  ["=", 1, [2]],
  ["-1.5", -1, [4]],
  ["  ", -1, []],
])("the filter %j on column %i keeps rows %j", (text, column, kept) => {
  expect(rows(CITIES, undefined, { column, text })).toEqual(kept);
});

test("an empty filter keeps everything", () => expect(matcherOf(CITIES, { column: -1, text: " " })).toBeUndefined());

test.each([
  [[1, 2, null], "integer"],
  [[1, 2.5], "number"],
  [["a", null], "text"],
  [[true], "yes/no"],
  [[1, "a"], "mixed"],
  [[null, NaN], "empty"],
] as const)("a column of %j is of type %s", (values, kind) => expect(kindOf({ name: "v", values })).toBe(kind));

test("a column amounts to least, greatest, mean and what is missing", () => {
  expect(statsOf({ name: "v", values: [1, 2, null, 6] }, undefined, 4)).toEqual({ n: 4, missing: 1, numbers: { min: 1, max: 6, mean: 3 } });
  expect(statsOf({ name: "v", values: ["a", "b", "a"] }, Uint32Array.of(0, 2), 3)).toEqual({ n: 2, missing: 0, distinct: 1 });
});

test("filtering and sorting work together, and the last line follows", async () => {
  render(<TableView table={{ columns: CITIES }} name="cities" />);
  await userEvent.type(screen.getByRole("searchbox", { name: "Filter rows" }), "> -2");
  expect(await screen.findByText("4 of 5 rows")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: /size/ }));
  expect(shown(1)).toEqual(["-1.5", "2", "9", "10"]);
  expect(screen.getByTitle(/^least -1.5, greatest 10, mean 4.875$/)).toBeDefined();
});

test("cells are chosen with keys and copied with all their digits", async () => {
  const written = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
  render(<TableView table={{ columns: [{ name: "a", values: [1 / 3, 2] }, { name: "b", values: ["x", "y"] }] }} name="t" />);
  const table = screen.getByRole("table");
  for (const [key, shiftKey] of [["ArrowDown", false], ["ArrowRight", true], ["ArrowDown", true]] as const) fireEvent.keyDown(table, { key, shiftKey });
  fireEvent.keyDown(table, { key: "c", ctrlKey: true });
  expect(written).toHaveBeenCalledWith("0.3333333333333333\tx\n2\ty");
  expect(await screen.findByText("4 cells copied")).toBeDefined();
  vi.unstubAllGlobals();
});

test("a column is made wider with keys", () => {
  render(<TableView table={{ columns: CITIES }} name="cities" />);
  const edge = screen.getByRole("separator", { name: "Width of city" });
  const before = Number(edge.getAttribute("aria-valuenow"));
  fireEvent.keyDown(edge, { key: "ArrowRight" });
  expect(Number(edge.getAttribute("aria-valuenow"))).toBe(before + 16);
});

test("missing cells are marked", () => {
  render(<TableView table={{ columns: CITIES }} name="cities" />);
  expect(screen.getAllByRole("cell").filter((cell) => cell.dataset.missing === "true")).toHaveLength(2);
});
