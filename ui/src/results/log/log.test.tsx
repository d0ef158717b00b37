import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { RunBoard } from "../../execution/board";
import { LogView } from "../LogView";

type Printed = [node: string, atMs: number, text: string, stream?: "stdout" | "stderr"];

function boardOf(...lines: Printed[]): RunBoard {
  const board = new RunBoard();
  for (const [node, atMs, text, stream = "stdout"] of lines) board.take([{ node, state: "running", log: [{ atMs, text, stream }] }]);
  return board;
}

const nameOf = (id: string) => id.toUpperCase();
const shown = () => [...screen.getByRole("log").querySelectorAll("p[data-index]")].map((line) => line.textContent);

test("lines of several nodes stand in the order of time", () => {
  render(<LogView board={boardOf(["a", 30, "third"], ["b", 10, "first"], ["a", 20, "second"])} nameOf={nameOf} />);
  expect(shown()).toEqual(["0.010Bfirst", "0.020Asecond", "0.030Athird"]);
});

test("lines are chosen by node, stream and text", async () => {
  render(<LogView board={boardOf(["a", 1, "x one"], ["b", 2, "x two", "stderr"], ["b", 3, "y"])} nameOf={nameOf} />);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Node" }), "B");
  expect(shown()).toHaveLength(2);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Stream" }), "stderr");
  expect(shown()).toEqual(["0.002Berror output: x two"]);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Node" }), "all nodes");
  await userEvent.type(screen.getByRole("searchbox"), "nothing such");
  expect(screen.getByText("No line fits the filter")).toBeDefined();
});

test("new lines appear while the log is open, and pass the filter", async () => {
  const board = boardOf(["a", 1, "x"]);
  render(<LogView board={board} nameOf={nameOf} />);
  await userEvent.type(screen.getByRole("searchbox"), "x");
  act(() => board.take([{ node: "a", state: "running", log: [{ atMs: 2, text: "y", stream: "stdout" }, { atMs: 3, text: "xx", stream: "stdout" }] }]));
  expect(shown()).toEqual(["0.001Ax", "0.003Axx"]);
  expect(screen.getByRole("status").textContent).toBe("2 of 3 lines");
});

test("what is shown is what is copied", async () => {
  const written = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
  render(<LogView board={boardOf(["a", 1500, "one"], ["a", 1600, "two", "stderr"])} nameOf={nameOf} />);
  screen.getByRole("button", { name: "Copy" }).click();
  expect(written).toHaveBeenCalledWith("1.500\tA\tstdout\tone\n1.600\tA\tstderr\ttwo\n");
  expect(await screen.findByText("2 lines copied")).toBeDefined();
  vi.unstubAllGlobals();
});

test("of many lines only those in view are in the page", () => {
  const board = new RunBoard();
  const log = Array.from({ length: 100_000 }, (_, at) => ({ atMs: at, text: `line ${at}`, stream: "stdout" as const }));
  board.take([{ node: "a", state: "running", log }]);
  render(<LogView board={board} nameOf={nameOf} />);
  expect(shown().length).toBeLessThan(120);
  expect(screen.getByRole("status").textContent).toBe("100,000 lines");
});

test("beside a node the log has no tools", () => {
  render(<LogView board={boardOf(["a", 1, "x"])} node="a" maxHeight={150} />);
  expect(screen.queryByRole("searchbox")).toBeNull();
  expect(shown()).toEqual(["0.001x"]);
});
