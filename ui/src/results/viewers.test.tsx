import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { Preview } from "./Preview";
import { rankOf, viewersOf } from "./viewers";

const about = { port: "out", type: "any" };
const table = { columns: [{ name: "n", values: [1, 2] }] };

test.each([
  [undefined, "nothing"],
  [1.5, "scalar"],
  ["text", "text"],
  ["data:image/png;base64,AA==", "image"],
  [{ series: [{ x: [1], y: [2] }] }, "plot"],
  [table, "table"],
  [{ name: "a.txt", mime: "text/plain", text: "" }, "file"],
  [new Uint8Array(2), "bytes"],
  [{ a: 1 }, "tree"],
])("%j is shown as %s first", (value, id) => expect(viewersOf(value, about)[0]?.id).toBe(id));

test("a picture is more telling than a table, and a table than a number", () => {
  const ranks = ["data:image/png;base64,AA==", table, 1].map((value) => rankOf(value, about));
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
});

test("every viewer has an id of its own for each value", () => {
  for (const value of [table, "text", { series: [{ x: [1], y: [2] }] }]) {
    const ids = viewersOf(value, about).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test("a table can be looked at as data", async () => {
  render(<Preview title="Read › rows" about={about} value={table} />);
  expect(await screen.findByRole("table")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Data" }));
  expect(await screen.findByRole("tree")).toBeDefined();
  expect(screen.queryByRole("table")).toBeNull();
});
