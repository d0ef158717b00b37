import { expect, test, vi } from "vitest";

import { RunBoard, shownStatus } from "./board";

test("only the watchers of a node hear of it", () => {
  const board = new RunBoard();
  const [a, b, all] = [vi.fn(), vi.fn(), vi.fn()];
  board.watchNode("a", a);
  board.watchNode("b", b);
  board.watch(all);
  board.take([{ node: "a", state: "running" }]);
  expect(a).toHaveBeenCalledTimes(1);
  expect(b).not.toHaveBeenCalled();
  expect(all).toHaveBeenCalledTimes(1);
});

test("lines are kept in order, also by node, and counted", () => {
  const board = new RunBoard();
  const line = (text: string) => ({ stream: "stdout" as const, text, atMs: 0 });
  board.take([
    { node: "a", state: "running", log: [line("one")] },
    { node: "b", state: "running", log: [line("two")] },
    { node: "a", state: "success", log: [line("three")] },
  ]);
  expect(board.lines().map(({ text }) => text)).toEqual(["one", "two", "three"]);
  expect(board.lines("a").map(({ text }) => text)).toEqual(["one", "three"]);
  expect(board.node("a")).toEqual({ state: "success", nLogs: 2 });
});

test("an error goes when the node is tried again", () => {
  const board = new RunBoard();
  board.take([{ node: "a", state: "error", error: { kind: "exception", message: "no" } }]);
  board.take([{ node: "a", state: "running" }]);
  expect(board.node("a").error).toBeUndefined();
});

test("clearing forgets the run and tells those who watched", () => {
  const board = new RunBoard();
  board.take([{ node: "a", state: "success" }]);
  const changed = vi.fn();
  board.watchNode("a", changed);
  board.clear();
  expect(changed).toHaveBeenCalled();
  expect(board.node("a").state).toBe("idle");
  expect(board.order()).toEqual([]);
});

test("a tally counts cancelled nodes as skipped", () => {
  const board = new RunBoard();
  board.take([
    { node: "a", state: "success" },
    { node: "b", state: "cached" },
    { node: "c", state: "cancelled" },
    { node: "d", state: "skipped" },
    { node: "e", state: "error" },
  ]);
  expect(board.tally()).toEqual({ success: 1, cached: 1, error: 1, skipped: 2 });
});

test.each([
  ["queued", "idle"],
  ["cancelled", "skipped"],
  ["running", "running"],
  ["cached", "cached"],
] as const)("a node that is %s is shown as %s", (state, shown) => expect(shownStatus(state)).toBe(shown));
