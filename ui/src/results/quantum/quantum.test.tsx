import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";

import { viewersOf } from "../viewers";
import { rowsOf } from "./counts";
import { HistogramView } from "./HistogramView";

afterEach(cleanup);

const counts = { kind: "counts" as const, shots: 100, counts: { "11": 40, "00": 60 } };

test("counts open as a histogram, circuits and netlists as drawings, other objects as data", () => {
  const first = (value: unknown, port: string): string | undefined => viewersOf(value, { port, type: "any" })[0]?.id;
  expect(first(counts, "counts")).toBe("histogram");
  expect(first({ name: "c", mime: "application/x-qdk-circuit+json", text: "{}" }, "circuit")).toBe("circuit");
  expect(first({ name: "n", mime: "application/x-spice", text: "" }, "netlist")).toBe("schematic");
  expect(first({ kind: "counts" }, "other")).not.toBe("histogram");
});

test("results stand in the order of their bits", () => {
  expect(rowsOf(counts)).toEqual([["00", 60], ["11", 40]]);
});

test("a histogram is told in words, and a result is chosen with the keyboard", async () => {
  render(<HistogramView value={counts} about={{ port: "counts", type: "object" }} />);
  expect(screen.getByRole("img", { name: "Histogram of counts: 00 60.0 %, 11 40.0 %" })).toBeTruthy();
  expect(screen.getByRole("status").textContent).toBe("100 shots, 2 results");
  await userEvent.selectOptions(screen.getByLabelText("Result"), "11");
  expect(screen.getByRole("status").textContent).toBe("100 shots, 2 results; 11: 40 times, 40.0 %");
});
