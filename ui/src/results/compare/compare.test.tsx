import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { CompareRuns } from "./CompareRuns";
import { differenceTable, overlay, timingsPlot } from "./overlay";
import { pairsOf } from "./pairs";
import type { ComparedNode, CompareValues, RunSide } from "./types";

const NAMES = { left: "first", right: "second" };

function side(label: string, nodes: Record<string, Record<string, unknown>>, more: Partial<ComparedNode> = {}): RunSide {
  return {
    label,
    nodes: Object.entries(nodes).map(([id, outputs]) => ({
      id,
      name: id.toUpperCase(),
      state: "success",
      durationMs: 10,
      outputs: Object.keys(outputs).map((port) => ({ port, type: "any" })),
      ...more,
    })),
    value: async (node, port) => nodes[node]?.[port],
  };
}

/** Stands in for the engine: numbers within the tolerance are the same. */
const compare: CompareValues = (a, b, tolerance) => {
  const equal = typeof a === "number" && typeof b === "number" ? Math.abs(a - b) <= tolerance : JSON.stringify(a) === JSON.stringify(b);
  return { equal, differences: equal ? [] : [{ path: "", a, b }] };
};

const verdictOf = async (name: RegExp) => (await screen.findByRole("button", { name })).lastElementChild?.textContent;

test("each output is told the same or different, and the first that differs is shown", async () => {
  const left = side("first", { fit: { slope: 1, note: "x" } });
  const right = side("second", { fit: { slope: 2, note: "x" } });
  render(<CompareRuns left={left} right={right} compare={compare} />);
  expect(await screen.findByText("1 of 2 outputs differs")).toBeDefined();
  expect(await verdictOf(/slope/)).toBe("1 difference");
  expect(await verdictOf(/note/)).toBe("same");
  const table = await screen.findByRole("table");
  expect(within(table).getAllByRole("cell").map(({ textContent }) => textContent)).toEqual(["the whole value", "1", "2", "1"]);
});

test("how near counts as the same can be chosen", async () => {
  render(<CompareRuns left={side("first", { a: { v: 1 } })} right={side("second", { a: { v: 1.0001 } })} compare={compare} />);
  expect(await screen.findByText("1 of 1 output differs")).toBeDefined();
  await userEvent.selectOptions(screen.getByRole("combobox", { name: /count as the same/ }), "same to 1e-3");
  expect(await screen.findByText("The only output is the same")).toBeDefined();
});

test("what only one run has is told, and so is what no trace kept", async () => {
  const left = side("first", { a: { gone: undefined, old: 1 }, dropped: { v: 1 } });
  const right = side("second", { a: { gone: 2, fresh: 1 }, added: { v: 1 } });
  render(<CompareRuns left={left} right={right} compare={compare} />);
  expect(await screen.findByText("4 of 5 outputs differ")).toBeDefined();
  expect(await verdictOf(/gone/)).toBe("not kept");
  expect(await verdictOf(/old/)).toBe("only in the first run");
  expect(await verdictOf(/fresh/)).toBe("only in the second run");
  expect(within(screen.getByRole("region", { name: "ADDED" })).getByText("not in this run")).toBeDefined();
});

test("equal hashes are believed without loading a value", async () => {
  const value = vi.fn(async () => 1);
  const hashed = (label: string, hash: string): RunSide => ({
    label,
    value,
    nodes: [{ id: "a", name: "A", state: "success", outputs: [{ port: "v", type: "number", hash }] }],
  });
  render(<CompareRuns left={hashed("first", "h")} right={hashed("second", "h")} compare={compare} />);
  expect(await verdictOf(/^v/)).toBe("same");
  expect(value).not.toHaveBeenCalled();
});

test("only what differs can be listed, and times stand side by side", async () => {
  render(<CompareRuns left={side("first", { a: { v: 1 }, b: { w: 1 } })} right={side("second", { a: { v: 1 }, b: { w: 3 } })} compare={compare} />);
  await screen.findByText("1 of 2 outputs differs");
  await userEvent.click(screen.getByRole("button", { name: "only differences" }));
  expect(screen.queryByRole("region", { name: "A" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "timings" }));
  expect(await screen.findByRole("application", { name: /bar plot “Time of each node”/ })).toBeDefined();
});

test("two plots lie over each other, told apart by the run", () => {
  const plot = (y: number[]) => ({ x_label: "t", series: [{ name: "v", x: [0, 1], y }] });
  const both = overlay(plot([1, 2]), plot([3, 4]), NAMES);
  expect(both?.series.map(({ name }) => name)).toEqual(["v (first)", "v (second)"]);
  expect(overlay([1, 2, 3], [1, 2, 4], NAMES)?.series).toHaveLength(2);
  expect(overlay("a", "b", NAMES)).toBeUndefined();
});

test("differences of numbers are told", () => {
  const { columns } = differenceTable([{ path: "a[0]", a: 1, b: 1.5 }, { path: "b", b: "x" }], NAMES);
  expect(columns.map(({ name }) => name)).toEqual(["place", "first", "second", "difference"]);
  expect(columns[3]?.values).toEqual([0.5, null]);
  expect(columns[1]?.values).toEqual([1, null]);
});

test("nodes of the same name keep bars of their own", () => {
  const plot = timingsPlot([{ name: "fit", left: 1, right: 2 }, { name: "fit", left: 3, right: undefined }], NAMES);
  expect(plot.series[0]?.x).toEqual(["fit", "fit (2)"]);
  expect(plot.series[1]?.y).toEqual([0.002, null]);
});

test("nodes are paired by id, in the order of the first run", () => {
  const pairs = pairsOf(side("first", { b: {}, a: {} }), side("second", { c: {}, a: {} }));
  expect(pairs.map(({ id, left, right }) => [id, Boolean(left), Boolean(right)])).toEqual([["b", true, false], ["a", true, true], ["c", false, true]]);
});
