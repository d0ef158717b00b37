import { expect, test, vi } from "vitest";

import { jsonBody } from "./body";

const LISTS = {
  none: [],
  numbers: Array.from({ length: 10_000 }, (_, i) => i / 3),
  mixed: [1, null, "two", { three: [3, undefined] }],
  rows: Array.from({ length: 5_000 }, (_, i) => ({ i, text: "é😀\n" })),
};
const DEEP = { a: { b: { c: { d: { e: { f: { g: { h: { i: { j: { k: [1, { l: null }] } } } } } } } } } } };

test.each([{}, [], LISTS, DEEP, { left: undefined, out: true }, [[], [[]], {}, [undefined]]].map((value) => [value]))("a body is what JSON makes of the value", async (value) => {
  const body = await jsonBody(value);
  expect(await body.text()).toBe(JSON.stringify(value));
});

test("a long body leaves time for others", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 5));
  let turns = 0;
  const other = new MessageChannel();
  other.port1.addEventListener("message", () => {
    turns += 1;
    other.port2.postMessage(null);
  });
  other.port1.start();
  other.port2.postMessage(null);
  const body = await jsonBody({ values: Array.from({ length: 200_000 }, (_, i) => i / 7) });
  other.port1.close();
  vi.restoreAllMocks();
  expect(body.size).toBeGreaterThan(3_000_000);
  expect(turns).toBeGreaterThan(10);
});
