import { expect, test } from "vitest";

import type { PrintedLine } from "../protocol";
import { CHARS_PER_CALL, LINE_LIMIT, LINES_PER_CALL, Printer } from "./printer";

function setUp() {
  const clock = { now: 100 };
  const messages: PrintedLine[][] = [];
  const printer = new Printer({ now: () => clock.now, send: (lines) => messages.push(lines) });
  return { clock, messages, printer, texts: () => messages.flat().map(([, , text]) => text) };
}

test("a line goes out when it is complete, with the time since the call began", () => {
  const { clock, messages, printer } = setUp();
  printer.write("stdout", "hel");
  expect(messages).toEqual([]);
  clock.now = 105;
  printer.write("stdout", "lo\nwor");
  expect(messages).toEqual([[["stdout", 5, "hello"]]]);
  printer.flush();
  expect(messages[1]).toEqual([["stdout", 5, "wor"]]);
});

test("the two streams do not break into each other's lines", () => {
  const { printer, texts } = setUp();
  printer.write("stdout", "a");
  printer.write("stderr", "b\n");
  printer.write("stdout", "c\n");
  expect(texts()).toEqual(["b", "ac"]);
});

test("a flood of lines is gathered into few messages", () => {
  const { messages, printer } = setUp();
  for (let i = 0; i < 1_000; i += 1) printer.write("stdout", `${i}\n`);
  printer.flush();
  expect(messages.length).toBeLessThan(100);
  expect(messages.flat().length).toBe(1_000);
});

test("after the flood, lines go out at once again", () => {
  const { clock, messages, printer } = setUp();
  for (let i = 0; i < 1_000; i += 1) printer.write("stdout", "x\n");
  clock.now += 1_000;
  const before = messages.length;
  printer.write("stdout", "later\n");
  expect(messages.length).toBe(before + 1);
});

test("an endless print ends in one line that says so", () => {
  const { printer, texts } = setUp();
  for (let i = 0; i < LINES_PER_CALL * 2; i += 1) printer.write("stdout", "x\n");
  printer.flush();
  expect(texts().length).toBe(LINES_PER_CALL + 1);
  expect(texts().at(-1)).toBe("too much output: the rest is not shown");
});

test("text without line ends is cut into lines and limited as well", () => {
  const { printer, texts } = setUp();
  for (let i = 0; i < 5_000; i += 1) printer.write("stdout", "x".repeat(1_000));
  printer.flush();
  expect(texts().join("").length).toBeLessThan(CHARS_PER_CALL + 2 * LINE_LIMIT);
  expect(texts().at(-1)).toBe("too much output: the rest is not shown");
});
